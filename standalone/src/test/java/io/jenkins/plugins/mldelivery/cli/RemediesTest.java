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
