package io.jenkins.plugins.mldelivery.provision.terraform;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.Test;

public class OutputsReaderTest {
    @Test
    public void valuesAreTextsNumbersBooleansListsAndMaps() throws Exception {
        OutputsReader read = Fed.whole(new OutputsReader(), """
                {"text": {"sensitive": false, "type": "string", "value": "a"}, "int": {"value": 5}, "long": {"value": 5000000000}, "float": {"value": 2.5}, "yes": {"value": true},
                 "null": {"value": null}, "list": {"type": ["list", "string"], "value": ["a", null, {"b": [1]}]}, "map": {"value": {"x": {"y": "z"}}},
                 "huge": {"value": 1e400}, "digits": {"value": 123456789012345678901234567890},
                 "secret": {"sensitive": true, "value": "s3cret"}, "odd": {"sensitive": "true", "value": "s3cret"}}
                """);
        Map<String, Object> expected = new TreeMap<>();
        expected.put("text", "a");
        expected.put("int", 5);
        expected.put("long", 5_000_000_000L);
        expected.put("float", 2.5);
        expected.put("yes", true);
        expected.put("list", Arrays.asList("a", null, Map.of("b", List.of(1))));
        expected.put("map", Map.of("x", Map.of("y", "z")));
        expected.put("huge", "1e400");
        expected.put("digits", "123456789012345678901234567890");
        assertEquals(expected, read.values());
        assertEquals(List.of("secret", "odd"), read.sensitive());
    }

    @Test
    public void whatIsTooLargeIsRefusedAndDoesNotCountAsSensitive() {
        for (String value : List.of(
                "\"" + "x".repeat(OutputsReader.MAX_TEXT) + "\"", "[" + "[],".repeat(OutputsReader.MAX_VALUES) + "1]", "[".repeat(100) + "]".repeat(100),
                "{" + ("\"" + "n".repeat(1000) + "\":1,").repeat(1100) + "\"z\":1}")) {
            DeliveryException e = assertThrows(DeliveryException.class, () -> Fed.whole(new OutputsReader(), "{\"a\":{\"value\":" + value + "}}"));
            assertTrue(e.getMessage(), e.getMessage().startsWith("dir: the outputs have more than 50000 values, 1048576 characters or 64 levels."));
        }
    }

    @Test
    public void whatIsNoMapOfOutputsIsRefused() {
        for (String text : List.of("", "[]", "null", "\"a\"", "{\"a\":1}", "{\"a\":null}", "{\"a\":[]}", "{\"a\":{}", "{}}", "nonsense")) {
            assertEquals(text, "executable", assertThrows(text, DeliveryException.class, () -> Fed.whole(new OutputsReader(), text)).parameter());
        }
    }
}
