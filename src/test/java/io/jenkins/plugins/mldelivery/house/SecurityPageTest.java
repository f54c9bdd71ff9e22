package io.jenkins.plugins.mldelivery.house;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Test;

/** The limits in docs/security.md are those of the code. */
public class SecurityPageTest {
    private static final String ROOT = "io.jenkins.plugins.mldelivery.";
    private static final Pattern ROW = Pattern.compile("\\| ([^|]+) \\| ([^|]+) \\|");
    private static final String ANSWERS = "delivery.kubernetes.http.AnswerLimits.";
    private static final String READS = "verify.source.ReadLimits.";
    private static final Pattern CONSTANT = Pattern.compile("([a-z.]+\\.[A-Z]\\w+)\\.([A-Z_]+)(?:\\.(\\w+))?");
    private static final long KIB = 1024;

    /** What a row says, with a mark ({@code %n} a number, {@code %b} bytes, {@code %t} a time) for each constant. */
    private record Row(String text, List<String> constants) {
        private static Row of(String text, String... constants) {
            return new Row(text, List.of(constants));
        }
    }

    private static final Map<String, Row> ROWS = Map.ofEntries(
            Map.entry(
                    "threads for steps that wait",
                    Row.of(
                            "%n, %n for rollouts under way, %n for their looks at metrics",
                            "steps.DeliveryThreads.MOST",
                            "steps.DeliveryThreads.MAX_ROLLOUTS",
                            "steps.DeliveryThreads.MAX_LOOKS")),
            Map.entry("what a rollout under way asks a cluster for at a time", Row.of("%t", "deploy.DeployModel.TICK")),
            Map.entry(
                    "watches on clusters; rollouts in further namespaces poll",
                    Row.of("%n", "steps.DeliveryConnections.MOST_WATCHES")),
            Map.entry("call to an agent", Row.of("%t", "config.AgentCalls.LIMIT")),
            Map.entry(
                    "calls to agents under way",
                    Row.of("%n in all, %n to one agent", "config.AgentThreads.MAX_CALLS", "config.AgentGate.MAX_CALLS")),
            Map.entry("secret file", Row.of("%b", "config.RunCredentials.LARGEST_FILE")),
            Map.entry("token, or value of a secret header", Row.of("%b", "delivery.HeaderValues.MAX_LENGTH")),
            Map.entry(
                    "text in the log, in an error or in a result",
                    Row.of("%n characters", "delivery.Printable.MAX_LENGTH")),
            Map.entry(
                    "kubeconfig",
                    Row.of(
                            "%b, %n secrets of its users",
                            "delivery.yaml.YamlLimits.KUBECONFIG.maxLength",
                            "delivery.kubernetes.KubeconfigSecrets.MAX_SECRETS")),
            Map.entry(
                    "secrets of a build that are searched for; with more of them each text is masked as a whole",
                    Row.of("%n", "delivery.KnownSecrets.MAX_SECRETS")),
            Map.entry("manifest file", Row.of("%b", "delivery.yaml.YamlLimits.MANIFESTS.maxLength")),
            Map.entry(
                    "objects of all manifests of a step",
                    Row.of("%n", "delivery.kubernetes.ManifestReader.MAX_OBJECTS")),
            Map.entry(
                    "ConfigMaps and Secrets that a model's pods read",
                    Row.of("%n", "deploy.targets.PodConfig.MAX_REFERENCES")),
            Map.entry(
                    "old pod template that is kept on a Deployment",
                    Row.of(
                            "%b, %n levels; JSON only",
                            "deploy.targets.KeptTemplate.MAX_LENGTH",
                            "deploy.targets.KeptTemplate.MAX_DEPTH")),
            Map.entry(
                    "answer of a cluster",
                    Row.of("%b, %n values", ANSWERS + "ANSWER_BYTES", ANSWERS + "VALUES")),
            Map.entry(
                    "list of a cluster, in pages",
                    Row.of("%b, %n values, %t", ANSWERS + "LIST_BYTES", ANSWERS + "LIST_VALUES", ANSWERS + "LIST")),
            Map.entry("call to a cluster, with its repetitions", Row.of("%t", ANSWERS + "CALL")),
            Map.entry(
                    "answer of a Prometheus server",
                    Row.of(
                            "%b, %n series, %n samples; read as a stream",
                            READS + "MAX_ANSWER_BYTES",
                            READS + "MAX_SERIES",
                            READS + "MAX_SAMPLES")),
            Map.entry("metrics page", Row.of("%b", READS + "MAX_PAGE_BYTES")),
            Map.entry(
                    "what one look at the metrics keeps in memory",
                    Row.of(
                            "%b, and for %n of all looks at a time %b",
                            READS + "MAX_SMALL_LOOK_BYTES",
                            READS + "MAX_LARGE_LOOKS",
                            READS + "MAX_LOOK_BYTES")),
            Map.entry(
                    "plan of Terraform as JSON",
                    Row.of("%b, read as a stream", "provision.terraform.JsonFeed.MAX_DOCUMENT")),
            Map.entry("line of a tool's output that is read", Row.of("%b", "delivery.Lines.MAX_LINE")),
            Map.entry("files of a model", Row.of("%n", "image.ModelWalk.MAX_FILES")),
            Map.entry("manifest or configuration of an image", Row.of("%b", "image.registry.Call.MAX_KEPT")),
            Map.entry(
                    "request to the playground",
                    Row.of(
                            "%b to its API server, %b to its registry, 64 KiB of a header, 2 minutes",
                            "playground.kube.ApiServer.MAX_BODY",
                            "playground.registry.EmbeddedRegistry.MAX_BLOB")));

