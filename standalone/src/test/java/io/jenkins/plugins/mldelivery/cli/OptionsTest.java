package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import io.jenkins.plugins.mldelivery.image.BuildImageRequest;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.Test;
import picocli.CommandLine;

/** The command line takes the same parameters as the Jenkins steps, with the same defaults: each component of a request is an option. */
public class OptionsTest {
    private static final Main.World WORLD = new Main.World(
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8), new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8), false, Path.of("."), Map.of());

    /** Options of the command line itself, which are no parameter of the step. */
    private static final List<String> OWN = List.of("--help", "--version", "--verbose", "--plain", "--json", "--kubeconfig", "--context", "--state", "--report");

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
        sameOptions(parse(command, "--checks", "errorRate"), VerifyMetricsRequest.class);
        assertEquals(VerifyMetricsRequest.of(List.of(Check.ErrorRate.defaults())), command.request());
    }

    @Test
    public void deployModel() throws Exception {
        DeployModelCommand command = new DeployModelCommand(WORLD);
        CommandLine line = parse(command, "--name", "n", "--image", "i");
        assertEquals(DeployModelRequest.of("n", "i"), command.request());
        // With verify: inline, whose time-out is not the rollout's; the strategy's parameters are options of their own.
        List<String> wanted = new ArrayList<>(names(DeployModelRequest.class));
        wanted.removeAll(List.of("--strategy", "--traffic"));
        wanted.addAll(names(Strategy.Canary.class));
        wanted.addAll(names(TrafficKind.ReplicaRatio.class));
        wanted.addAll(names(VerifyMetricsRequest.class));
        wanted.add("--verify-timeout");
        sameOptions(line, wanted);
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
                List.of(new Check.Threshold("t", "q", null, 2.0, Check.Threshold.DEFAULT_COUNT, Check.Threshold.DEFAULT_FAILURE_LIMIT, Check.Threshold.DEFAULT_ON_NO_DATA)),
                ChecksOption.parse(List.of("threshold: {name: t, query: q, max: 2}")));
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
