package io.jenkins.plugins.mldelivery.delivery.yaml;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.Test;
import org.junit.runner.RunWith;

/** JSON among YAML, as kubectl takes both. */
@RunWith(JUnitQuickcheck.class)
public class YamlReaderJsonTest {
    private static final YamlLimits LIMITS = new YamlLimits(100_000, 4, 8, 200);
    private static final String BOM = "\uFEFF";
    private static final String TABS = "{\n\t\"a\":\t\"x\\/y\",\n\t\"b\":\t[1,\t{\"c\":\tnull}]\n}\n";
    private static final String READ = "{\"a\":\"x/y\",\"b\":[1,{\"c\":null}]}";

    private static List<YamlNode> read(String text) throws DeliveryException {
        return new YamlReader("manifests", LIMITS).read("'a.yaml'", text);
    }

    private static List<String> trees(String text) throws DeliveryException {
        return read(text).stream().map(node -> node.toJson().toString()).toList();
    }

    private static String refused(String text) {
        return assertThrows(text, DeliveryException.class, () -> read(text)).getMessage();
    }

    @Test
    public void tabsAndSlashes() throws Exception {
        for (String before : List.of(
                "", "\n \t\n", BOM, "---\n", "--- # x\n", "---\t", BOM + "---\n" + BOM, "# by a program\n", "---\n\t# x\n\n")) {
            assertEquals(before, List.of(READ), trees(before + TABS));
            assertEquals(before, List.of(READ), trees((before + TABS).replace("\n", "\r\n")));
            assertEquals(before, List.of(READ), trees((before + TABS).replace("\n", "\r")));
        }
        for (String behind : List.of("---\n", "...\n", "# end\n", " # end\n...\n", "---\n# nothing\n", "...\n---\n")) {
            assertEquals(behind, List.of(READ), trees(TABS + behind));
        }
        assertEquals("comments in it", List.of(READ), trees(TABS.replace("\n\t\"b\"", "\n\t# \"z\": 1\n\t\"b\"")));
    }

    @Test
    public void severalDocuments() throws Exception {
        String yaml = "d:\n  e: |\n    ---\n  f: 1\n";
        String inYaml = "{\"d\":{\"e\":\"---\\n\",\"f\":1}}";
        assertEquals(List.of(READ, READ), trees(TABS + "---\n" + TABS));
        assertEquals("none between", List.of(READ, READ, "{}"), trees(TABS + TABS + "{}"));
        assertEquals(List.of(READ, READ, READ), trees(TABS + TABS + "---\n" + TABS));
        assertEquals(List.of(inYaml, READ, inYaml), trees(yaml + "---\n" + TABS + "---\n" + yaml));
        assertEquals(List.of(READ, inYaml), trees(TABS + BOM + "---\n" + BOM + yaml));
        assertEquals(List.of(inYaml, inYaml), trees(yaml + BOM + "---\n" + yaml));
        assertEquals(List.of(inYaml, inYaml), trees(yaml + "---\n" + BOM + "---\n" + BOM + yaml));
        assertEquals(List.of(inYaml, inYaml), trees(yaml + "--- # b\r\n" + BOM + yaml));
        assertEquals("dashes in a text", List.of("{\"a\":\"\\n---\\n\"}"), trees("{\"a\":\t\"\\n---\\n\"}"));
    }

