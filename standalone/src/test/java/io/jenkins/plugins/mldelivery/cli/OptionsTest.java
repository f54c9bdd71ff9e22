package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.deploy.Autoscale;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.ModelSettings;
import io.jenkins.plugins.mldelivery.deploy.PodSettings;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import io.jenkins.plugins.mldelivery.house.Repository;
import io.jenkins.plugins.mldelivery.image.BuildImageRequest;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.MeasurementRules;
import io.jenkins.plugins.mldelivery.verify.PrometheusOptions;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import io.jenkins.plugins.mldelivery.verify.source.PrometheusAccess;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Test;
import picocli.CommandLine;

/** The command line takes the same parameters as the Jenkins steps, with the same defaults: each component of a request is an option. */
public class OptionsTest {
    private static final List<Class<? extends Record>> PARTS = List.of(
            PodSettings.class, ModelSettings.class, Strategy.Canary.class, Strategy.BlueGreen.class, Strategy.Shadow.class, Strategy.Rolling.class, TrafficKind.ReplicaRatio.class,
            TrafficKind.Gateway.class, TrafficKind.Istio.class, TrafficKind.Nginx.class, VerifyMetricsRequest.class, PrometheusOptions.class);

    private static final Main.World WORLD = new Main.World(
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8), new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
            InputStream.nullInputStream(), false, Path.of("."), Map.of());

    /** Options of the command line itself, which are no parameter of the step. */
    private static final List<String> OWN = List.of("--help", "--version", "--verbose", "--plain", "--json", "--kubeconfig", "--context", "--state", "--report", "--report-json", "--report-junit", "--replay", "--undo");

    @Test
    public void buildImage() {
        BuildImageCommand command = new BuildImageCommand(WORLD);
        sameOptions(parse(command, "--model", "m", "--image", "i"), BuildImageRequest.class);
        assertEquals(BuildImageRequest.of("m", "i"), command.request());
    }

    @Test
    public void provision() {
        ProvisionCommand command = new ProvisionCommand(WORLD);
        sameOptions(parse(command, "--dir", "d"), ProvisionRequest.class);
        assertEquals(ProvisionRequest.of("d"), command.request());
    }

    @Test
    public void verifyMetrics() throws Exception {
        VerifyMetricsCommand command = new VerifyMetricsCommand(WORLD);
        List<String> wanted = new ArrayList<>(names(VerifyMetricsRequest.class));
        wanted.remove("--access");
        wanted.addAll(names(PrometheusOptions.class));
        sameOptions(parse(command, "--checks", "errorRate"), wanted);
        assertEquals(VerifyMetricsRequest.of(List.of(Check.ErrorRate.defaults())), command.request());
    }

    /** The checks that the reference writes for the command line are read, and right. */
    @Test
    public void theReferencesChecksAreTaken() throws Exception {
        Matcher example = Pattern.compile("--checks '(.*?)'").matcher(Files.readString(Repository.root().resolve("docs/reference/verify-metrics.md")));
        List<String> kinds = new ArrayList<>();
        while (example.find()) {
            Check check = ChecksOption.parse(List.of(example.group(1))).get(0);
            check.validate();
            kinds.add(check.getClass().getSimpleName());
        }
        assertTrue(kinds.toString(), kinds.containsAll(List.of("ErrorRate", "Latency", "Distribution", "Gauge", "Threshold", "Expression")));
    }

    @Test
    public void deployModel() throws Exception {
        DeployModelCommand command = new DeployModelCommand(WORLD);
        CommandLine line = parse(command, "--name", "n", "--image", "i");
        assertEquals(DeployModelRequest.of("n", "i"), command.request());
        // With verify: inline, whose time-out is not the rollout's; the parameters of pods, strategies and traffic kinds are options of their own, those of autoscale are keys.
        TreeSet<String> wanted = new TreeSet<>(names(DeployModelRequest.class));
        for (Class<? extends Record> part : PARTS) {
            wanted.addAll(names(part));
        }
        wanted.removeAll(List.of("--pods", "--model", "--access"));
        wanted.addAll(List.of("--verify-timeout", "--resolve-tag", "--registry-credentials-id"));
        sameOptions(line, List.copyOf(wanted));
    }

    /** Both have no Jenkins step, so no other test holds them to the reference. */
    @Test
    public void theReferenceHasTheOptionsOfDemoAndPlayground() throws Exception {
        String page = Files.readString(Repository.root().resolve("docs/reference/playground.md"));
        for (Object command : List.of(new DemoCommand(WORLD), new PlaygroundCommand(WORLD))) {
            CommandLine line = new CommandLine(command);
            String section = page.split("\n## ")[command instanceof DemoCommand ? 1 : 2];
            TreeSet<String> documented = new TreeSet<>();
            Matcher row = Pattern.compile("(?m)^\\| `(--[a-z-]+)` \\| (`([^`]+)`|off) ").matcher(section);
            while (row.find()) {
                documented.add(row.group(1));
                assertEquals(row.group(1), row.group(3), line.getCommandSpec().findOption(row.group(1)).defaultValue());
            }
            TreeSet<String> options = new TreeSet<>();
            line.getCommandSpec().options().forEach(option -> options.add(option.longestName()));
            options.removeAll(List.of("--help", "--version"));
            assertEquals(options, documented);
        }
    }

    @Test
    public void everyStrategyAndTrafficKindHasItsParametersAndDefaults() throws Exception {
        assertEquals(Strategy.BlueGreen.defaults(), deploy("--strategy", "blueGreen").strategy());
        assertEquals(new Strategy.BlueGreen("1m", "2m"), deploy("--strategy", "blueGreen", "--hold", "1m", "--scale-down-delay", "2m").strategy());
        assertEquals(Strategy.Shadow.defaults(), deploy("--strategy", "shadow").strategy());
        assertEquals(new Strategy.Shadow(5, "1m"), deploy("--strategy", "shadow", "--hold", "1m", "--percent", "5").strategy());
        assertEquals(Strategy.Rolling.defaults(), deploy("--strategy", "rolling").strategy());
        assertEquals(new Strategy.Rolling("1m"), deploy("--strategy", "rolling", "--hold", "1m").strategy());
        assertEquals(new Strategy.Canary(List.of(5, 25), "1m", 0), deploy("--steps", "5,25", "--hold", "1m", "--max-surge", "0").strategy());
        assertEquals(new TrafficKind.Gateway("r"), deploy("--traffic", "gateway", "--route", "r").traffic());
        assertEquals(new TrafficKind.Istio("v", "d"), deploy("--traffic", "istio", "--virtual-service", "v", "--destination-rule", "d").traffic());
        assertEquals(new TrafficKind.Nginx("i"), deploy("--traffic", "nginx", "--ingress", "i").traffic());
    }

    @Test
    public void podsAndTheirSurroundings() throws Exception {
        PodSettings pods = new PodSettings(
                "v2", 1, "/r", "/l", 2, "/m", Map.of("A", "1", "B", "x=y"), List.of("c", "d"), List.of("s"), "500m", "1Gi", 3, Map.of("k", "v"), List.of("a=b:NoSchedule", "c"));
        ModelSettings model = new ModelSettings(
                4, new Autoscale(2, 5, 70, null, Map.of("in_flight", "20"), null, Map.of()), "none", List.of("web", "10.0.0.0/8"), "acc", Map.of("role", "r"), null);
        DeployModelRequest request = deploy(
                "--runtime", "v2", "--port", "1", "--ready-path", "/r", "--live-path", "/l", "--metrics-port", "2", "--metrics-path", "/m", "--env", "A=1", "--env", "B=x=y", "--config-maps", "c,d",
                "--secrets", "s", "--cpu", "500m", "--memory", "1Gi", "--gpu", "3", "--node-selector", "k=v", "--tolerations", "a=b:NoSchedule,c", "--replicas", "4",
                "--autoscale", "min: 2, max: 5, cpu: 70, metrics: {in_flight: 20}", "--disruption-budget", "none", "--allow-from", "web", "--allow-from", "10.0.0.0/8", "--service-account", "acc",
                "--identity", "role=r", "--pause", "steps", "--on-concurrent", "fail", "--dry-run");
        assertEquals(pods, request.pods());
        assertEquals(model, request.model());
        assertEquals("steps", request.pause());
        assertEquals("fail", request.onConcurrent());
        assertTrue(request.dryRun());
        assertEquals(Autoscale.defaults(), AutoscaleOption.parse("{}"));
    }

    private static DeployModelRequest deploy(String... args) throws Exception {
        List<String> all = new ArrayList<>(List.of("--name", "n", "--image", "i"));
        all.addAll(List.of(args));
        DeployModelCommand command = new DeployModelCommand(WORLD);
        parse(command, all.toArray(String[]::new));
        return command.request();
    }

    @Test
    public void checksTakeTheParametersOfTheDescribables() throws Exception {
        assertEquals(
                List.of(new Check.ErrorRate("e", "m", "code=\"5\"", 2, 0.1, 0.2, 0, 7)),
                ChecksOption.parse(List.of("errorRate: {name: e, metric: m, errors: 'code=\"5\"', margin: 2, alpha: 0.1, beta: 0.2, acceptable: 0, minRequests: 7}")));
        assertEquals(
                List.of(new Check.Threshold("t", "q", 1.0, 2.0, 5, 1, "fail")),
                ChecksOption.parse(List.of("threshold: {name: t, query: q, min: 1, max: 2, count: 5, failureLimit: 1, onNoData: fail}")));
        assertEquals(
                List.of(new Check.Threshold("t", "q", null, 2.0, MeasurementRules.DEFAULT_COUNT, MeasurementRules.DEFAULT_FAILURE_LIMIT, MeasurementRules.DEFAULT_POLICY)),
                ChecksOption.parse(List.of("threshold: {name: t, query: q, max: 2}")));
    }

    @Test
    public void theAccessToPrometheus() throws Exception {
        VerifyMetricsCommand command = new VerifyMetricsCommand(WORLD);
        parse(command, "--checks", "errorRate", "--auth", "sigV4: {region: eu-central-1, credentialsId: aws}", "--headers", "X-Scope-OrgID=a=b", "--headers", "B=", "--secret-headers", "X-Key=key",
                "--client-certificate-id", "me", "--insecure", "--allow-plain-http", "--proxy", "proxy:3128", "--no-proxy", ".a,b", "--query-timeout", "5s");
        assertEquals(
                new PrometheusOptions(
                        new PrometheusAccess.SigV4("eu-central-1", "aws", null, PrometheusAccess.SigV4.SERVICE), Map.of("X-Scope-OrgID", "a=b", "B", ""), Map.of("X-Key", "key"), null, "me", true, true, "proxy:3128",
                        List.of(".a", "b"), "5s"),
                command.request().access());
        assertEquals(
                new PrometheusAccess.OAuth2("https://t", "c", List.of("a", "b"), "d"), AuthOption.parse("oauth2: {tokenUrl: 'https://t', credentialsId: c, scopes: [a, b], audience: d}"));
        assertEquals(new PrometheusAccess.OAuth2("https://t", "c", List.of("a"), null), AuthOption.parse("oauth2: {tokenUrl: 'https://t', credentialsId: c, scopes: a}"));
        assertEquals(new PrometheusAccess.SigV4("r", "c", "s", "x"), AuthOption.parse("sigV4: {region: r, credentialsId: c, sessionTokenId: s, service: x}"));
    }

    @Test
    public void everyKindOfCheckTakesAllOfItsParameters() throws Exception {
        assertEquals(
                List.of(new Check.ErrorRate("e", "triton", null, "a=\"b\"", "c=\"d\"", 2, 0.1, 0.2, 0, 7, 3, "warning", "1m"),
                        new Check.Latency("l", "auto", "m", "a=\"b\"", null, 0.5, 2, 0.1, 0.2, 0.01, 7, 3, "dryRun", "1m"),
                        new Check.Distribution("d", "m", "a=\"b\"", 0.2, 0.1, 0.2, 7, 3, "warning", "1m"),
                        new Check.Gauge("g", null, null, "avg(x{TRACK})", "lower", 0.01, 0.0, 1.0, 0.1, 0.2, 7, 3, "warning", "1m"),
                        new Check.Expression("x", Map.of("a", "up", "b", "down"), "a > 1", "b > 1", 5, 1, 2, 3, 4, "pass", "fail", "inconclusive", "warning", "1m"),
                        new Check.Threshold("t", "q", 1.0, null, 5, 1, 2, 3, 4, "pass", "fail", "inconclusive", "warning", "1m")),
                ChecksOption.parse(List.of(
                        "errorRate: {name: e, preset: triton, labels: 'a=\"b\"', errors: 'c=\"d\"', margin: 2, alpha: 0.1, beta: 0.2, acceptable: 0, minRequests: 7, weight: 3, importance: warning, warmUp: 1m}",
                        "latency: {name: l, metric: m, labels: 'a=\"b\"', bound: 0.5, margin: 2, alpha: 0.1, beta: 0.2, acceptable: 0.01, minRequests: 7, weight: 3, importance: dryRun, warmUp: 1m}",
                        "distribution: {name: d, metric: m, labels: 'a=\"b\"', floor: 0.2, alpha: 0.1, beta: 0.2, minSamples: 7, weight: 3, importance: warning, warmUp: 1m}",
                        "gauge: {name: g, query: 'avg(x{TRACK})', worse: lower, tolerance: 0.01, low: 0, high: 1, alpha: 0.1, beta: 0.2, minSamples: 7, weight: 3, importance: warning, warmUp: 1m}",
                        "expression: {name: x, queries: {a: up, b: down}, pass: a > 1, fail: b > 1, count: 5, failureLimit: 1, consecutiveFailureLimit: 2, consecutiveSuccessLimit: 3, inconclusiveLimit: 4, "
                                + "onNoData: pass, onNaN: fail, onError: inconclusive, importance: warning, warmUp: 1m}",
                        "threshold: {name: t, query: q, min: 1, count: 5, failureLimit: 1, consecutiveFailureLimit: 2, consecutiveSuccessLimit: 3, inconclusiveLimit: 4, "
                                + "onNoData: pass, onNaN: fail, onError: inconclusive, importance: warning, warmUp: 1m}")));
        assertEquals(List.of(Check.Latency.defaults()), ChecksOption.parse(List.of("latency")));
        assertThrows(DeliveryException.class, () -> ChecksOption.parse(List.of("latency: {bounds: 1}")));
        assertThrows(DeliveryException.class, () -> ChecksOption.parse(List.of("latencies")));
    }

    @Test
    public void everyOptionIsDescribed() {
        for (Object command : List.of(new BuildImageCommand(WORLD), new ProvisionCommand(WORLD), new DeployModelCommand(WORLD), new VerifyMetricsCommand(WORLD))) {
            new CommandLine(command).getCommandSpec().options().forEach(o -> assertTrue(o.longestName(), o.description().length > 0));
        }
    }

    private static CommandLine parse(Object command, String... args) {
        CommandLine line = new CommandLine(command);
        line.parseArgs(args);
        return line;
    }

    private static void sameOptions(CommandLine line, Class<? extends Record> request) {
        sameOptions(line, names(request));
    }

    private static void sameOptions(CommandLine line, List<String> wanted) {
        for (String name : wanted) {
            assertNotNull(name, line.getCommandSpec().findOption(name));
        }
        TreeSet<String> has = new TreeSet<>();
        line.getCommandSpec().options().forEach(o -> has.add(o.negatable() ? o.longestName().replace("--no-", "--") : o.longestName()));
        has.removeAll(OWN);
        assertEquals("no option that the step does not have", new TreeSet<>(wanted), has);
    }

    private static List<String> names(Class<? extends Record> record) {
        List<String> names = new ArrayList<>();
        for (RecordComponent component : record.getRecordComponents()) {
            names.add("--" + Options.kebab(component.getName()));
        }
        return names;
    }
}
