package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;

import hudson.util.StreamTaskListener;
import io.jenkins.plugins.mldelivery.delivery.Event;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.Test;

/** What the log has of events. */
public class LogEventsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static List<String> lines(Event... events) {
        return linesOf(null, events);
    }

    private static List<String> linesOf(String subject, Event... events) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LogEvents log = new LogEvents(new StreamTaskListener(out, StandardCharsets.UTF_8), subject);
        for (Event event : events) {
            log.accept(event);
        }
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    public void aVerdictDoesNotRepeatItsReason() {
        assertEquals(
                List.of("  errorRate: fail, errors at least 2 times: those of two pods", "[mlVerifyMetrics] fail"),
                lines(new Event.Note(NOW, Event.Stage.VERIFY, Event.Level.INFO, "errorRate: fail, errors at least 2 times: those of two pods"),
                        new Event.Finished(NOW, Event.Stage.VERIFY, false, "fail: errors at least 2 times: those of two pods")));
        assertEquals(List.of("[mlVerifyMetrics] pass"), lines(new Event.Finished(NOW, Event.Stage.VERIFY, true, "pass: no worse")));
    }

    @Test
    public void otherStagesSayWhatTheyEndedWith() {
        assertEquals(List.of("[mlDeployModel] churn: promoted", "[mlProvision] failed: no plan"), lines(
                new Event.Finished(NOW, Event.Stage.DEPLOY, true, "churn: promoted"), new Event.Finished(NOW, Event.Stage.PROVISION, false, "no plan")));
    }

    @Test
    public void whereOthersWriteEachLineNamesItsModel() {
        assertEquals(
                List.of(
                        "[mlVerifyMetrics] churn: pass", "  churn: step 1 of 2 passed: no worse", "  churn: traffic: 50 % to the canary",
                        "  churn: PROMOTED: revision b replaces a: every step passed: no worse"),
                linesOf("churn", new Event.Finished(NOW, Event.Stage.VERIFY, true, "pass: no worse"),
                        new Event.Note(NOW, Event.Stage.DEPLOY, Event.Level.INFO, "step 1 of 2 passed: no worse"),
                        new Event.TrafficShifted(NOW, "churn", 50, 50),
                        new Event.Decided(NOW, "churn", true, "revision b replaces a", "every step passed: no worse")));
    }

    @Test
    public void progressSaysItsUnitOnce() {
        assertEquals(List.of("  scaling canary: 1 of 2 pods ready", "  push: 1.0 MiB of 2.0 MiB"), lines(
                progress(0, "scaling canary", 0, "pods ready"), progress(20, "scaling canary", 1, "pods ready"), progress(20, "push", 0, "bytes"), progress(40, "push", 1 << 20, "bytes")));
    }

    private static Event progress(int second, String what, long done, String unit) {
        return new Event.Progress(NOW.plusSeconds(second), Event.Stage.DEPLOY, what, done, unit.equals("bytes") ? 2 << 20 : 2, unit);
    }
}
