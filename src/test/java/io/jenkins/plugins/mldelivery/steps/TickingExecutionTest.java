package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.model.FreeStyleProject;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.StreamTaskListener;
import io.jenkins.plugins.mldelivery.config.AgentThreads;
import io.jenkins.plugins.mldelivery.config.MlDeliveryConfiguration;
import io.jenkins.plugins.mldelivery.config.RunCredentials;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.OwnerShares;
import io.jenkins.plugins.mldelivery.delivery.SharedThreads;
import io.jenkins.plugins.mldelivery.deploy.UnexpectedFailures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockFolder;

/** What holds for every step that is ticked: it ends once, and nothing lets it hang. */
public class TickingExecutionTest {
    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    static {
        // The time of the whole class.
        JENKINS.timeout = 400;
    }

    @Test
    public void aTickThatIsInterruptedIsMadeAgain() throws Exception {
        StubContext outcome = new StubContext();
        AtomicInteger ticks = new AtomicInteger();
        new Scripted(outcome, self -> {
            // As FilePath does when the agent was interrupted.
            if (ticks.incrementAndGet() == 1) {
                throw new InterruptedException("on the agent");
            }
            self.succeed("done");
            return Duration.ZERO;
        }).start();
        assertEquals("done", outcome.await());
    }

    @Test(timeout = 60_000)
    public void anAbortEndsAtOnceWhatMayBeCutShort() throws Exception {
        StubContext outcome = new StubContext();
        CountDownLatch begun = new CountDownLatch(1);
        TickingExecution execution = new Scripted(outcome, self -> {
            if (self.stopCause() != null) {
                self.fail(self.stopCause());
                return Duration.ZERO;
            }
            return self.abortable().run(() -> {
                begun.countDown();
                new CountDownLatch(1).await();
                return Duration.ZERO;
            });
        });
        execution.start();
        begun.await();
        Throwable cause = new IllegalStateException("aborted");
        execution.stop(cause);
        assertSame(cause, outcome.await());
    }

    @Test
    public void anErrorOfEachTickFailsTheStepInTheEnd() throws Exception {
        StubContext outcome = new StubContext();
        LinkageError error = new NoClassDefFoundError("gone");
        AtomicInteger ticks = new AtomicInteger();
        AtomicInteger released = new AtomicInteger();
        new Scripted(outcome, DeliveryThreads.pool(), self -> {
            ticks.incrementAndGet();
            throw error;
        }, released::incrementAndGet).start();
        assertSame(error, outcome.await());
        assertEquals(UnexpectedFailures.TOO_MANY, ticks.get());
        assertTrue("half done work is given back after each: " + released, released.get() >= UnexpectedFailures.TOO_MANY);
    }

    /** Each press of the button wakes the step. */
    @Test
    public void abortsWhileAFailureIsWaitedOutAreNoAttempts() throws Exception {
        StubContext outcome = new StubContext();
        AtomicInteger ticks = new AtomicInteger();
        List<Long> times = new CopyOnWriteArrayList<>();
        TickingExecution execution = new Scripted(outcome, self -> {
            times.add(System.nanoTime());
            if (ticks.incrementAndGet() < UnexpectedFailures.TOO_MANY - 1) {
                throw new IllegalStateException("not yet");
            }
            self.succeed("undone");
            return Duration.ZERO;
        });
        execution.start();
        Throwable cause = new IllegalStateException("aborted");
        while (!execution.ended()) {
            execution.stop(cause);
            Thread.sleep(20);
        }
        assertEquals("undone", outcome.await());
        for (int i = 1; i < times.size(); i++) {
            Duration pause = UnexpectedFailures.BACK_OFF.multipliedBy(1L << (i - 1));
            assertTrue("attempt " + i, times.get(i) - times.get(i - 1) >= pause.toNanos());
        }
    }

    @Test
    public void whatIsWrongEndsTheStepAtOnce() throws Exception {
        for (Exception wrong : List.of(
                DeliveryException.invalid("name", "it is wrong", "Correct it."), new IOException("the disk is full"))) {
            StubContext outcome = new StubContext();
            AtomicInteger ticks = new AtomicInteger();
            new Scripted(outcome, self -> {
                ticks.incrementAndGet();
                throw wrong;
            }).start();
            assertEquals(wrong.getMessage(), ((Throwable) outcome.await()).getMessage());
            assertEquals(1, ticks.get());
        }
    }

