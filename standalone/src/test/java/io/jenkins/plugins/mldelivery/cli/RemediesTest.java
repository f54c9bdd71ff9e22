package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import io.jenkins.plugins.mldelivery.house.Repository;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import picocli.CommandLine;

/** Remedies name what a person types here: options and commands, not the parameters and steps of the Jenkins Pipeline. */
public class RemediesTest {
    private static final Main.World WORLD = new Main.World(
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8), new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
            InputStream.nullInputStream(), false, Path.of("."), Map.of());
    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\n]|\\\\.)*)\"");
    private static final Pattern WORD = Pattern.compile("[A-Za-z]+");

    /** Not names of options where they are used: keys of a login, and the importance of a check. */
    private static final Set<String> KEYS = Set.of("credentialsId", "dryRun");

    /** Things that the command line does not have. */
    private static final Pattern JENKINS = Pattern.compile("(?<!`)\\b(agent|workspace|Jenkins|Pipeline|[Aa]dministrator)\\b(?!`)");

    /** Texts that name them and come up in Jenkins alone, or mean a server's administrator. */
    private static final Set<String> IN_JENKINS = Set.of(
            // The border of a workspace; a path of the command line has none.
            "Give a file in the workspace.", "Give a path in the workspace.", "' leads out of the workspace",
            // Settings of Jenkins.
            "Ask the administrator, or use one of these.",
            "Name a server. An administrator can list the address as an allowed host.",
            "is not one of the hosts that this Jenkins may send requests to",
            "Ask the administrator to allow it, or run the requests on an agent.",
            ", and in Jenkins it must be at least ",
            // What an agent answers.
            "the agent's answer is not taken: ", "the agent's answer is not taken (", "Check the agent and who may run programs on it.",
            "the evidence of a look on an agent has ",
            "Try again later, or ask the cluster's administrator.",
            "Try again later, or ask its administrator.", "Ask its administrator.", "Ask the registry's administrator; the login is not sent there.");

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Cli cli;

    @Before
    public void folder() throws Exception {
        cli = new Cli(temporary.getRoot().toPath());
        cli.variables.put("PROM_TOKEN", "s3cret");
        Files.createDirectories(cli.folder.resolve("model"));
        Files.writeString(cli.folder.resolve("model/.env"), "x");
    }

    private void remedy(String problem, String remedy, String... args) {
        String error = cli.fails(Kind.INVALID_INPUT, problem, args);
        assertTrue(error, error.endsWith(". " + remedy));
    }

    @Test
    public void options() {
        remedy(
                "--prometheus: a secret would be sent to 'http://prometheus.example.org:9090' without TLS",
                "Give an https URL, or set --allow-plain-http, only in a network that you trust.",
                "verify-metrics", "--checks", "errorRate", "--prometheus", "http://prometheus.example.org:9090", "--credentials-id", "prom");
        remedy("--push: the image would go nowhere", "Set --push, or --layout, or both.", "build-image", "--model", "model", "--image", "localhost:1/a:1", "--no-push");
        remedy(
                "--model: 'model' has nothing to pack but .env", "Name it in --include if that is meant.",
                "build-image", "--model", "model", "--image", "localhost:1/a:1", "--no-push", "--layout", "out");
    }

    @Test
    public void commands() {
        remedy(
                "--prometheus: there is no source of metrics",
                "Give the URL of a Prometheus server, or --scrape-canary and --scrape-stable, or give the checks to ml-delivery deploy-model.",
                "verify-metrics", "--checks", "errorRate");
    }

    /** A name that is not marked stays the Pipeline's here. */
    @Test
    public void theEngineMarksEveryName() throws Exception {
        Set<String> names = names();
        assertTrue(names.toString(), names.contains("allowPlainHttp") && names.contains("mlDeployModel") && names.size() > 30);
        List<String> unmarked = new ArrayList<>();
        for (Path file : Repository.sources("src/main/java")) {
            if (file.toString().matches(".*[/\\\\](steps|config|view)[/\\\\].*")) {
                continue;
            }
            Matcher literal = LITERAL.matcher(code(file));
            while (literal.find()) {
                String text = literal.group(1);
                Matcher word = WORD.matcher(text);
                while (text.indexOf(' ') > 0 && word.find()) {
                    boolean marked = word.start() > 0 && text.charAt(word.start() - 1) == '`';
                    if (names.contains(word.group()) && !marked && !text.startsWith("mlBuildImage ")) {
                        unmarked.add(file.getFileName() + ": " + text);
                    }
                }
            }
        }
        assertEquals(List.of(), unmarked);
    }

    @Test
    public void thingsOfJenkins() {
        remedy("--model: there is no folder or file 'nope'", "Give the path of the model in the working folder.", "build-image", "--model", "nope", "--image", "localhost:1/a:1");
        remedy("--dir: there is no folder 'nope'", "Give the folder of the infrastructure code in the working folder.", "provision", "--dir", "nope");
        String metadata = cli.fails(
                Kind.REFUSED, "--prometheus: '169.254.169.254' is ", "verify-metrics", "--checks", "threshold: {name: p99, query: latency, max: 1}",
                "--prometheus", "http://169.254.169.254");
        assertTrue(metadata, metadata.endsWith("so no request is sent to it. Name a server."));
    }

    /** A text of the engine that names a thing of Jenkins marks it, so that the command line says what it has instead. */
    @Test
    public void theEngineMarksWhatTheCommandLineDoesNotHave() throws Exception {
        Set<String> unmarked = new TreeSet<>();
        for (Path file : Repository.sources("src/main/java")) {
            if (file.toString().matches(".*[/\\\\](steps|config|view)[/\\\\].*")) {
                continue;
            }
            Matcher literal = LITERAL.matcher(code(file));
            while (literal.find()) {
                String text = literal.group(1);
                if (text.indexOf(' ') >= 0 && JENKINS.matcher(text).find()) {
                    unmarked.add(text);
                }
            }
        }
        assertEquals(new TreeSet<>(IN_JENKINS), unmarked);
    }

    private static String code(Path file) throws Exception {
        return Files.readAllLines(file).stream().filter(line -> !line.strip().startsWith("*") && !line.strip().startsWith("/")).reduce("", (all, line) -> all + "\n" + line);
    }

    /** What the Pipeline writes in two words or more, and its steps. */
    private static Set<String> names() {
        Set<String> names = new TreeSet<>(Set.of("mlBuildImage", "mlProvision", "mlDeployModel", "mlVerifyMetrics"));
        for (Object command : List.of(new BuildImageCommand(WORLD), new ProvisionCommand(WORLD), new DeployModelCommand(WORLD), new VerifyMetricsCommand(WORLD))) {
            new CommandLine(command).getCommandSpec().options().forEach(option -> {
                String camel = Pattern.compile("-+([a-z])").matcher(option.longestName().substring(2)).replaceAll(letter -> letter.group(1).toUpperCase(java.util.Locale.ROOT));
                if (!camel.equals(camel.toLowerCase(java.util.Locale.ROOT))) {
                    names.add(camel);
                }
            });
        }
        names.removeAll(KEYS);
        return names;
    }
}
