package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;

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
        ConsoleEvents console = new ConsoleEvents(new PrintStream(bytes, true, StandardCharsets.UTF_8), false);
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
        ConsoleEvents console = new ConsoleEvents(new PrintStream(bytes, true, StandardCharsets.UTF_8), false);
        for (int at : new int[] {10, 20, 40, 60}) {
            console.accept(at < 30 ? progress(at, "scaling canary", 1, 2, "pods ready") : progress(at, "push", 1024, at < 50 ? 2048 : -1, "bytes"));
        }
        assertEquals(
                List.of("    scaling canary 1 of 2 pods ready", "    push 1.0 KiB of 2.0 KiB", "    push 1.0 KiB"),
                bytes.toString(StandardCharsets.UTF_8).lines().toList());
    }

    private static Event progress(int second, String what, long done, long total, String unit) {
        return new Event.Progress(Instant.ofEpochSecond(second), Event.Stage.DEPLOY, what, done, total, unit);
    }

    private static Event sampled(int look, long samples, String reason) {
        return new Event.CheckSampled(Instant.ofEpochSecond(15L * look + 1), "errorRate", 0, 0, 1, 0, 2, samples, null, reason, Event.Measure.RATE);
    }
}