    @Test
    public void failuresThatNobodyForesawAreWaitedOutAndToldOnceOfEachKind() throws Exception {
        Run<?, ?> build = JENKINS.buildAndAssertSuccess(JENKINS.createFreeStyleProject());
        SystemCredentialsProvider.getInstance().getCredentials().add(new UsernamePasswordCredentialsImpl(
                CredentialsScope.GLOBAL, "login", null, "user", "s3cret-of-a-test"));
        assertTrue(new RunCredentials(build).find("login").isPresent());
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        Map<Class<?>, Object> values =
                Map.of(Run.class, build, TaskListener.class, new StreamTaskListener(log, StandardCharsets.UTF_8));
        StubContext outcome = new StubContext().attach(values, () -> { });
        AtomicInteger ticks = new AtomicInteger();
        AtomicInteger released = new AtomicInteger();
        new Scripted(outcome, DeliveryThreads.pool(), self -> {
            switch (ticks.incrementAndGet()) {
                case 1 -> throw new IllegalStateException("of s3cret-of-a-test\nand a second line");
                case 2 -> throw new OutOfMemoryError("unable to create native thread");
                case 3 -> throw new IllegalStateException("again");
                default -> self.succeed("done");
            }
            return Duration.ZERO;
        }, released::incrementAndGet).start();
        assertEquals("done", outcome.await());
        List<String> lines = log.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(lines.toString(), 2, lines.size());
        assertTrue(lines.get(0), lines.get(0).startsWith("An unexpected failure: java.lang.IllegalStateException: of ****"));
        assertTrue(lines.get(1), lines.get(1).startsWith("An unexpected failure: java.lang.OutOfMemoryError: unable to"));
    }

