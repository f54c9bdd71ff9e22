package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Test;

public class SharedThreadsTest {
    private static final int OF_A_JOB = 2;
    private static final int OF_A_TOP = 3;

    private final SharedThreads threads = new SharedThreads("test", 4, new OwnerShares(OF_A_JOB, OF_A_TOP));

    @Test(timeout = 60_000)
    public void anOwnerWhoseTasksHangHoldsUpNobodyElse() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(100);
        AtomicInteger begun = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            threads.of(Owner.ofJob("slow")).execute(() -> {
                begun.incrementAndGet();
                awaitEnd(end);
                done.countDown();
            });
        }
        FutureTask<String> other = new FutureTask<>(() -> "read");
        threads.of(Owner.ofJob("other")).execute(other);
        assertEquals("read", other.get());
        while (begun.get() < OF_A_JOB) {
            Thread.sleep(5);
        }
        assertEquals("its share", OF_A_JOB, begun.get());
        end.countDown();
        assertTrue("all come to their turn", done.await(30, TimeUnit.SECONDS));
    }

    /** A step in a loop that is aborted while its look-ups hang. */
    @Test(timeout = 60_000)
    public void whatWasGivenUpDoesNotPileUp() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Executor own = threads.of(Owner.ofJob("slow"));
        for (int i = 0; i < OF_A_JOB; i++) {
            own.execute(() -> awaitEnd(end));
        }
        FutureTask<String> wanted = new FutureTask<>(() -> "read");
        own.execute(wanted);
        for (int i = 0; i < 100; i++) {
            FutureTask<String> givenUp = new FutureTask<>(() -> "not read");
            own.execute(givenUp);
            givenUp.cancel(true);
        }
        assertEquals("what is wanted, and the last of the others", 2, threads.waiting());
        end.countDown();
        assertEquals("read", wanted.get());
    }

    @Test(timeout = 60_000)
    public void theJobsOfOneFolderDoNotTakeAllTogether() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(50);
        AtomicInteger begun = new AtomicInteger();
        for (int i = 0; i < 50; i++) {
            threads.of(Owner.ofJob("folder/project/branch" + i)).execute(() -> {
                begun.incrementAndGet();
                awaitEnd(end);
                done.countDown();
            });
        }
        for (String job : List.of("folder2/job", "job", "other/folder/job")) {
            FutureTask<String> other = new FutureTask<>(() -> job);
            threads.of(Owner.ofJob(job)).execute(other);
            assertEquals(job, other.get());
        }
        while (begun.get() < OF_A_TOP) {
            Thread.sleep(5);
        }
        assertEquals("the share of the folder", OF_A_TOP, begun.get());
        end.countDown();
        assertTrue("all come to their turn", done.await(30, TimeUnit.SECONDS));
    }

    @Test(timeout = 60_000)
    public void theJobsOfAFolderTakeTurns() {
        List<Runnable> pool = new ArrayList<>();
        SharedThreads own = new SharedThreads(pool::add, new OwnerShares(1, 1));
        List<String> order = new ArrayList<>();
        for (String job : List.of("f/a", "f/a", "f/a", "f/b", "f/b", "f/c")) {
            own.of(Owner.ofJob(job)).execute(() -> order.add(job));
        }
        while (!pool.isEmpty()) {
            assertEquals(1, pool.size());
            pool.remove(0).run();
        }
        assertEquals(List.of("f/a", "f/a", "f/b", "f/c", "f/a", "f/b"), order);
    }

    @Test
    public void whatThePoolRefusesTakesNoShare() {
        AtomicInteger asked = new AtomicInteger();
        SharedThreads own = new SharedThreads(
                task -> {
                    if (asked.incrementAndGet() <= 3) {
                        throw new RejectedExecutionException("of a test");
                    }
                    task.run();
                },
                new OwnerShares(1, 1));
        Executor mine = own.of(Owner.ofJob("a"));
        for (int i = 0; i < 3; i++) {
            assertThrows(RejectedExecutionException.class, () -> mine.execute(() -> { }));
        }
        AtomicInteger ran = new AtomicInteger();
        mine.execute(ran::incrementAndGet);
        assertEquals(1, ran.get());
    }

    /** Tasks of any owners come and end in any order: shares hold, and whoever may run has been given to the pool. */
    @Test
    public void inAnyOrderNoShareIsExceededAndNoWakeUpIsLost() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int ofJob = 1 + random.nextInt(3);
            int ofTop = ofJob + random.nextInt(4);
            OwnerShares shares = new OwnerShares(ofJob, ofTop);
            List<Runnable> running = new ArrayList<>();
            SharedThreads own = new SharedThreads(running::add, shares);
            Map<Owner, Integer> left = new HashMap<>();
            int come = 200;
            while (come > 0 || !running.isEmpty()) {
                if (come > 0 && (running.isEmpty() || random.nextBoolean())) {
                    come--;
                    Owner owner = Owner.ofJob("abc".charAt(random.nextInt(3)) + "/" + random.nextInt(4));
                    left.merge(owner, 1, Integer::sum);
                    own.of(owner).execute(() -> left.merge(owner, -1, Integer::sum));
                } else {
                    running.remove(random.nextInt(running.size())).run();
                }
                String now = "seed " + seed + ", " + come + " to come";
                assertEquals(now, running.size(), left.keySet().stream().mapToInt(shares::inJob).sum());
                left.forEach((owner, all) -> {
                    assertTrue(now, shares.inJob(owner) <= ofJob && shares.inTop(owner) <= ofTop);
                    assertTrue(now + ": " + owner + " waits for nothing",
                            shares.inJob(owner) == all || shares.inJob(owner) == ofJob || shares.inTop(owner) == ofTop);
                });
            }
            assertTrue("seed " + seed, left.values().stream().allMatch(n -> n == 0));
        }
    }

    /** With threads of its own, and tasks that fail. */
    @Test(timeout = 60_000)
    public void ofNoOwnerMoreRunThanItsShareAndAllRun() throws Exception {
        Random random = new Random(1);
        Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
        AtomicInteger mostOfAJob = new AtomicInteger();
        AtomicInteger mostOfATop = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(3000);
        for (int i = 0; i < 3000; i++) {
            Owner owner = Owner.ofJob("top" + random.nextInt(2) + "/job" + random.nextInt(3));
            boolean fails = random.nextInt(10) == 0;
            AtomicInteger job = running.computeIfAbsent(owner.job(), name -> new AtomicInteger());
            AtomicInteger top = running.computeIfAbsent(owner.top(), name -> new AtomicInteger());
            threads.of(owner).execute(new FutureTask<>(() -> {
                mostOfAJob.accumulateAndGet(job.incrementAndGet(), Math::max);
                mostOfATop.accumulateAndGet(top.incrementAndGet(), Math::max);
                job.decrementAndGet();
                top.decrementAndGet();
                done.countDown();
                if (fails) {
                    throw new IllegalStateException("of a task");
                }
                return null;
            }));
        }
        assertTrue(done.await(30, TimeUnit.SECONDS));
        assertTrue("most " + mostOfAJob, mostOfAJob.get() <= OF_A_JOB);
        assertTrue("most " + mostOfATop, mostOfATop.get() <= OF_A_TOP);
    }

    private static void awaitEnd(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