    @Test
    public void limitsAreThoseOfTheCode() throws Exception {
        Map<String, String> told = told();
        assertEquals("each row is compared", ROWS.keySet(), told.keySet());
        List<String> compared = new ArrayList<>();
        for (Map.Entry<String, Row> row : ROWS.entrySet()) {
            String expected = row.getValue().text();
            for (String constant : row.getValue().constants()) {
                Object value = value(constant);
                if (value == null) {
                    expected = null;
                    break;
                }
                expected = expected.replaceFirst("%[nbt]", Matcher.quoteReplacement(text(expected, value)));
            }
            if (expected != null) {
                assertEquals(row.getKey(), expected, told.get(row.getKey()));
                compared.add(row.getKey());
            }
        }
        assertTrue("hardly any was compared: " + compared, compared.size() > ROWS.size() / 2);
    }

    private static Map<String, String> told() throws IOException {
        Map<String, String> told = new LinkedHashMap<>();
        List<String> lines = Files.readAllLines(Repository.root().resolve("docs/security.md"));
        int from = lines.indexOf("## Limits");
        for (String line : lines.subList(from + 1, lines.size())) {
            Matcher row = ROW.matcher(line);
            if (line.startsWith("#")) {
                break;
            } else if (row.matches() && !row.group(1).equals("what")) {
                told.put(row.group(1), row.group(2));
            }
        }
        return told;
    }

    /** A constant, or a field of one; null where the Jenkins packages are not on the class path. */
    private static Object value(String constant) throws Exception {
        Matcher parts = CONSTANT.matcher(constant);
        assertTrue(constant, parts.matches());
        try {
            Class<?> type = Class.forName(ROOT + parts.group(1), false, SecurityPageTest.class.getClassLoader());
            Object value = field(type, parts.group(2), null);
            return parts.group(3) == null ? value : field(value.getClass(), parts.group(3), value);
        } catch (ClassNotFoundException e) {
            assertTrue(constant, constant.startsWith("steps.") || constant.startsWith("config."));
            assertTrue("the plugin lacks " + constant, !isPlugin());
            return null;
        }
    }

    private static Object field(Class<?> type, String name, Object of) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
    }

    private static boolean isPlugin() {
        try {
            Class.forName("jenkins.model.Jenkins", false, SecurityPageTest.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static String text(String template, Object value) {
        char mark = template.charAt(template.indexOf('%') + 1);
        if (value instanceof Duration time) {
            assertEquals('t', mark);
            return time.toSeconds() + " s";
        }
        long number = ((Number) value).longValue();
        if (mark == 'n') {
            return String.format(Locale.ROOT, "%,d", number);
        }
        long unit = number;
        String[] names = {"B", "KiB", "MiB", "GiB"};
        int name = 0;
        while (name < names.length - 1 && unit % KIB == 0) {
            unit /= KIB;
            name++;
        }
        return unit + " " + names[name];
    }
}