    @Test
    public void aStepForWhichNoThreadCanBeMadeTriesAgain() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        ExecutorService threads = Executors.newCachedThreadPool();
        SharedThreads few = new SharedThreads(task -> {
            if (asked.incrementAndGet() == 1) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            threads.execute(task);
        }, 1, new OwnerShares(1, 1));
        TickPool pool = new TickPool(DeliveryThreads.pool().timer(), few);
        for (int i = 0; i < 3; i++) {
            StubContext outcome = new StubContext();
            new Scripted(outcome, pool, self -> {
                self.succeed("done");
                return Duration.ZERO;
            }).start();
            assertEquals("done", outcome.await());
        }
        threads.shutdown();
        assertEquals("the place of the first attempt was given back", 4, asked.get());
    }

    /** An abort does not lose its place in line, and a step that has ended meanwhile takes none. */
    @Test
    public void whoWaitsForATurnAndIsAbortedTicksOnce() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        ExecutorService threads = Executors.newCachedThreadPool();
        TickPool pool =
                new TickPool(DeliveryThreads.pool().timer(), new SharedThreads(threads, 1, new OwnerShares(1, 1)));
        CountDownLatch begun = new CountDownLatch(1);
        StubContext first = new StubContext();
        new Scripted(first, pool, self -> {
            begun.countDown();
            end.await();
            self.succeed("first");
            return Duration.ZERO;
        }).start();
        begun.await();
        StubContext aborted = new StubContext();
        AtomicInteger ticks = new AtomicInteger();
        Scripted waits = new Scripted(aborted, pool, self -> {
            ticks.incrementAndGet();
            self.fail(self.stopCause());
            return Duration.ZERO;
        });
        waits.start();
        Throwable cause = new IllegalStateException("aborted");
        for (int i = 0; i < 10; i++) {
            waits.stop(cause);
        }
        end.countDown();
        assertEquals("first", first.await());
        assertSame(cause, aborted.await());
        StubContext last = new StubContext();
        new Scripted(last, pool, self -> {
            self.succeed("last");
            return Duration.ZERO;
        }).start();
        assertEquals("last", last.await());
        assertEquals(1, ticks.get());
        threads.shutdown();
    }

    @Test
    public void anEndThatWasNotSavedIsReachedAgainAfterTheRestart() throws Exception {
        StubContext before = new StubContext();
        TickingExecution ended = new Ending(before);
        ended.start();
        assertEquals("the end", before.await());
        // Pipeline keeps an outcome in memory alone until it has handled it, so this is what a restart in between reads.
        TickingExecution read = StubContext.copy(ended);
        read.onResume();
        assertEquals("the end", ((StubContext) read.getContext()).await());
    }

    @Test
    public void theRulesForHostsAreThoseOfTheConfiguration() throws Exception {
        Run<?, ?> build = JENKINS.buildAndAssertSuccess(JENKINS.createFreeStyleProject());
        Map<Class<?>, Object> values = Map.of(Run.class, build, TaskListener.class, TaskListener.NULL);
        TickingExecution execution = new Scripted(new StubContext().attach(values, () -> { }), self -> Duration.ZERO);
        URI server = URI.create("http://127.0.0.1:9090/");
        execution.environment(new RunCredentials(build)).hosts().checkAddress("url", server);
        MlDeliveryConfiguration.get().setAllowedHosts("only.example.org");
        try {
            Environment limited = execution.environment(new RunCredentials(build));
            assertEquals(DeliveryException.Kind.REFUSED,
                    assertThrows(DeliveryException.class, () -> limited.hosts().checkAddress("url", server)).kind());
        } finally {
            MlDeliveryConfiguration.get().setAllowedHosts(null);
        }
    }

    private static Executor resolvers(Run<?, ?> build) throws Exception {
        Map<Class<?>, Object> values = Map.of(Run.class, build, TaskListener.class, TaskListener.NULL);
        TickingExecution execution = new Scripted(new StubContext().attach(values, () -> { }), self -> Duration.ZERO);
        return execution.environment(new RunCredentials(build)).resolvers();
    }

    /** A name server that does not answer keeps a thread, also when the step that asked is over long since. */
    @Test(timeout = 120_000)
    public void theThreadsThatResolveNamesAreTheJobsOwn() throws Exception {
        FreeStyleProject project = JENKINS.createFreeStyleProject("asks");
        Run<?, ?> other = JENKINS.buildAndAssertSuccess(JENKINS.createFreeStyleProject("asks-too"));
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        int builds = 3;
        int share = 8;
        for (int i = 0; i < builds; i++) {
            Run<?, ?> build = JENKINS.buildAndAssertSuccess(project);
            for (int j = 0; j < share; j++) {
                resolvers(build).execute(() -> {
                    begun.incrementAndGet();
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
            }
        }
        CountDownLatch found = new CountDownLatch(1);
        resolvers(other).execute(found::countDown);
        assertTrue("another job's is held up", found.await(60, TimeUnit.SECONDS));
        while (begun.get() < share) {
            Thread.sleep(5);
        }
        assertEquals(share, begun.get());
        end.countDown();
    }

    @Test(timeout = 120_000)
    public void oneJobDoesNotTakeAllThreads() throws Exception {
        Run<?, ?> greedy = JENKINS.buildAndAssertSuccess(JENKINS.createFreeStyleProject("greedy"));
        Run<?, ?> other = JENKINS.buildAndAssertSuccess(JENKINS.createFreeStyleProject("other"));
        othersGoOn(DeliveryThreads.pool(), List.of(greedy), other, DeliveryThreads.MOST_OF_A_JOB);
        othersGoOn(DeliveryThreads.rollouts(), List.of(greedy), other, DeliveryThreads.ROLLOUTS_OF_A_JOB);
    }

    /** As many jobs as an author likes, some of them in folders of the folder. */
    @Test(timeout = 120_000)
    public void theJobsOfOneFolderDoNotTakeAllThreads() throws Exception {
        MockFolder team = JENKINS.createFolder("team");
        List<Run<?, ?>> greedy = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            MockFolder folder = i % 2 == 0 ? team : team.createProject(MockFolder.class, "part" + i);
            greedy.add(JENKINS.buildAndAssertSuccess(folder.createProject(FreeStyleProject.class, "job" + i)));
        }
        Run<?, ?> other = JENKINS.buildAndAssertSuccess(
                JENKINS.createFolder("others").createProject(FreeStyleProject.class, "job0"));
        othersGoOn(DeliveryThreads.pool(), greedy, other, DeliveryThreads.MOST_OF_A_TOP);
        othersGoOn(DeliveryThreads.rollouts(), greedy, other, DeliveryThreads.ROLLOUTS_OF_A_TOP);
        looksGoOn(greedy, other);
    }

    /**
     * However many steps others have that wait for servers of their author's choice: who asks again and again must not
     * get more than who asks seldom.
     */
    @Test(timeout = 120_000)
    public void aJobWithOneStepTakesTurnsWithThoseThatHaveMany() throws Exception {
        MockFolder organization = JENKINS.createFolder("organization");
        MockFolder repository = organization.createProject(MockFolder.class, "repository");
        Run<?, ?> other = JENKINS.buildAndAssertSuccess(organization.createProject(FreeStyleProject.class, "other"));
        List<Run<?, ?>> greedy = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            greedy.add(JENKINS.buildAndAssertSuccess(repository.createProject(FreeStyleProject.class, "branch" + i)));
        }
        Semaphore ends = new Semaphore(0);
        AtomicBoolean over = new AtomicBoolean();
        BlockingQueue<String> begun = new LinkedBlockingQueue<>();
        List<StubContext> outcomes = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            StubContext outcome = new StubContext().attach(Map.of(Run.class, greedy.get(i % 2)), () -> { });
            outcomes.add(outcome);
            new Scripted(outcome, DeliveryThreads.rollouts(), self -> {
                begun.add("greedy");
                ends.acquire();
                if (over.get()) {
                    self.succeed("done");
                }
                return Duration.ZERO;
            }).start();
        }
        for (int i = 0; i < DeliveryThreads.ROLLOUTS_OF_A_TOP; i++) {
            assertEquals("greedy", begun.take());
        }
        StubContext outcome = new StubContext().attach(Map.of(Run.class, other), () -> { });
        outcomes.add(outcome);
        Scripted one = new Scripted(outcome, DeliveryThreads.rollouts(), self -> {
            begun.add("one");
            if (over.get()) {
                self.succeed("done");
            }
            return Duration.ZERO;
        });
        one.start();
        for (int tick = 0; tick < 4; tick++) {
            while (one.asked.get() < 2 * (tick + 1)) {
                Thread.sleep(5); // Until it has been given to the threads, or is about to be.
            }
            List<String> before = new ArrayList<>();
            do {
                ends.release();
                before.add(begun.take());
            } while (!before.contains("one") && before.size() < 20);
            // Of each of the two jobs once, and whoever began while this was on its way.
            assertTrue("before tick " + tick + ": " + before, before.size() <= 6 && before.contains("one"));
        }
        over.set(true);
        ends.release(1000);
        for (StubContext each : outcomes) {
            assertEquals("done", each.await());
        }
    }

    /** Ticks of some builds hang, and one of another does not. */
    private static void othersGoOn(TickPool pool, List<Run<?, ?>> greedy, Run<?, ?> other, int share) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        List<StubContext> outcomes = new ArrayList<>();
        for (int i = 0; i < 2 * DeliveryThreads.MOST; i++) {
            StubContext outcome = new StubContext().attach(Map.of(Run.class, greedy.get(i % greedy.size())), () -> { });
            outcomes.add(outcome);
            new Scripted(outcome, pool, self -> {
                begun.incrementAndGet();
                end.await();
                self.succeed("greedy");
                return Duration.ZERO;
            }).start();
        }
        StubContext outcome = new StubContext().attach(Map.of(Run.class, other), () -> { });
        new Scripted(outcome, pool, self -> {
            self.succeed("other");
            return Duration.ZERO;
        }).start();
        assertEquals("other", outcome.await());
        while (begun.get() < share) {
            Thread.sleep(20);
        }
        assertEquals(share, begun.get());
        end.countDown();
        for (StubContext one : outcomes) {
            assertEquals("what was put off comes to its turn", "greedy", one.await());
        }
    }

    /** The same for the looks of rollouts, of which those beyond the share wait. */
    private static void looksGoOn(List<Run<?, ?>> greedy, Run<?, ?> other) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        int all = 2 * DeliveryThreads.MAX_LOOKS;
        CountDownLatch done = new CountDownLatch(all);
        AtomicInteger begun = new AtomicInteger();
        for (int i = 0; i < all; i++) {
            DeliveryThreads.looks(DeliveryThreads.owner(greedy.get(i % greedy.size()))).execute(new FutureTask<>(() -> {
                begun.incrementAndGet();
                end.await();
                done.countDown();
                return null;
            }));
        }
        FutureTask<Owner> look = new FutureTask<>(() -> AgentThreads.get().owner());
        DeliveryThreads.looks(DeliveryThreads.owner(other)).execute(look);
        assertEquals("its calls to agents are its owner's", DeliveryThreads.owner(other), look.get());
        while (begun.get() < DeliveryThreads.LOOKS_OF_A_TOP) {
            Thread.sleep(20);
        }
        assertEquals(DeliveryThreads.LOOKS_OF_A_TOP, begun.get());
        end.countDown();
        done.await();
    }

    /** Ends at its first tick. */
    private static final class Ending extends TickingExecution {
        private static final long serialVersionUID = 1L;

        Ending(StepContext context) {
            super(context);
        }

        @Override
        Duration tick() {
            succeed("the end");
            return Duration.ZERO;
        }
    }

    /** Ticks as the test says. */
    private static final class Scripted extends TickingExecution {
        private static final long serialVersionUID = 1L;
        private final transient TickPool pool;
        private final transient Tick tick;
        private final transient Runnable onRelease;
        /** How often it was looked where this ticks. */
        private final transient AtomicInteger asked = new AtomicInteger();

        Scripted(StepContext context, Tick tick) {
            this(context, DeliveryThreads.pool(), tick);
        }

        Scripted(StepContext context, TickPool pool, Tick tick) {
            this(context, pool, tick, () -> { });
        }

        Scripted(StepContext context, TickPool pool, Tick tick, Runnable onRelease) {
            super(context);
            this.pool = pool;
            this.tick = tick;
            this.onRelease = onRelease;
        }

        @Override
        void release() {
            onRelease.run();
        }

        @Override
        TickPool threads() {
            asked.incrementAndGet();
            return pool;
        }

        @Override
        Duration tick() throws Exception {
            return tick.of(this);
        }

        @FunctionalInterface
        interface Tick {
            Duration of(TickingExecution self) throws Exception;
        }
    }
}
