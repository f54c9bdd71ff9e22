package io.jenkins.plugins.mldelivery.config;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import hudson.FilePath;
import hudson.remoting.VirtualChannel;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import java.io.File;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import jenkins.MasterToSlaveFileCallable;
import jenkins.security.CustomClassFilter;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;

/**
 * An agent whose answers take for ever to be made objects of, which nothing can end: here they wait for the test to let
 * them go, and heed no interrupt.
 */
public class AgentCallsPinnedTest {
    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private static final BlockingQueue<Thread> READERS = new LinkedBlockingQueue<>();
    private static volatile CountDownLatch letGo = new CountDownLatch(1);

    private final ExecutorService steps = Executors.newCachedThreadPool();
    private DumbSlave agent;
    private FilePath folder;

    @Before
    public void connect() throws Exception {
        letGo = new CountDownLatch(1);
        READERS.clear();
        agent = JENKINS.createOnlineSlave();
        folder = agent.getRootPath();
    }

    @After
    public void end() {
        letGo.countDown();
        steps.shutdownNow();
    }

    /** Keeps whoever comes here. */
    private static void pin() {
        CountDownLatch until = letGo;
        READERS.add(Thread.currentThread());
        boolean interrupted = false;
        while (until.getCount() > 0) {
            try {
                until.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void isNotReadByWhoAsks(How how) throws Exception {
        Future<?> done = folder.actAsync(new Hostile(how));
        while (!done.isDone()) {
            Thread.sleep(10);
        }
        assertTrue("nobody has taken it", READERS.isEmpty());
        Thread[] step = new Thread[1];
        Future<?> taken = steps.submit(() -> {
            step[0] = Thread.currentThread();
            return AgentCalls.text(folder, done, 100);
        });
        Thread reader = READERS.poll(60, TimeUnit.SECONDS);
        assertNotNull(reader);
        assertFalse("it is taken on the step's own thread", step[0] == reader);
        assertTrue(reader.getName(), reader.getName().contains("ml-delivery agents"));
        step[0].interrupt();
        ExecutionException e = assertThrows(ExecutionException.class, () -> taken.get(60, TimeUnit.SECONDS));
        assertTrue("the step is free again", e.getCause() instanceof InterruptedException);
    }

    @Test(timeout = 180_000)
    public void anAnswerIsMadeAnObjectOfOnAThreadOfTheAgentsAlone() throws Exception {
        isNotReadByWhoAsks(How.ANSWER);
    }

    @Test(timeout = 180_000)
    public void soIsAFailure() throws Exception {
        isNotReadByWhoAsks(How.FAILURE);
    }

    /** What it says of itself is made by its own code. */
    @Test(timeout = 180_000)
    public void andItsText() throws Exception {
        isNotReadByWhoAsks(How.TEXT_OF_FAILURE);
    }

    @Test(timeout = 180_000)
    public void whatNeverCameBackCountsAfterAReconnection() throws Exception {
        AgentThreads threads = AgentThreads.get();
        Owner owner = Owner.ofJob("team/job");
        List<Future<?>> late = new ArrayList<>();
        for (int i = 0; i < NodeCalls.MAX_CALLS; i++) {
            late.add(steps.submit(() -> {
                threads.begin(owner);
                return AgentCalls.within(folder, Duration.ofSeconds(10), () -> {
                    pin();
                    return null;
                });
            }));
        }
        for (Future<?> call : late) {
            assertTrue(assertThrows(ExecutionException.class, call::get).getCause() instanceof NoAnswer);
        }
        assertEquals(NodeCalls.MAX_CALLS, READERS.size());
        agent.toComputer().disconnect(null).get();
        FilePath anew = reconnected().getRootPath();
        assertFalse("a new connection", anew.getChannel() == folder.getChannel());
        assertThrows(NotAsked.class, () -> AgentCalls.text(anew, new Answer("a"), 100));
        assertEquals("of the job's share", NodeCalls.MAX_CALLS, threads.shares().inJob(owner));
        assertEquals(
                "other agents answer", "a",
                AgentCalls.text(JENKINS.createOnlineSlave().getRootPath(), new Answer("a"), 100));
        letGo.countDown();
        while (threads.shares().inJob(owner) > 0) {
            Thread.sleep(10); // Its thread is about to give it back.
        }
        assertEquals("they have come back", "a", AgentCalls.text(anew, new Answer("a"), 100));
    }

    private DumbSlave reconnected() throws Exception {
        while (!agent.toComputer().isOnline()) {
            try {
                agent.toComputer().connect(false).get();
            } catch (ExecutionException e) {
                Thread.sleep(500); // The old connection is still being closed.
            }
        }
        return agent;
    }

    /** As if they were classes that Jenkins lets through, of which some have much to do when they are read. */
    @TestExtension
    public static final class Filter implements CustomClassFilter {
        @Override
        public Boolean permits(Class<?> type) {
            return permits(type.getName());
        }

        @Override
        public Boolean permits(String name) {
            return name.startsWith(AgentCallsPinnedTest.class.getName()) ? true : null;
        }
    }

    /** Answers this. */
    private static final class Answer extends AgentWork {
        private static final long serialVersionUID = 1L;
        private final String text;

        Answer(String text) {
            this.text = text;
        }

        @Override
        protected List<String> work(File base) {
            return List.of(text);
        }
    }

    /** How an agent keeps whoever reads what it sends. */
    private enum How {
        ANSWER,
        FAILURE,
        TEXT_OF_FAILURE
    }

    /** Answers so. */
    private static final class Hostile extends MasterToSlaveFileCallable<Object> {
        private static final long serialVersionUID = 1L;
        private final How how;

        Hostile(How how) {
            this.how = how;
        }

        @Override
        public Object invoke(File base, VirtualChannel channel) throws IOException {
            if (how == How.ANSWER) {
                return new SlowAnswer();
            }
            throw how == How.FAILURE ? new SlowFailure() : new SlowText();
        }
    }

    private static final class SlowAnswer implements Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) {
            pin();
        }
    }

    private static final class SlowFailure extends IOException {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            pin();
        }
    }

    private static final class SlowText extends IOException {
        private static final long serialVersionUID = 1L;
        /** Whether this is the controller. */
        private transient boolean arrived;

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            arrived = true;
        }

        @Override
        public String getMessage() {
            if (arrived) {
                pin();
            }
            return "slow";
        }
    }
}