    @Test
    public void theLineIsThatOfTheWholeText() throws Exception {
        String twice = ", has a key that stands there before. Remove one of the two.";
        assertEquals("manifests: 'a.yaml', line 2" + twice, refused("{\"a\":\t1,\n\"\\u0061\":\t2}"));
        assertEquals("manifests: 'a.yaml', line 8" + twice, refused("x: 1\n---\n" + TABS + "{\n\"a\": 1, \"a\": 2}"));
        assertEquals("manifests: 'a.yaml', line 7" + twice, refused(TABS + "---\ny: 1\ny: 2\n"));
        assertEquals("manifests: 'a.yaml', line 7" + twice, refused((TABS + "---\ny: 1\ny: 2\n").replace("\n", "\r\n")));
        YamlNode.Mapping last = (YamlNode.Mapping) read("# x\n" + TABS + "---\n\n" + TABS).get(1);
        assertEquals(8, last.line());
        assertEquals(10, (int) last.keyLines().get("b"));
        assertEquals(10, last.get("b").line());
        String unreadable = ", can't be read as YAML. Correct it.";
        assertEquals("manifests: 'a.yaml', line 4" + unreadable, refused("{\n\t\"a\":\t1,\n\t\"b\":\t2,\n\t}x"));
        assertEquals("manifests: 'a.yaml', line 8" + unreadable, refused(TABS + "---\n{\n\t\"a\":\t1,\n\t\"b\"\t2}\n"));
    }

    @Test
    public void aTabInYamlIsNamed() {
        String tab = ", has a tab where YAML wants blanks. Write blanks.";
        assertEquals("manifests: 'a.yaml', line 2" + tab, refused("a: b\nc:\t\"d\"\n"));
        assertEquals("manifests: 'a.yaml', line 3" + tab, refused("a: b\n---\n---\t# c\nd: e\n"));
        assertEquals("manifests: 'a.yaml', line 3" + tab, refused("a: b\nc: {\n\t\"d\": 1\n}\n"));
        assertEquals("manifests: 'a.yaml', line 6" + tab, refused(TABS + "---\na:\tb\n"));
    }

    @Test
    public void onlyStrictJsonIsJson() throws Exception {
        assertEquals("as YAML", List.of("{\"a\":1,\"b\":\"1#x\"}"), trees("{a: 1, # one\n\t\"b\": 1#x\n}"));
        assertEquals(List.of("{\"a\":\"b # c\"}"), trees("{\"a\":\t\"b # c\"}"));
        for (String bad : List.of(
                "{\"a\":\t1,}",
                "{\"a\":\t01}",
                "{\"a\":\tNaN}",
                "{\"a\":\t'b'}",
                "{\"a\":\t1} // x",
                "{\"a\":\t1} /* x */",
                "{\"a\":\t1}, {\"b\":\t1}",
                "{\"a\":\t1}\nb: 1\n",
                "{\"a\":\t\"b\n# c\"}",
                "{\"a\":\n...\n1}",
                "{\"a\":\n---\n1}",
                "---{\"a\":\t1}",
                "{\"a\":\t1e999}",
                "{\"<<\":\t{}}",
                "{\"a\":\t1")) {
            assertTrue(bad, refused(bad).startsWith("manifests: 'a.yaml', line "));
        }
        // YAML takes U+2028 for the end of the comment's line.
        assertEquals(List.of("{\"a\":1}"), trees("{\n#\u2028\"a\": 1}"));
    }

    @Test
    public void theLimitsAreOfAllDocuments() throws Exception {
        assertEquals("manifests: 'a.yaml' has more than 4 documents. Divide it.", refused("{}".repeat(5)));
        assertEquals(4, read("{}".repeat(4)).size());
        assertEquals(
                "manifests: 'a.yaml' has more than 4 documents. Divide it.",
                refused("---\n{}{}\n---\n---\n---\n" + TABS));
        assertEquals(
                "manifests: 'a.yaml' has more than 4 documents. Divide it.", refused("{}" + "\n---".repeat(20_000)));
        String many = "{\"a\":\t[" + "1,".repeat(97) + "1]}\n";
        assertEquals("manifests: 'a.yaml' has more than 200 values. Divide it.", refused(many + many));
        assertEquals(
                "what was tried as JSON counts once",
                1,
                read(many.replace("1]}", "1,]}").replace('\t', ' ')).size());
        assertEquals(
                "manifests: 'a.yaml', line 1, is nested more than 8 levels deep. Correct it.",
                refused("{\"a\":\t" + "[".repeat(10_000)));
        assertEquals(
                "kubeconfig: it has a second document. Remove it.",
                assertThrows(
                                DeliveryException.class,
                                () -> new YamlReader("kubeconfig", YamlLimits.KUBECONFIG).read("it", "{}{}"))
                        .getMessage());
    }

