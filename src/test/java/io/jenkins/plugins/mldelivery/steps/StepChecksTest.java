package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.testing.ManualClock;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import io.jenkins.plugins.mldelivery.testing.Told;
import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import io.jenkins.plugins.mldelivery.verify.source.SharedReads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

public class StepChecksTest {
    private final Told told = new Told();
    private final ManualClock clock = new ManualClock();
    private final List<Runnable> pool = new ArrayList<>();

    /** Some rollouts at servers that never answer may have all threads that the job gets. */
    @Test
    public void aLookThatWaitsForAThreadIsToldOnce() throws Exception {
        VerifyMetricsRequest request = new VerifyMetricsRequest(
                List.of(Check.ErrorRate.defaults()), "http://127.0.0.1:" + LoopbackServer.closedPort(), null, null, null,
                List.of(), List.of(), "5s", "1m", "fail");
        RolloutFacts facts = new RolloutFacts("churn", "ml", "r1", "r1", 0, 1, 0, 0, false, Instant.EPOCH, "a=\"b\"", "a=\"c\"");
        try (StepChecks checks = new StepChecks(
                request, null, TestEnvironment.of(told).withClock(clock), new SharedReads(), pool::add, null, () -> {})) {
            for (int second = 0; second < 5; second++) {
                assertNull(checks.answer(facts).verdict());
                assertEquals("it may be just about to begin", List.of(), told.notes());
                clock.sleep(Duration.ofSeconds(1));
            }
            for (int i = 0; i < 5; i++) {
                clock.sleep(Duration.ofSeconds(5));
                assertNull(checks.answer(facts).verdict());
                assertEquals(List.of(Messages.StepChecks_Waits()), told.notes());
            }
            assertEquals("one look waits", 1, pool.size());
            pool.remove(0).run();
            assertEquals("it has looked", Verdict.PASS, checks.answer(facts).verdict());
            assertEquals(List.of(Messages.StepChecks_Waits()), told.notes());
        }
    }
}
