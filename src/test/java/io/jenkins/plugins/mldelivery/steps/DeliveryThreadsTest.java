package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import hudson.init.Terminator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionList;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** The pool when Jenkins shuts down. */
public class DeliveryThreadsTest {
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
        ScheduledExecutorService[] pool = new ScheduledExecutorService[1];
        sessions.then(jenkins -> {
            pool[0] = DeliveryThreads.pool();
            CountDownLatch begun = new CountDownLatch(1);
            pool[0].schedule(() -> {
                begun.countDown();
                try {
                    Thread.sleep(1_500);
                    SEEN.add("ended");
                } catch (InterruptedException e) {
                    SEEN.add("interrupted");
                }
            }, 0, TimeUnit.SECONDS);
            pool[0].schedule(() -> SEEN.add("began after the shutdown"), 1, TimeUnit.SECONDS);
            assertTrue(begun.await(20, TimeUnit.SECONDS));
        });
        assertEquals(List.of("ended", "suspended"), SEEN);
        try {
            pool[0].schedule(() -> SEEN.add("late"), 0, TimeUnit.SECONDS);
            assertTrue("it takes no more", pool[0].isShutdown());
        } catch (RejectedExecutionException e) {
            assertEquals(2, SEEN.size());
        }
    }
}
