package io.jenkins.plugins.mldelivery.house;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.deploy.Autoscale;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.ModelSettings;
import io.jenkins.plugins.mldelivery.deploy.PodSettings;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import io.jenkins.plugins.mldelivery.image.BuildImageRequest;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.PrometheusOptions;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import io.jenkins.plugins.mldelivery.verify.source.PrometheusAccess;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.Test;

/** The documentation says what the code does: each parameter has its row with its real default, and links lead somewhere. */
public class DocsTest {
    private static final Pattern ROW = Pattern.compile("\\| `(\\w+)` \\| [^|]+ \\| ([^|]+) \\| .+ \\|");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)[^)]*\\)");
    private static final Pattern HEADING_LINK = Pattern.compile("]\\(([^)#\\s]*)#([^)\\s]+)\\)");
    private static final Pattern TEST = Pattern.compile("(?<![\\w*])[A-Z]\\w+Test\\b");
    private static final Pattern SETTER = Pattern.compile("@DataBoundSetter\\s+public void set(\\w)(\\w*)\\(");
    private static final Pattern CONSTRUCTOR = Pattern.compile("@DataBoundConstructor\\s+public \\w+\\(([^)]*)\\)");
    private static final String GIVEN = "given";

    @Test
    public void buildImageHasItsParametersAndDefaults() throws Exception {
        check("build-image", "## Parameters", BuildImageRequest.of(GIVEN, GIVEN));
    }

    @Test
    public void provisionHasItsParametersAndDefaults() throws Exception {
        check("provision", "## Parameters", ProvisionRequest.of(GIVEN));
    }

    @Test
    public void deployModelHasItsParametersAndDefaults() throws Exception {
        // What the image is, the commands and the step find out before there is a request.
        check("deploy-model", "## Parameters", DeployModelRequest.of(GIVEN, GIVEN),
                Map.of("resolveTag", "`true`", "registryCredentialsId", "none"));
        check("deploy-model", "### `canary`", Strategy.Canary.defaults());
        check("deploy-model", "### `blueGreen`", Strategy.BlueGreen.defaults());
        check("deploy-model", "### `shadow`", Strategy.Shadow.defaults());
        check("deploy-model", "### `rolling`", Strategy.Rolling.defaults());
        check("deploy-model", "### `autoscale`", Autoscale.defaults());
    }

    @Test
    public void kindsOfTrafficHaveTheirParametersAndDefaults() throws Exception {
        check("deploy-model", "### `gateway`", new TrafficKind.Gateway(GIVEN));
        check("deploy-model", "### `istio`", new TrafficKind.Istio(GIVEN, null));
        check("deploy-model", "### `nginx`", new TrafficKind.Nginx(GIVEN));
    }

    @Test
    public void verifyMetricsHasItsParametersAndDefaults() throws Exception {
        check("verify-metrics", "## Parameters", VerifyMetricsRequest.of(List.of(Check.ErrorRate.defaults())));
        check("verify-metrics", "#### `oauth2`", new PrometheusAccess.OAuth2(GIVEN, GIVEN, List.of(), null));
        check("verify-metrics", "#### `sigV4`", new PrometheusAccess.SigV4(GIVEN, GIVEN, null, null));
        check("verify-metrics", "### `errorRate`", Check.ErrorRate.defaults());
        check("verify-metrics", "### `latency`", Check.Latency.defaults());
        check("verify-metrics", "### `distribution`", Check.Distribution.of(GIVEN, GIVEN));
        check("verify-metrics", "### `gauge`", Check.Gauge.of(GIVEN, null, null));
        check("verify-metrics", "### `threshold`", Check.Threshold.of(GIVEN, GIVEN, null, null));
        check("verify-metrics", "### `expression`", Check.Expression.of(GIVEN, Map.of(), null, null));
    }

    @Test
    public void testsThatPagesNameAreThere() throws IOException {
        Set<String> classes = new TreeSet<>();
        // Some classes of the statistics are called tests as well.
        for (String sources : List.of("src/test/java", "standalone/src/test/java", "src/main/java")) {
            try (Stream<Path> files = Files.walk(Repository.root().resolve(sources))) {
                files.map(f -> f.getFileName().toString().replaceFirst("\\.java$", "")).forEach(classes::add);
            }
        }
        Set<String> missing = new TreeSet<>();
        for (Path page : pages()) {
            Matcher named = TEST.matcher(Files.readString(page));
            while (named.find()) {
                if (!classes.contains(named.group())) {
                    missing.add(page.getFileName() + ": " + named.group());
                }
            }
        }
        assertEquals(Set.of(), missing);
    }

    /** Also those that only Jenkins has, such as where the requests are sent from. */
    @Test
    public void whatAJenkinsfileMaySetIsInTheReference() throws IOException {
        StringBuilder reference = new StringBuilder();
        for (Path page : pages()) {
            if (page.getParent().endsWith("reference")) {
                reference.append(Files.readString(page)).append('\n');
            }
        }
        Set<String> missing = new TreeSet<>();
        int found = 0;
        for (Path source : jenkinsSources()) {
            for (String parameter : parameters(Files.readString(source))) {
                found++;
                String row = "(?m)^\\| `" + parameter + "(`|: )|`" + parameter + ": |[(,] ?" + parameter + ": ";
                if (!Pattern.compile(row).matcher(reference).find()) {
                    missing.add(source.getFileName() + ": " + parameter);
                }
            }
        }
        assertEquals(Set.of(), missing);
        assertTrue("too few parameters were found: " + found, found > 100);
    }

    private static List<Path> jenkinsSources() throws IOException {
        Path main = Repository.root().resolve("src/main/java/io/jenkins/plugins/mldelivery");
        try (Stream<Path> steps = Files.walk(main.resolve("steps")); Stream<Path> config = Files.walk(main.resolve("config"))) {
            // Setting is the pair of a name and a value that forms have for maps; a Jenkinsfile gives maps.
            return Stream.concat(steps, config)
                    .filter(f -> f.toString().endsWith(".java") && !f.endsWith("Setting.java"))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> parameters(String source) {
        List<String> parameters = new ArrayList<>();
        for (Matcher setter = SETTER.matcher(source); setter.find(); ) {
            parameters.add(setter.group(1).toLowerCase(Locale.ROOT) + setter.group(2));
        }
        for (Matcher constructor = CONSTRUCTOR.matcher(source); constructor.find(); ) {
            Stream.of(constructor.group(1).split(","))
                    .filter(p -> !p.isBlank())
                    .map(p -> p.substring(p.lastIndexOf(' ') + 1))
                    .forEach(parameters::add);
        }
        return parameters;
    }

    @Test
    public void linksBetweenPagesLeadToFiles() throws IOException {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                links++;
                if (!link.group(1).contains("://") && !Files.exists(page.resolveSibling(link.group(1)))) {
                    broken.add(Repository.root().relativize(page) + ": " + link.group(1));
                }
            }
        }
        assertEquals(List.of(), broken);
        assertTrue("no links were found", links > 10);
    }

    @Test
    public void linksToHeadingsLeadToOnes() throws IOException {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path page : pages()) {
            Matcher link = HEADING_LINK.matcher(Files.readString(page));
            while (link.find()) {
                Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
                if (!link.group(1).contains("://") && Files.exists(target)) {
                    links++;
                    if (!headings(target).contains(link.group(2))) {
                        broken.add(Repository.root().relativize(page) + ": " + link.group(1) + "#" + link.group(2));
                    }
                }
            }
        }
        assertEquals(List.of(), broken);
        assertTrue("no links were found", links > 10);
    }

    /** The names that GitHub gives to a page's headings. */
    private static Set<String> headings(Path page) throws IOException {
        return Files.readAllLines(page).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceAll("^#+\\s+", "").toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    @Test
    public void decisionsAreShort() throws IOException {
        for (Path page : pages()) {
            if (page.getParent().endsWith("decisions") && !page.endsWith("README.md")) {
                assertTrue(page + " has more than 40 lines", Files.readAllLines(page).size() <= 40);
            }
        }
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(Repository.root().resolve("docs")); Stream<Path> top = Files.list(Repository.root())) {
            return Stream.concat(docs, top).filter(f -> f.toString().endsWith(".md")).sorted().toList();
        }
    }

    private static void check(String page, String heading, Record request) throws Exception {
        check(page, heading, request, Map.of());
    }

    private static void check(String page, String heading, Record request, Map<String, String> others) throws Exception {
        Map<String, String> expected = new LinkedHashMap<>(others);
        collect(request, expected);
        Map<String, String> documented = rows(page, heading);
        assertEquals("docs/reference/" + page + ".md, " + heading, expected, documented);
    }

    /** The components in their order, those of the parts of a request in the place of the parts. */
    private static void collect(Record request, Map<String, String> expected) throws Exception {
        for (RecordComponent component : request.getClass().getRecordComponents()) {
            Object value = component.getAccessor().invoke(request);
            if (value instanceof PodSettings || value instanceof ModelSettings || value instanceof PrometheusOptions) {
                collect((Record) value, expected);
            } else {
                expected.put(component.getName(), text(value));
            }
        }
    }

    /** Parameter to default, of the first table under a heading. */
    private static Map<String, String> rows(String page, String heading) throws IOException {
        List<String> lines = Files.readAllLines(Repository.root().resolve("docs/reference/" + page + ".md"));
        int from = lines.indexOf(heading);
        assertTrue(page + " has no heading " + heading, from >= 0);
        Map<String, String> rows = new LinkedHashMap<>();
        for (String line : lines.subList(from + 1, lines.size())) {
            Matcher row = ROW.matcher(line);
            if (line.startsWith("#")) {
                break;
            } else if (row.matches()) {
                rows.put(row.group(1), row.group(2));
            }
        }
        return rows;
    }

    private static String text(Object value) {
        if (value == null) {
            return "none";
        } else if (GIVEN.equals(value) || value instanceof Collection<?> c && c.stream().anyMatch(Check.class::isInstance)) {
            return "required";
        } else if (value instanceof Map<?, ?> m && m.isEmpty() || value instanceof Collection<?> c && c.isEmpty()) {
            return "empty";
        } else if (value instanceof Collection<?> c) {
            return "`" + c.stream().map(String::valueOf).collect(Collectors.joining(", ")) + "`";
        } else if (Set.of("Canary", "ReplicaRatio").contains(value.getClass().getSimpleName())) {
            String name = value.getClass().getSimpleName();
            return "`" + Character.toLowerCase(name.charAt(0)) + name.substring(1) + "()`";
        }
        return "`" + value + "`";
    }
}
