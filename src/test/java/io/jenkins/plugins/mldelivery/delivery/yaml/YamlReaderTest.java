package io.jenkins.plugins.mldelivery.delivery.yaml;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.util.List;
import java.util.Random;
import org.junit.Test;
import org.junit.runner.RunWith;

/** YAML as data only, and not too much of it. */
@RunWith(JUnitQuickcheck.class)
public class YamlReaderTest {
    private static final YamlLimits SMALL = new YamlLimits(10_000, 2, 5, 50);

    private static List<YamlNode> read(String text) throws DeliveryException {
        return new YamlReader("manifests", SMALL).read("'a.yaml'", text);
    }

    private static String refused(String text) {
        DeliveryException e = assertThrows(text, DeliveryException.class, () -> read(text));
        assertNull(e.getCause());
        return e.getMessage();
    }

    private static String json(String text) throws DeliveryException {
        return read(text).get(0).toJson().toString();
    }

    @Test
    public void values() throws Exception {
        assertEquals(
                "{\"a\":1,\"b\":1.5,\"c\":true,\"d\":null,\"e\":true,\"f\":\"1\","
                        + "\"g\":[1,{\"h\":\"i\"}],\"j\":{},\"k\":8,\"l\":99999999999999999999}",
                json("a: 1\n"
                        + "b: 1.5\n"
                        + "c: True\n"
                        + "d: ~\n"
                        + "e: yes\n"
                        + "f: '1'\n"
                        + "g: [1, {h: i}]\n"
                        + "j: {}\n"
                        + "k: 010\n"
                        + "l: 99999999999999999999\n"));
        assertEquals("JSON too", "{\"a\":[\"b\"]}", json("{\"a\": [\"b\"]}"));
        assertEquals("JSON that tabs indent", "{\"a\":[\"b\"],\"c\":{\"d\":1}}", json("\n{\n\t\"a\": [\n\t\t\"b\"\n\t],\n\t\"c\": {\n \t\t\"d\": 1\n\t}\n}\n"));
        assertEquals(2, read("a: 1\n---\nb: 2\n").size());
        assertEquals(
                "documents that hold nothing", 1, read("# nothing\n---\na: 1\n").size());
        assertEquals(List.of(), read(""));
        YamlNode.Mapping node =
                (YamlNode.Mapping) read("a: secret\nb:\n  c: secret\n").get(0);
        assertEquals(1, node.line());
        assertEquals(2, (int) node.keyLines().get("b"));
        assertFalse("nothing of it is shown", (node + " " + node.get("a") + read("[secret]")).contains("secret"));
    }

    @Test
    public void whatTwoReadersMayTakeForDifferentThings() {
        assertEquals(
                "manifests: 'a.yaml', line 2, has a key that stands there before. Remove one of the two.",
                refused("a: 1\na: 2\n"));
        assertEquals(
                "manifests: 'a.yaml', line 2, has a key that stands there before. Remove one of the two.",
                refused("a: 1\n'a': 2\n"));
        assertEquals(
                "manifests: 'a.yaml', line 2, has an alias (*name). Write out what it stands for.",
                refused("a: &x 1\nb: *x\n"));
        assertEquals(
                "manifests: 'a.yaml', line 1, has a merge key (<<). Write out what it stands for.",
                refused("<<: {a: b}\n"));
        for (String tag : List.of("!!str 5", "!foo {}", "!!binary aGk=", "!!set {a}", "![] []")) {
            assertTrue(tag, refused("a: " + tag).startsWith("manifests: 'a.yaml', line 1, "));
        }
        for (String bad : List.of(
                "a: .inf",
                "a: .nan",
                "a: 1e400",
                "? [a]\n: b",
                "a: {b",
                "a\0b: c",
                "*a : b",
                "\t- a",
                "a: b: c",
                "@",
                "%",
                "]")) {
            assertTrue(refused(bad), refused(bad).startsWith("manifests: 'a.yaml'"));
        }
    }

