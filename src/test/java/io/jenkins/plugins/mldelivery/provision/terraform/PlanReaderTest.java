package io.jenkins.plugins.mldelivery.provision.terraform;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.SensitiveValues;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.Test;

public class PlanReaderTest {
    private static final String PLAN =
            """
            {"format_version": "1.2", "terraform_version": "1.11.4",
             "variables": {"db_password": {"value": "named-secret"}, "note": {"value": "plain-note"}, "marked": {"value": "marked-secret"}},
             "planned_values": {"resource_changes": [{"change": {"actions": ["delete"]}}]},
             "resource_drift": [{"address": "a.drifted", "change": {"actions": ["delete"], "before": {"p": "drift-secret"}, "after": null, "before_sensitive": {"p": true}}}],
             "resource_changes": [
               {"address": "a.new", "change": {"actions": ["create"], "before": null, "after": {"v": "plain-text", "list": [{"s": "deep-secret"}, {"s": "plain-deep"}]},
                "after_unknown": {"id": true}, "before_sensitive": false, "after_sensitive": {"list": [{"s": true}]}}},
               {"change": {"after_sensitive": true, "after": {"k": ["whole-secret-1", 12345678, true, "short"]}, "actions": ["update"]}, "address": "a.changed"},
               {"address": "a.gone", "change": {"actions": ["delete"], "before": {"x": "gone-secret", "y": "plain-gone"}, "before_sensitive": {"x": true}, "after_sensitive": false}},
               {"address": "a.replaced", "change": {"actions": ["delete", "create"]}},
               {"address": "a.same", "change": {"actions": ["no-op"]}},
               {"address": "data.read", "change": {"actions": ["read"]}}],
             "output_changes": {"url": {"actions": ["create"], "before": null, "after": "output-secret", "before_sensitive": true, "after_sensitive": true},
                                "plain": {"actions": ["create"], "before": null, "after": "plain-output", "before_sensitive": false, "after_sensitive": false}},
             "configuration": {"root_module": {"variables": {"marked": {"sensitive": true}, "note": {}, "db_password": {}}}}}
            """;