    @Test
    public void wholeNumbersWithPrefixes() throws Exception {
        assertEquals(
                List.of("{\"a\":420,\"b\":-7,\"c\":420,\"d\":31,\"e\":5,\"f\":4294967296,\"g\":[420]}"),
                trees("a: 0o644\nb: -0o7\nc: +0O6_44\nd: 0X1f\ne: 0B101 # five\nf: 0o40000000000\ng: [0o644]\n"));
        String texts = "{\"a\":\"0o644\",\"b\":\"0o644\",\"c\":\"0o644\",\"d\":\"0o8\",\"e\":\"0o\",\"f\":\"0o_\","
                + "\"g\":\"0o7777777777777777777777777\"}";
        assertEquals(
                List.of(texts),
                trees("a: '0o644'\nb: \"0o644\"\nc: >-\n  0o644\nd: 0o8\ne: 0o\nf: 0o_\n"
                        + "g: 0o7777777777777777777777777\n"));
        assertEquals(List.of(texts), trees(texts));
        assertEquals(List.of("{\"\uD83D\uDE00\":420}"), trees("\uD83D\uDE00: 0o644\n"));
    }

    /** What both can read means the same, so it does not matter which did. */
    @Property(trials = 1_000)
    public void jsonMeansWhatItMeansAsYaml(long seed) throws Exception {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        List<String> documents = new ArrayList<>();
        ObjectMapper json = new ObjectMapper();
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            JsonNode tree = json.createObjectNode().set("k", tree(random, json, 3));
            documents.add(tree.toString());
            text.append(random.nextBoolean() ? tree.toString() : tree.toPrettyString());
            text.append(List.of("\n---\n", "\r\n--- # next\r\n", "\n...\n---\n").get(random.nextInt(3)));
        }
        YAMLMapper yaml = new YAMLMapper();
        List<String> asYaml = new ArrayList<>();
        yaml.readerFor(JsonNode.class).<JsonNode>readValues(text.toString()).forEachRemaining(node -> {
            if (node != null && !node.isNull() && !node.isMissingNode()) {
                asYaml.add(node.toString());
            }
        });
        assertEquals(documents, asYaml);
        YamlReader reader = new YamlReader("manifests", YamlLimits.MANIFESTS);
        assertEquals(documents, reader.read("it", text.toString()).stream().map(n -> n.toJson().toString()).toList());
    }

    private static JsonNode tree(Random random, ObjectMapper json, int depth) {
        return switch (random.nextInt(depth == 0 ? 6 : 8)) {
            case 0 -> json.getNodeFactory().numberNode(random.nextInt());
            case 1 -> json.getNodeFactory().numberNode(random.nextGaussian() * 1e6);
            case 2 -> json.getNodeFactory().booleanNode(random.nextBoolean());
            case 3 -> json.getNodeFactory().nullNode();
            case 4, 5 -> json.getNodeFactory().textNode(words(random));
            case 6 -> {
                var object = json.createObjectNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    object.set(words(random) + i, tree(random, json, depth - 1));
                }
                yield object;
            }
            default -> {
                var array = json.createArrayNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.add(tree(random, json, depth - 1));
                }
                yield array;
            }
        };
    }

    private static String words(Random random) {
        List<String> words = List.of(
                "a", " ", "# b", "\n---\n", "\t", "\"", "\\", "'", "0o7", "yes", "null", "~", "*x", "&y", "!z", "{", "]", ": ",
                "ü", "\uD83D\uDE00", "\u0007", "/", "...", "%", "1");
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(5); left > 0; left--) {
            text.append(words.get(random.nextInt(words.size())));
        }
        return text.toString();
    }
}