    @Test
    public void indentationCountsInADocumentBehindJson() throws Exception {
        YamlReader reader = new YamlReader("manifests", YamlLimits.MANIFESTS);
        String block = "a:\n  b: 1\n  c:\n    d: 2\n";
        for (String before : List.of("{}\n---\n", "{}\n--- # next\n", "{}\n...\n---\n", "{\n\"x\": 1}\n---\n")) {
            List<YamlNode> documents = reader.read("'a.yaml'", before + block);
            assertEquals(before, "{\"a\":{\"b\":1,\"c\":{\"d\":2}}}", documents.get(1).toJson().toString());
        }
        assertThrows(DeliveryException.class, () -> reader.read("'a.yaml'", "{}\n---\na:\n\tb: 1\n"));
    }

    @Test
    public void whatIsEmptyIsNull() throws Exception {
        YamlReader reader = new YamlReader("manifests", YamlLimits.MANIFESTS);
        assertEquals(1, reader.read("'a.yaml'", "a: 1\n---\n# nothing\n---\n").size());
        assertEquals(
                "{\"a\":null,\"b\":\"\",\"c\":[null]}",
                reader.read("'b.yaml'", "a:\nb: ''\nc:\n-\n").get(0).toJson().toString());
    }

    @Test
    public void theLibrarysOwnLimitsAreNotReachedBefore() throws Exception {
        YamlReader reader = new YamlReader("manifests", YamlLimits.MANIFESTS);
        assertEquals(1, reader.read("'a.yaml'", "a: '" + "x".repeat(6_000_000) + "'").size());
        assertEquals(1, reader.read("'b.yaml'", "[".repeat(99) + "]".repeat(99)).size());
        String deep = assertThrows(DeliveryException.class, () -> reader.read("'c.yaml'", "[".repeat(101) + "]".repeat(101))).getMessage();
        assertEquals("manifests: 'c.yaml', line 1, is nested more than 100 levels deep. Correct it.", deep);
    }

    @Test
    public void limits() throws Exception {
        assertEquals(
                "manifests: 'a.yaml' has more than 2 documents. Divide it.", refused("a: 1\n---\nb: 1\n---\nc: 1\n"));
        assertEquals(
                "manifests: 'a.yaml', line 1, is nested more than 5 levels deep. Correct it.",
                refused("[[[[[[1]]]]]]"));
        assertEquals("[[[[1]]]]", json("[[[[1]]]]"));
        assertEquals("manifests: 'a.yaml' has more than 50 values. Divide it.", refused("[" + "1,".repeat(50) + "]"));
        assertEquals(
                "manifests: 'a.yaml' has more than 9 KiB. Give a smaller file.", refused("#" + "x".repeat(10_000)));
        YamlReader all = new YamlReader("manifests", SMALL);
        all.read("'a.yaml'", "[" + "1,".repeat(30) + "]");
        assertThrows(
                "of all files together",
                DeliveryException.class,
                () -> all.read("'b.yaml'", "[" + "1,".repeat(30) + "]"));
    }

    /** Whatever it is, it is read or refused with one sentence, which does not quote it. */
    @Property(trials = 3_000)
    public void anyText(long seed) {
        Random random = new Random(seed);
        List<String> parts = List.of(
                "a",
                "b: ",
                "- ",
                "{",
                "}",
                "[",
                "]",
                ",",
                ":",
                "&x ",
                "*x ",
                "!t ",
                "!!str ",
                "|\n",
                ">-\n",
                "\"",
                "'",
                "#",
                "---\n",
                "...\n",
                "%TAG ! a\n",
                "? ",
                "<<: ",
                "\n",
                "\n  ",
                "\n    ",
                "\t",
                "1",
                "0x",
                "1e9",
                "~",
                "\u0000",
                "\uFEFF",
                "\u2028",
                "\uD83D",
                "secret-word",
                "\\x",
                "`",
                "@",
                "=",
                "  ");
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(60); left > 0; left--) {
            text.append(parts.get(random.nextInt(parts.size())));
        }
        try {
            for (YamlNode node : read(text.toString())) {
                assertFalse(node.toString().contains("secret-word"));
                assertTrue(node.toJson().toString().length() < 100_000);
            }
        } catch (DeliveryException e) {
            assertFalse(e.getMessage() + " of " + text, e.getMessage().contains("secret-word"));
            assertTrue(
                    e.getMessage(),
                    e.getMessage().startsWith("manifests: 'a.yaml'")
                            && e.getMessage().length() < 200);
        }
    }
}
