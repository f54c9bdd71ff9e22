package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;

import io.jenkins.plugins.mldelivery.delivery.AbortableWork;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.Test;

/** A cluster that takes its time must not keep a thread that other rollouts wait for. */
public class TimedTargetTest {
    @Test(timeout = 20_000)
    public void aCallThatTakesTooLongIsTransientTrouble() {
        TimeLimit limit = new TimeLimit(Duration.ofMillis(50));
        Target.TransientException e = assertThrows(
                Target.TransientException.class, () -> limit.within(TimedTargetTest::endless));
        assertEquals("the cluster did not do what a rollout asks for at a time within 0 s", e.getMessage());
        assertFalse("what comes next is not cut short", Thread.currentThread().isInterrupted());
        assertThrows(Target.TransientException.class, () -> limit.within(TimedTargetTest::endless));
    }

    @Test
    public void whatIsInTimeIsLeftAlone() throws Exception {
        TimeLimit limit = new TimeLimit(Duration.ofMinutes(1));
        assertEquals("done", limit.within(() -> "done"));
        assertThrows(IllegalStateException.class, () -> limit.within(() -> {
            throw new IllegalStateException();
        }));
    }

    @Test(timeout = 20_000)
    public void anAbortIsNoTrouble() {
        AbortableWork abort = new AbortableWork();
        TimeLimit limit = new TimeLimit(Duration.ofMinutes(1));
        assertThrows(InterruptedException.class, () -> abort.run(() -> limit.within(() -> {
            abort.abort();
            return endless();
        })));
        assertFalse(Thread.currentThread().isInterrupted());
    }

    private static Object endless() throws InterruptedException {
        new CountDownLatch(1).await();
        return null;
    }
}
