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

    private static Event sampled(int look, long samples, String reason) {
        return new Event.CheckSampled(Instant.ofEpochSecond(15L * look + 1), "errorRate", 0, 0, 1, 0, 2, samples, null, reason, Event.Measure.RATE);
    }
}
