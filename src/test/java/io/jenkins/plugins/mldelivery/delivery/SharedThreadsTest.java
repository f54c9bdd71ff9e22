package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Test;

public class SharedThreadsTest {
    private final SharedThreads threads = new SharedThreads("test", 4, 2);

    @Test(timeout = 60_000)
    public void anOwnerWhoseTasksHangHoldsUpNobodyElse() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(100);
        AtomicInteger begun = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            threads.of("slow").execute(() -> {
                begun.incrementAndGet();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                done.countDown();
            });
        }
        FutureTask<String> other = new FutureTask<>(() -> "read");
        threads.of("other").execute(other);
        assertEquals("read", other.get());
        while (begun.get() < 2) {
            Thread.sleep(5);
        }
        assertEquals("its share", 2, begun.get());
        end.countDown();
        assertTrue("all come to their turn", done.await(30, TimeUnit.SECONDS));
    }

    @Test(timeout = 60_000)
    public void ofNoOwnerMoreRunThanItsShareAndAllRun() throws Exception {
        Random random = new Random(1);
        AtomicInteger[] running = {new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};
        AtomicInteger most = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(3000);
        for (int i = 0; i < 3000; i++) {
            int owner = random.nextInt(3);
            boolean fails = random.nextInt(10) == 0;
            Executor own = threads.of("owner " + owner);
            own.execute(new FutureTask<>(() -> {
                most.accumulateAndGet(running[owner].incrementAndGet(), Math::max);
                running[owner].decrementAndGet();
                done.countDown();
                if (fails) {
                    throw new IllegalStateException("of a task");
                }
                return null;
            }));
        }
        assertTrue(done.await(30, TimeUnit.SECONDS));
        assertTrue("most " + most, most.get() <= 2);
    }
}
