package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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

    /** A call whose client is closed while it waits. */
    @Test(timeout = 60_000)
    public void norDoesWhatSaysItself() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Executor own = threads.of(Owner.ofJob("slow"));
        for (int i = 0; i < OF_A_JOB; i++) {
            own.execute(() -> awaitEnd(end));
        }
        for (int i = 0; i < 100; i++) {
            Call call = new Call();
            own.execute(call);
            call.givenUp = true;
        }
        Call wanted = new Call();
        own.execute(wanted);
        assertEquals(1, threads.waiting());
        end.countDown();
        wanted.run.await();
    }

    private static final class Call implements SharedThreads.Task {
        private final CountDownLatch run = new CountDownLatch(1);
        private volatile boolean givenUp;

        @Override
        public void run() {
            run.countDown();
        }

        @Override
        public boolean isGivenUp() {
            return givenUp;
        }
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
        SharedThreads own = new SharedThreads(pool::add, 4, new OwnerShares(1, 1));
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
                1,
                new OwnerShares(1, 1));
        Executor mine = own.of(Owner.ofJob("a"));
        for (int i = 0; i < 3; i++) {
            assertThrows(RejectedExecutionException.class, () -> mine.execute(() -> { }));
        }
        AtomicInteger ran = new AtomicInteger();
        mine.execute(ran::incrementAndGet);
        assertEquals(1, ran.get());
    }

    @Test(timeout = 60_000)
    public void itemsTakeTurnsThenTheirJobsThenTheTasksOfAJob() {
        List<Runnable> pool = new ArrayList<>();
        SharedThreads own = new SharedThreads(pool::add, 1, new OwnerShares(1, 1));
        List<String> order = new ArrayList<>();
        for (String task : List.of("f/a 1", "f/a 2", "f/a 3", "f/b 1", "g 1", "g 2", "f/a 4", "h/c 1")) {
            own.of(Owner.ofJob(task.split(" ")[0])).execute(() -> order.add(task));
        }
        while (!pool.isEmpty()) {
            assertEquals(1, pool.size());
            pool.remove(0).run();
        }
        assertEquals(List.of("f/a 1", "f/a 2", "g 1", "h/c 1", "f/b 1", "g 2", "f/a 3", "f/a 4"), order);
    }

    /** "Unable to create native thread": whoever waits must not wait for ever, and nobody's place is lost. */
    @Test(timeout = 60_000)
    public void whereNoThreadCanBeMadeTheOneThatIsThereGoesOn() {
        List<Runnable> pool = new ArrayList<>();
        boolean[] full = new boolean[1];
        OwnerShares shares = new OwnerShares(1, 1);
        SharedThreads own = new SharedThreads(
                task -> {
                    if (full[0]) {
                        throw new OutOfMemoryError("of a test");
                    }
                    pool.add(task);
                },
                2,
                shares);
        List<String> order = new ArrayList<>();
        Executor a = own.of(Owner.ofJob("a"));
        a.execute(() -> order.add("a 1"));
        a.execute(() -> {
            order.add("a 2");
            throw new IllegalStateException("of a test");
        });
        a.execute(() -> order.add("a 3"));
        full[0] = true;
        Executor b = own.of(Owner.ofJob("b"));
        assertThrows(OutOfMemoryError.class, () -> b.execute(() -> order.add("never")));
        assertEquals("what did not begin has no place", 0, shares.inJob(Owner.ofJob("b")));
        pool.remove(0).run();
        assertEquals(List.of("a 1", "a 2", "a 3"), order);
        full[0] = false;
        b.execute(() -> order.add("b"));
        a.execute(() -> order.add("a 4"));
        pool.forEach(Runnable::run);
        assertEquals(List.of("a 1", "a 2", "a 3", "b", "a 4"), order);
    }

    @Test
    public void whatWaitsForAPoolThatEndsIsDropped() {
        List<Runnable> pool = new ArrayList<>();
        boolean[] ended = new boolean[1];
        OwnerShares shares = new OwnerShares(1, 1);
        SharedThreads own = new SharedThreads(
                task -> {
                    if (ended[0]) {
                        throw new RejectedExecutionException("of a test");
                    }
                    pool.add(task);
                },
                1,
                shares);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int number = i;
            own.of(Owner.ofJob("a")).execute(() -> order.add(number));
        }
        ended[0] = true;
        pool.remove(0).run();
        assertEquals(List.of(0), order);
        assertEquals(0, shares.inJob(Owner.ofJob("a")));
    }

    /**
     * Tasks of any owners come and end in any order, some of them with a failure: shares hold, whoever may run has been
     * given to the pool, and nobody is passed over more than once.
     */
    @Test
    public void inAnyOrderNoShareIsExceededNoWakeUpIsLostAndAllTakeTurns() {
        for (int seed = 0; seed < 500; seed++) {
            new Model(seed).run();
        }
    }

    /** One pool, and what is known of it from outside. */
    private static final class Model {
        private final Random random;
        private final int ofJob;
        private final int ofTop;
        private final int most;
        private final OwnerShares shares;
        private final List<Runnable> begun = new ArrayList<>();
        private final SharedThreads own;
        /** Of each owner, what has come and not ended. */
        private final Map<Owner, Integer> left = new HashMap<>();
        /** Of each owner or item that waits though its own share is free: how often each other one was served since. */
        private final Map<Object, Map<Object, Integer>> passed = new HashMap<>();
        private final String seed;

        Model(int seed) {
            this.seed = "seed " + seed;
            random = new Random(seed);
            ofJob = 1 + random.nextInt(3);
            ofTop = ofJob + random.nextInt(4);
            most = ofTop + random.nextInt(6);
            shares = new OwnerShares(ofJob, ofTop);
            own = new SharedThreads(begun::add, most, shares);
        }

        void run() {
            int come = 300;
            while (come > 0 || !begun.isEmpty()) {
                Map<Owner, Integer> before = running();
                if (come > 0 && (begun.isEmpty() || random.nextInt(5) < 3)) {
                    come--;
                    // The first owners have many tasks, the last ones few.
                    int which = Math.min(random.nextInt(12), random.nextInt(12));
                    Owner owner = Owner.ofJob("abcd".charAt(which % 4) + "/" + which / 4);
                    left.merge(owner, 1, Integer::sum);
                    boolean fails = random.nextInt(8) == 0;
                    own.of(owner).execute(() -> end(owner, fails));
                } else {
                    Owner ended = endOne();
                    before.merge(ended, -1, Integer::sum);
                }
                check();
                turns(before);
            }
            assertTrue(seed, left.values().stream().allMatch(n -> n == 0));
        }

        private void end(Owner owner, boolean fails) {
            left.merge(owner, -1, Integer::sum);
            if (fails) {
                throw new IllegalStateException("of a test");
            }
        }

        /** Whose it was. */
        private Owner endOne() {
            Map<Owner, Integer> all = new HashMap<>(left);
            try {
                begun.remove(random.nextInt(begun.size())).run();
            } catch (IllegalStateException e) {
                assertEquals("of a test", e.getMessage());
            }
            return all.keySet().stream().filter(owner -> !all.get(owner).equals(left.get(owner))).findAny().orElseThrow();
        }

        private Map<Owner, Integer> running() {
            Map<Owner, Integer> running = new HashMap<>();
            left.keySet().forEach(owner -> running.put(owner, shares.inJob(owner)));
            return running;
        }

        private boolean waits(Owner owner) {
            return left.get(owner) > shares.inJob(owner);
        }

        private void check() {
            assertEquals(seed, begun.size(), running().values().stream().mapToInt(n -> n).sum());
            assertTrue(seed, begun.size() <= most);
            left.forEach((owner, all) -> {
                assertTrue(seed, shares.inJob(owner) <= ofJob && shares.inTop(owner) <= ofTop);
                assertTrue(seed + ": " + owner + " waits for nothing", !waits(owner) || begun.size() == most
                        || shares.inJob(owner) == ofJob || shares.inTop(owner) == ofTop);
            });
        }

        private void turns(Map<Owner, Integer> before) {
            List<Owner> served = left.keySet().stream()
                    .filter(owner -> shares.inJob(owner) > before.getOrDefault(owner, 0))
                    .toList();
            assertTrue("one event gives one place", served.size() <= 1);
            for (Owner one : served) {
                passed.remove(one);
                passed.remove(one.top());
                passed.forEach((waiting, by) -> by.merge(waiting instanceof Owner ? one : one.top(), 1, Integer::sum));
            }
            for (Owner owner : left.keySet()) {
                boolean jobWaits = waits(owner) && shares.inJob(owner) < ofJob;
                note(owner, jobWaits);
            }
            left.keySet().stream().map(Owner::top).distinct().forEach(top -> note(top, left.keySet().stream()
                    .anyMatch(owner -> owner.top().equals(top) && waits(owner)
                            && shares.inJob(owner) < ofJob && shares.inTop(owner) < ofTop)));
            passed.forEach((waiting, by) -> by.forEach((other, times) -> assertTrue(
                    seed + ": " + other + " came " + times + " times while " + waiting + " waited",
                    times <= 1 || waiting instanceof Owner one && !one.top().equals(((Owner) other).top()))));
        }

        private void note(Object waiting, boolean waits) {
            if (waits) {
                passed.computeIfAbsent(waiting, who -> new HashMap<>());
            } else {
                passed.remove(waiting);
            }
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

    /** The last thread fails while what is next is in the pool's queue, and no other one can be made. */
    @Test(timeout = 60_000)
    public void aTaskThatFailsTakesNoThreadFromTheNextOne() throws Exception {
        AtomicBoolean full = new AtomicBoolean();
        BlockingQueue<Throwable> told = new LinkedBlockingQueue<>();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(1, 1, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), task -> {
            if (full.get()) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            Thread thread = new Thread(task);
            thread.setUncaughtExceptionHandler((who, failure) -> told.add(failure));
            return thread;
        });
        SharedThreads own = new SharedThreads(pool, 1, new OwnerShares(1, 1));
        CountDownLatch go = new CountDownLatch(1);
        own.of(Owner.ofJob("a")).execute(() -> {
            awaitUninterrupted(go);
            SharedThreadsTest.<RuntimeException>sneak(new IOException("as the end of a step may"));
        });
        CountDownLatch next = new CountDownLatch(1);
        own.of(Owner.ofJob("b")).execute(next::countDown);
        full.set(true);
        go.countDown();
        next.await();
        assertEquals("as the end of a step may", told.take().getMessage());
        CountDownLatch last = new CountDownLatch(1);
        own.of(Owner.ofJob("a")).execute(last::countDown);
        last.await();
        pool.shutdownNow();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Exception> void sneak(Exception e) throws E {
        throw (E) e;
    }
}
