package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import java.util.concurrent.CountDownLatch;
import org.junit.Test;

/** An abort comes from another thread than the work's. */
public class AbortableWorkTest {
    private final AbortableWork work = new AbortableWork();

    @Test(timeout = 20_000)
    public void anAbortEndsWhatWaitsAndNothingAfterIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        Thread aborter = new Thread(() -> {
            try {
                begun.await();
                work.abort();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        aborter.start();
        assertThrows(InterruptedException.class, () -> work.run(() -> {
            begun.countDown();
            new CountDownLatch(1).await();
            return null;
        }));
        aborter.join();
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    public void anInterruptThatTheWorkDidNotSeeIsGoneAfterIt() throws Exception {
        assertEquals("done", work.run(() -> {
            work.abort();
            assertTrue(Thread.currentThread().isInterrupted());
            return "done";
        }));
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    public void nothingBeginsAfterAnAbort() {
        work.abort();
        assertThrows(InterruptedException.class, () -> work.run(() -> {
            fail("it began");
            return null;
        }));
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    public void whatSomebodyElseInterruptsStaysInterrupted() throws Exception {
        work.run(() -> {
            Thread.currentThread().interrupt();
            return null;
        });
        assertTrue(Thread.interrupted());
    }
}
