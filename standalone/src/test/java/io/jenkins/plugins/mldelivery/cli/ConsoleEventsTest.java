package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Event;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.Test;

public class ConsoleEventsTest {
    @Test
    public void aLookIsToldWhenItSaysSomethingNewNotOneAPoll() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ConsoleEvents console = new ConsoleEvents(new PrintStream(bytes, true, StandardCharsets.UTF_8), false, true);
        for (int look = 0; look < 40; look++) {
            console.accept(sampled(look, 0, "the canary has had no requests"));
        }
        for (int look = 40; look < 80; look++) {
            console.accept(sampled(look, look, "not decided yet, after " + look + " requests"));
        }
        assertEquals(
                List.of("    errorRate: the canary has had no requests", "    errorRate: not decided yet, after 40 requests"),
                bytes.toString(StandardCharsets.UTF_8).lines().toList());
    }

    @Test
    public void progressSaysItsUnitOnce() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ConsoleEvents console = new ConsoleEvents(new PrintStream(bytes, true, StandardCharsets.UTF_8), false, true);
        for (int at : new int[] {10, 20, 40, 60}) {
            console.accept(at < 30 ? progress(at, "scaling canary", 1, 2, "pods ready") : progress(at, "push", 1024, at < 50 ? 2048 : -1, "bytes"));
        }
        assertEquals(
                List.of("    scaling canary 1 of 2 pods ready", "    push 1.0 KiB of 2.0 KiB", "    push 1.0 KiB"),
                bytes.toString(StandardCharsets.UTF_8).lines().toList());
    }

    /** A line that is longer than the terminal is wide is cut off by the terminal: wrapped, it would stay at each redraw. */
    @Test
    public void theLiveLineIsNeverWrapped() {
        String text = "x".repeat(300);
        String shown = live(text, true);
        assertTrue(shown, shown.contains("\u001b[?7l    " + text + " 1 of 2 pods ready\u001b[?7h"));
        assertTrue(shown, shown.endsWith("\r\u001b[2K\u001b[1m▸ deploy  churn\u001b[0m\n"));
    }

    @Test
    public void whoeverWantsNoColoursStillSeesProgress() {
        assertTrue(live("scaling", false).endsWith("\r\u001b[2K▸ deploy  churn\n"));
    }

    private static String live(String what, boolean colours) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ConsoleEvents console = new ConsoleEvents(new PrintStream(bytes, true, StandardCharsets.UTF_8), true, colours);
        console.accept(new Event.Progress(Instant.ofEpochSecond(5), Event.Stage.DEPLOY, what, 1, -1, "x"));
        console.accept(progress(9, what, 1, 2, "pods ready"));
        console.accept(new Event.Started(Instant.ofEpochSecond(10), Event.Stage.DEPLOY, "churn"));
        return bytes.toString(StandardCharsets.UTF_8).replace("\u2588", "").replace("\u2591", "").replace("  1 of", " 1 of");
    }

    private static Event progress(int second, String what, long done, long total, String unit) {
        return new Event.Progress(Instant.ofEpochSecond(second), Event.Stage.DEPLOY, what, done, total, unit);
    }

    private static Event sampled(int look, long samples, String reason) {
        return new Event.CheckSampled(Instant.ofEpochSecond(15L * look + 1), "errorRate", 0, 0, 1, 0, 2, samples, null, reason, Event.Measure.RATE, Event.Band.NONE);
    }
}
