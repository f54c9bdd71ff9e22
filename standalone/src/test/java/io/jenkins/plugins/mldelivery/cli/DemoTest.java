package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The whole demo: image, infrastructure, canary, real requests, verification. */
public class DemoTest {
    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int demo(String candidate) {
        return Main.execute(
                new Main.World(
                        new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8), InputStream.nullInputStream(), false,
                        temporary.getRoot().toPath(), Map.of()),
                "demo", "--candidate", candidate, "--report", "demo.html");
    }

    @Test
    public void theBadModelIsCaughtAndRolledBack() throws Exception {
        assertEquals(err.toString(StandardCharsets.UTF_8), 3, demo("bad"));
        String log = err.toString(StandardCharsets.UTF_8);
        assertTrue(log, log.contains("ROLLED BACK"));
        reportIsWhole();
    }

    @Test
    public void theGoodModelIsPromoted() throws Exception {
        assertEquals(err.toString(StandardCharsets.UTF_8), 0, demo("good"));
        String log = err.toString(StandardCharsets.UTF_8);
        assertTrue(log, log.matches("(?s).*PROMOTED revision [0-9a-f]+ replaces [0-9a-f]+: every step passed, the last one by: errors below .*"));
        assertTrue("of two penguins no model knows enough", log.contains(" (500: the model had no answer for the input)"));
        reportIsWhole();
    }

    private void reportIsWhole() throws Exception {
        Path report = temporary.getRoot().toPath().resolve("demo.html");
        String html = Files.readString(report);
        assertTrue(html.contains("<svg") && html.trim().endsWith("</html>"));
    }
}