    private static Set<String> texts(PlanReader plan) {
        return plan.sensitive().secrets().stream()
                .map(SecretText::reveal)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    public void countsAndNamesInPiecesOfAnySize() throws Exception {
        for (int size : new int[] {1, 2, 7, 100, 100_000}) {
            PlanReader plan = Fed.inPieces(new PlanReader(), PLAN.getBytes(StandardCharsets.UTF_8), size);
            assertEquals(List.of(2, 1, 2), List.of(plan.add(), plan.change(), plan.destroy()));
            assertEquals(List.of("a.gone", "a.replaced (replace)"), plan.deleted());
            assertEquals(
                    Set.of(
                            "named-secret",
                            "marked-secret",
                            "drift-secret",
                            "deep-secret",
                            "whole-secret-1",
                            "12345678",
                            "gone-secret",
                            "output-secret"),
                    texts(plan));
            assertTrue(plan.sensitive().complete());
        }
    }

    /** The parser looks at a number's length at its end alone, so it would keep one of many MiB. */
    @Test
    public void aNumberWithoutAnEndIsRefused() throws Exception {
        for (int size : new int[] {1, 100, 100_000}) {
            PlanReader plan = new PlanReader();
            String digits = "7".repeat(JsonFeed.MAX_NUMBER);
            feed(plan, "{\"format_version\": \"1.2\", \"a\": " + digits + ", \"b\": -" + digits, size);
            feed(plan, ", \"c\": \"\\\"" + digits + digits, size);
            feed(plan, digits + "\", \"" + digits + digits + "\": 1.5e-3, \"d\": " + digits, size);
            DeliveryException e = assertThrows(DeliveryException.class, () -> feed(plan, "7", size));
            assertTrue(e.getMessage(), e.getMessage().startsWith("dir: what the tool answers is too large or too deep"));
        }
    }

    private static void feed(PlanReader plan, String text, int size) throws DeliveryException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from < bytes.length; from += Math.min(size, bytes.length - from)) {
            byte[] piece = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size));
            plan.accept(piece, piece.length);
        }
    }

    @Test
    public void ofManyDeletionsTheFirstAreNamed() throws Exception {
        String deletions = IntStream.range(0, 1000)
                .mapToObj(i -> "{\"address\":\"a.r" + i + "x".repeat(600) + "\",\"change\":{\"actions\":[\"delete\"]}}")
                .collect(Collectors.joining(","));
        PlanReader plan =
                Fed.whole(new PlanReader(), "{\"format_version\":\"1.0\",\"resource_changes\":[" + deletions + "]}");
        assertEquals(1000, plan.destroy());
        assertEquals(PlanReader.MAX_NAMED, plan.deleted().size());
        assertTrue(plan.deleted().get(0), plan.deleted().get(0).length() < 520);
    }

    @Test
    public void whatIsNoPlanIsRefused() {
        for (String text : List.of(
                "",
                "{",
                "{}",
                "[]",
                "null",
                "1",
                "{} {}",
                "{\"format_version\":1}",
                "{\"format_version\":\"2.0\"}",
                "{\"format_version\":[\"1.0\"]}",
                "{\"format_version\":\"1.2\"",
                "{\"format_version\":\"1.2\",\"resource_changes\":{}}",
                "{\"format_version\":\"1.2\",\"resource_changes\":null}",
                "{\"format_version\":\"1.2\",\"resource_changes\":[null]}",
                "{\"format_version\":\"1.2\",\"resource_changes\":[[]]}",
                "{\"format_version\":\"1.2\",\"resource_changes\":[{}]}",
                "{\"format_version\":\"1.2\",\"resource_changes\":[{\"address\":\"a\"}]}",
                "{\"format_version\":\"1.2\",\"resource_changes\":[{\"address\":\"a\",\"change\":[]}]}",
                "{\"format_version\":\"1.2\",\"resource_changes\":[{\"address\":\"a\",\"change\":{\"actions\":[]}}]}",
                "{\"format_version\":\"1.2\",\"resource_changes\":[{\"address\":\"a\",\"change\":{\"actions\":\"delete\"}}]}",
                "{\"format_version\":\"1.2\",\"resource_changes\":[{\"address\":\"a\",\"change\":{\"actions\":[[\"delete\"]]}}]}",
                "{\"format_version\":\"1.2\",\"resource_changes\":[{\"address\":1,\"change\":{\"actions\":[\"delete\"]}}]}",
                "{\"format_version\":\"1.2\",\"resource_changes\":[{\"change\":{\"actions\":[\"delete\"]}}]}",
                PLAN + PLAN,
                PLAN + "x",
                "terraform: command failed")) {
            DeliveryException e = assertThrows(text, DeliveryException.class, () -> Fed.whole(new PlanReader(), text));
            assertEquals(text, "executable", e.parameter());
        }
    }

    @Test
    public void aChangeThatIsTooLargeToBeSearchedIsNoted() throws Exception {
        String large = "{\"a\":\"" + "v".repeat(2_000_000) + "\"}";
        String entry =
                "{\"format_version\":\"1.2\",\"resource_changes\":[{\"address\":\"a\",\"change\":{\"actions\":[\"update\"],\"after\":%s,\"after_sensitive\":%s}}]}";
        assertFalse(Fed.whole(new PlanReader(), entry.formatted(large, "{\"a\":true}"))
                .sensitive()
                .complete());
        PlanReader plain = Fed.whole(new PlanReader(), entry.formatted(large, "{\"b\":{}}"));
        assertTrue("nothing in it is sensitive", plain.sensitive().complete());
        assertEquals("it counts all the same", 1, plain.change());
    }

    @Test
    public void ofVeryManySensitiveValuesSomeAreMasked() throws Exception {
        String values =
                IntStream.range(0, 5000).mapToObj(i -> "\"secret-" + i + "\"").collect(Collectors.joining(","));
        PlanReader plan = Fed.whole(
                new PlanReader(),
                "{\"format_version\":\"1.2\",\"resource_changes\":[{\"address\":\"a\",\"change\":{\"actions\":[\"update\"],\"after\":["
                        + values + "],\"after_sensitive\":true}}]}");
        assertEquals(SensitiveValues.MAX_VALUES, plan.sensitive().secrets().size());
        assertFalse(plan.sensitive().complete());
    }

    @Test
    public void namesThatSaySecret() {
        for (String name : List.of(
                "password",
                "DB_PASSWORD",
                "client_secret",
                "secretName",
                "api_token",
                "access_key",
                "apiKey",
                "storage_account_key",
                "private_endpoint",
                "credentials",
                "adminpwd")) {
            assertTrue(name, SensitiveNames.matches(name));
        }
        for (String name : List.of("region", "key", "kms_key_id", "bucket", "model", "replicas", "keyboard", "")) {
            assertFalse(name, SensitiveNames.matches(name));
        }
    }
}
