package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import hudson.init.Terminator;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnection;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnections;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionList;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** The pool when Jenkins shuts down. */
public class DeliveryThreadsTest {
    private static final ClusterAccess NOWHERE =
            ClusterAccess.server("http://127.0.0.1:1", null, SecretText.of("token"));
    private static final List<String> SEEN = new CopyOnWriteArrayList<>();

    @Rule
    public final JenkinsSessionRule sessions = new JenkinsSessionRule();

    /** Pipeline has saved its builds for the last time. */
    @Terminator(requires = FlowExecutionList.EXECUTIONS_SUSPENDED)
    public static void suspended() {
        SEEN.add("suspended");
    }

    @Test
    public void whatIsUnderWayEndsBeforePipelineSavesForTheLastTime() throws Throwable {
        SEEN.clear();
        ScheduledExecutorService[] timer = new ScheduledExecutorService[1];
        sessions.then(jenkins -> {
            timer[0] = DeliveryThreads.pool().timer();
            Executor threads = DeliveryThreads.pool().threads().of(Owner.only());
            CountDownLatch begun = new CountDownLatch(DeliveryThreads.MOST_OF_A_JOB);
            AtomicInteger left = new AtomicInteger(DeliveryThreads.MOST_OF_A_JOB);
            for (int i = 0; i < DeliveryThreads.MOST_OF_A_JOB; i++) {
                threads.execute(() -> {
                    begun.countDown();
                    try {
                        Thread.sleep(1_500);
                        if (left.decrementAndGet() == 0) {
                            SEEN.add("ended");
                        }
                    } catch (InterruptedException e) {
                        SEEN.add("interrupted");
                    }
                });
            }
            threads.execute(() -> SEEN.add("waited, and began after the shutdown"));
            timer[0].schedule(() -> SEEN.add("began after the shutdown"), 1, TimeUnit.SECONDS);
            assertTrue(begun.await(20, TimeUnit.SECONDS));
        });
        assertEquals(List.of("ended", "suspended"), SEEN);
        try {
            timer[0].schedule(() -> SEEN.add("late"), 0, TimeUnit.SECONDS);
            assertTrue("it takes no more", timer[0].isShutdown());
        } catch (RejectedExecutionException e) {
            assertEquals(2, SEEN.size());
        }
    }

    @Test
    public void rolloutsTickWhileBuildsTakeAllOtherThreadsAndTheirConnectionsEndWithJenkins() throws Throwable {
        ClusterConnections[] connections = new ClusterConnections[1];
        sessions.then(jenkins -> {
            CountDownLatch ticked = new CountDownLatch(1);
            CountDownLatch built = new CountDownLatch(1);
            CountDownLatch busy = new CountDownLatch(DeliveryThreads.MOST);
            for (int i = 0; i < DeliveryThreads.MOST; i++) {
                Owner owner = Owner.ofJob("job" + i % 3);
                DeliveryThreads.pool().threads().of(owner).execute(() -> {
                    busy.countDown();
                    try {
                        built.await(20, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
            assertTrue("all threads are taken", busy.await(20, TimeUnit.SECONDS));
            DeliveryThreads.rollouts().threads().of(Owner.only()).execute(ticked::countDown);
            assertTrue("a rollout waits for a build", ticked.await(10, TimeUnit.SECONDS));
            built.countDown();
            connections[0] = DeliveryConnections.get();
            try (ClusterConnection connection = connections[0].connect(NOWHERE, TestEnvironment.quiet())) {
                assertFalse(connection.client().getHttpClient().isClosed());
            }
        });
        assertThrows(IllegalStateException.class, () -> connections[0].connect(NOWHERE, TestEnvironment.quiet()));
    }
}
