package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;

import hudson.model.FreeStyleProject;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.mldelivery.config.AgentThreads;
import io.jenkins.plugins.mldelivery.config.MlDeliveryConfiguration;
import io.jenkins.plugins.mldelivery.config.RunCredentials;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
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
    public void anErrorOfATickFailsTheStep() throws Exception {
        StubContext outcome = new StubContext();
        LinkageError error = new NoClassDefFoundError("gone");
        new Scripted(outcome, self -> {
            throw error;
        }).start();
        assertSame(error, outcome.await());
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

        Scripted(StepContext context, Tick tick) {
            this(context, DeliveryThreads.pool(), tick);
        }

        Scripted(StepContext context, TickPool pool, Tick tick) {
            super(context);
            this.pool = pool;
            this.tick = tick;
        }

        @Override
        TickPool threads() {
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
