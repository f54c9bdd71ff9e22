package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Test;

/** The look's thread and the asker's are two. */
public class BackgroundGateTest {
    private static final Duration PAUSE = Duration.ofSeconds(3);
    private static final Gate.Answer PASSED = Gate.Answer.of(Verdict.PASS, "fine");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Semaphore answers = new Semaphore(0);

    @After
    public void end() {
        threads.shutdownNow();
    }

    @Test(timeout = 20_000)
    public void whoAsksNeverWaitsForALook() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        List<Integer> looks = new ArrayList<>();
        try (BackgroundGate gate = gate(facts -> {
            looks.add(facts.step());
            end.await();
            return PASSED;
        })) {
            for (int i = 0; i < 3; i++) {
                Gate.Answer pending = gate.look(facts(0));
                assertNull(pending.verdict());
                assertEquals(PAUSE, pending.nextLook());
                assertTrue(gate.isLooking());
            }
            end.countDown();
            answers.acquire();
            assertEquals(PASSED, gate.look(facts(0)));
            assertFalse(gate.isLooking());
            assertEquals(List.of(0), looks);
        }
    }

    @Test(timeout = 20_000)
    public void aLookAtAnEarlierStepIsCutShortAndAnswersNothing() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (BackgroundGate gate = gate(facts -> {
            if (facts.step() == 0) {
                begun.countDown();
                new CountDownLatch(1).await();
            }
            return Gate.Answer.of(Verdict.PASS, "step " + facts.step());
        })) {
            gate.look(facts(0));
            begun.await();
            assertNull(gate.look(facts(1)).verdict());
            answers.acquire();
            assertNull(gate.look(facts(1)).verdict());
            answers.acquire();
            assertEquals("step 1", gate.look(facts(1)).reason());
        }
    }

    @Test(timeout = 20_000)
    public void anAnswerThatNobodyTookBelongsToItsOwnStep() throws Exception {
        try (BackgroundGate gate = gate(facts -> Gate.Answer.of(Verdict.PASS, "step " + facts.step()))) {
            gate.look(facts(0));
            answers.acquire();
            assertNull(gate.look(facts(1)).verdict());
            answers.acquire();
            assertEquals("step 1", gate.look(facts(1)).reason());
        }
    }

    @Test(timeout = 20_000)
    public void closingEndsTheLook() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        BackgroundGate gate = gate(facts -> {
            begun.countDown();
            new CountDownLatch(1).await();
            return PASSED;
        });
        gate.look(facts(0));
        begun.await();
        gate.close();
        assertTrue(answers.tryAcquire(15, TimeUnit.SECONDS));
        assertNull(gate.look(facts(0)).verdict());
        assertFalse("no other begins", gate.isLooking());
    }

    @Test(timeout = 20_000)
    public void whatWasFoundOfOtherPodsIsNoAnswer() throws Exception {
        List<String> looks = new ArrayList<>();
        try (BackgroundGate gate = gate(facts -> {
            looks.add(facts.subject());
            return PASSED;
        })) {
            gate.look(facts(0, "these pods"));
            answers.acquire();
            assertNull(gate.look(facts(0, "other pods")).verdict());
            answers.acquire();
            assertEquals(PASSED, gate.look(facts(0, "other pods")));
            assertEquals(List.of("these pods", "other pods"), looks);
        }
    }

    @Test(timeout = 20_000)
    public void aFaultOfTheGateComesOutWhereItIsAsked() throws Exception {
        try (BackgroundGate gate = gate(facts -> {
            throw new IllegalArgumentException("a fault");
        })) {
            gate.look(facts(0));
            answers.acquire();
            assertThrows(IllegalArgumentException.class, () -> gate.look(facts(0)));
        }
    }

    @Test
    public void threadsThatTakeNothingMoreLeaveItPending() {
        try (BackgroundGate gate = new BackgroundGate(facts -> PASSED, task -> {
            throw new RejectedExecutionException();
        }, () -> {}, PAUSE)) {
            assertNull(gate.look(facts(0)).verdict());
            assertFalse(gate.isLooking());
        }
    }

    @Test
    public void aLookWithoutAThreadWaits() {
        List<Runnable> pool = new ArrayList<>();
        try (BackgroundGate gate = new BackgroundGate(facts -> PASSED, pool::add, () -> {}, PAUSE)) {
            assertFalse("there is none yet", gate.isWaiting());
            assertNull(gate.look(facts(0)).verdict());
            assertTrue(gate.isWaiting());
            pool.remove(0).run();
            assertFalse(gate.isWaiting());
            assertEquals(PASSED, gate.look(facts(0)));
        }
    }

    private BackgroundGate gate(Gate slow) {
        return new BackgroundGate(slow, threads, answers::release, PAUSE);
    }

    private static RolloutFacts facts(int step) {
        return facts(step, "abc");
    }

    private static RolloutFacts facts(int step, String subject) {
        return new RolloutFacts("churn", "ml", "abc", subject, step, 2, 50, 0, false, Instant.EPOCH, "", "");
    }
}
