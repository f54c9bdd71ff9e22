package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import picocli.CommandLine;

/** One sentence, whatever goes wrong, and nothing in it that should not be told. */
public class FailuresTest {
    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Cli cli;

    @Before
    public void folder() throws Exception {
        cli = new Cli(temporary.getRoot().toPath().toRealPath());
    }

    @Test
    public void aValueWithoutItsNameIsNotQuoted() throws Exception {
        for (String option : new String[] {"--variables", "--backend-config"}) {
            String error = cli.fails(
                    Kind.INVALID_INPUT, "Option '" + option + "' takes NAME=VALUE. ", "provision", "--dir", ".", option, "s3cret");
            assertFalse(error, error.contains("s3cret"));
        }
        cli.fails(
                Kind.INVALID_INPUT,
                "Option '--headers' takes NAME=VALUE. ",
                "verify-metrics",
                "--checks",
                "errorRate",
                "--headers",
                "s3cret");
    }

    /** The option parser's own warnings quoted it, beside every masker. */
    @Test
    public void aValueWithAQuoteIsTakenWithoutAWord() throws Exception {
        PrintStream before = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            cli.run("provision", "--dir", "gone", "--variables", "password=a\"b=c'd");
        } finally {
            System.setErr(before);
        }
        assertEquals("", printed.toString(StandardCharsets.UTF_8));
    }

    @Test
    public void aLongInputIsCut() {
        String error = cli.fails(
                Kind.INVALID_INPUT, "--tool: '", "provision", "--dir", ".", "--tool", "A".repeat(10_000));
        assertTrue(error, error.length() < 2000 && error.contains("A…' is none of "));
        error = cli.fails(Kind.INVALID_INPUT, "Invalid value for option '--port'", "build-image", "--model", "m", "--image", "i", "--port", "9".repeat(60_000));
        assertTrue(error, error.length() < 2000);
    }

    @Test
    public void whatIsWrongWithACheckIsToldWithoutClasses() {
        for (Map.Entry<String, String> check : Map.of(
                        "errorRate: {margin: x}", "the parameter 'margin' has a value of the wrong kind",
                        "errorRate: {margin: [1]}", "the parameter 'margin' has a value of the wrong kind",
                        "gauge: {metric: {a: b}}", "the parameter 'metric' has a value of the wrong kind")
                .entrySet()) {
            cli.fails(
                    Kind.INVALID_INPUT,
                    "--checks: '" + check.getKey() + "' can't be read (" + check.getValue() + "). ",
                    "verify-metrics",
                    "--checks",
                    check.getKey());
        }
        cli.fails(
                Kind.INVALID_INPUT,
                "--autoscale: 'min: x' can't be read (the parameter 'min' has a value of the wrong kind). ",
                "deploy-model",
                "--name",
                "a",
                "--image",
                "a:1",
                "--autoscale",
                "min: x");
    }

    /** The playground has no such option. */
    @Test
    public void aDefectNamesNoOptionThatTheCommandDoesNotHave() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Main.World world = new Main.World(
                System.out, new PrintStream(err, true, StandardCharsets.UTF_8), InputStream.nullInputStream(), false, Path.of("."), Map.of());
        CommandLine playground = new CommandLine(new PlaygroundCommand(world));
        int code = new Failures(world).handleExecutionException(new IllegalStateException("odd"), playground, playground.parseArgs());
        assertEquals(1, code);
        String told = err.toString(StandardCharsets.UTF_8);
        assertTrue(told, told.startsWith("error: a defect of ML Delivery (odd) has ended the command. Report it with the lines that follow.\njava.lang.IllegalStateException"));
        assertFalse(told, told.contains("--verbose"));
    }

    @Test
    public void defectsAndTheEndOfTheMemoryAreOneSentence() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Main.World world = new Main.World(
                System.out,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                InputStream.nullInputStream(),
                false,
                Path.of("."),
                Map.of());
        assertEquals(Kind.FAILED.exitCode(), new Failures(world).handleFatal(new OutOfMemoryError("Java heap space")));
        new Failures(world).handleFatal(new StackOverflowError());
        String[] lines = err.toString(StandardCharsets.UTF_8).split("\n");
        assertEquals(2, lines.length);
        assertTrue(lines[0], lines[0].matches("error: the memory of Java, at most \\d+ MiB, did not suffice\\. Give it more: .*ML_DELIVERY_JAVA_OPTS.*\\."));
        assertEquals("error: a defect of ML Delivery has ended the command. Report it with what --verbose shows.", lines[1]);
    }
}
