package io.jenkins.plugins.mldelivery.config;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import hudson.FilePath;
import hudson.remoting.VirtualChannel;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.Packed;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jenkins.MasterToSlaveFileCallable;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** An agent, a process of its own, that hangs or answers nonsense. */
public class AgentCallsTest {
    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private DumbSlave agent;
    private FilePath folder;
    private long pid;

    @Before
    public void connect() throws Exception {
        agent = JENKINS.createOnlineSlave();
        folder = agent.getRootPath();
    }

    private void signal(String signal) throws Exception {
        new ProcessBuilder("kill", "-" + signal, String.valueOf(pid)).start().waitFor();
    }

    @Test
    public void textsComeBack() throws Exception {
        assertEquals(Arrays.asList("a", null, "grüß"), AgentCalls.texts(folder, new Answer("a", null, "grüß"), 3, 100));
        assertEquals("a", AgentCalls.text(folder, new Answer("a"), 100));
        AgentCalls.run(folder, new Answer());
        assertEquals(
                "on the built-in node, too", "a", AgentCalls.text(JENKINS.jenkins.getRootPath(), new Answer("a"), 100));
    }

    @Test
    public void anAnswerThatWasNotAskedForIsRefused() {
        assertThrows(IOException.class, () -> AgentCalls.texts(folder, new Answer("a", "b"), 1, 100));
        assertThrows(IOException.class, () -> AgentCalls.text(folder, new Answer("a".repeat(100_000)), 100));
        assertThrows(IOException.class, () -> AgentCalls.text(folder, new Answer((String) null), 100));
        assertThrows(IOException.class, () -> AgentCalls.run(folder, new Answer("a")));
        for (Object odd : Arrays.asList("a text", 7, new ArrayList<>(List.of("a")), null, new byte[200])) {
            IOException e = assertThrows(
                    String.valueOf(odd), IOException.class, () -> AgentCalls.bytes(folder, Odd.of(odd), 100));
            assertFalse(e instanceof NoAnswer);
        }
    }

    @Test
    public void anAnswerThatIsTakenLaterIsCheckedLikewise() throws Exception {
        assertEquals("a", AgentCalls.text(folder, folder.actAsync(new Answer("a")), 100));
        assertEquals(List.of("a", "b"), AgentCalls.texts(folder, folder.actAsync(new Answer("a", "b")), 2, 100));
        assertThrows(IOException.class, () -> AgentCalls.text(folder, folder.actAsync(new Answer("a", "b")), 100));
        assertThrows(IOException.class, () -> AgentCalls.text(folder, folder.actAsync(new Answer("a".repeat(100_000))), 100));
        for (Object odd : Arrays.asList("a text", 7, new ArrayList<>(List.of("a")), null)) {
            assertThrows(String.valueOf(odd), IOException.class, () -> AgentCalls.text(folder, folder.actAsync(Odd.of(odd)), 100));
        }
        DeliveryException e = assertThrows(DeliveryException.class, () -> AgentCalls.text(folder, folder.actAsync(new Refusing()), 10));
        assertEquals("dir: 'x' leads out of the workspace. Give a path inside it.", e.getMessage());
        IOException failed = assertThrows(IOException.class, () -> AgentCalls.text(folder, folder.actAsync(new Failing(new IOException("a\nb"))), 10));
        assertEquals("a\\nb", failed.getMessage());
        assertNull("what an agent sent is not kept", failed.getCause());
    }

    @Test
    public void aFailureOfTheEngineComesBackAsOne() {
        DeliveryException e = assertThrows(DeliveryException.class, () -> AgentCalls.text(folder, new Refusing(), 10));
        assertEquals("dir: 'x' leads out of the workspace. Give a path inside it.", e.getMessage());
        assertEquals(DeliveryException.Kind.INVALID_INPUT, e.kind());
        // What only an agent that is not ours would answer.
        for (List<String> odd : List.of(
                Arrays.asList("REFUSED", null, null),
                Arrays.asList("NOTHING", "a parameter\n", "line\n\u001b[8m"),
                Arrays.asList("INVALID_INPUT", "dir", "x".repeat(10_000)),
                List.of("FAILED"))) {
            e = assertThrows(DeliveryException.class, () -> AgentWork.read(Packed.pack(odd), 1));
            assertFalse(
                    e.getMessage(),
                    e.getMessage().contains("\n") || e.getMessage().contains("\u001b"));
            assertTrue(e.getMessage().length() < 4_100);
        }
        assertThrows(IOException.class, () -> AgentWork.read(Packed.pack(List.of()), 1));
        assertThrows(IOException.class, () -> AgentWork.read(Packed.pack(Arrays.asList((String) null)), 1));
        assertThrows(IOException.class, () -> AgentWork.read(Packed.pack(List.of("", "a", "b")), 1));
    }

    @Test
    public void ofAnExceptionTheTextComesThroughOnOneLineAndCut() {
        IOException e = assertThrows(
                IOException.class,
                () -> AgentCalls.bytes(
                        folder, new Failing(new IOException("line\n\u001b[8mPROMOTED: " + "x".repeat(100_000))), 10));
        assertTrue(e.getMessage(), e.getMessage().startsWith("line\\n\\u001b[8mPROMOTED: xxx"));
        assertTrue(e.getMessage().length() < 600);
        assertNull("what an agent sent is not kept", e.getCause());
        e = assertThrows(
                IOException.class, () -> AgentCalls.bytes(folder, new Failing(new IllegalStateException("odd")), 10));
        assertEquals("IllegalStateException: odd", e.getMessage());
    }

    @Test
    public void anAgentThatHangsTakesFewThreadsAndNotForLong() throws Exception {
        pid = folder.act(new Pid());
        signal("STOP");
        ExecutorService steps = Executors.newFixedThreadPool(30);
        try {
            long start = System.nanoTime();
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                calls.add(steps.submit(() -> assertThrows(
                        NoAnswer.class,
                        () -> AgentCalls.within(folder, Duration.ofSeconds(2), () -> folder.act(new Pid())))));
            }
            for (Future<?> call : calls) {
                call.get();
            }
            assertTrue(
                    "they were held",
                    System.nanoTime() - start < Duration.ofSeconds(10).toNanos());
            long again = System.nanoTime();
            assertThrows(
                    NoAnswer.class,
                    () -> AgentCalls.within(folder, Duration.ofSeconds(30), () -> folder.act(new Pid())));
            assertTrue(
                    "it was asked again at once",
                    System.nanoTime() - again < Duration.ofSeconds(1).toNanos());
            assertTrue(Thread.getAllStackTraces().keySet().stream()
                            .filter(t -> t.getName().contains("ml-delivery agents"))
                            .count()
                    <= NodeCalls.MAX_CALLS);
            assertEquals(
                    "other agents answer",
                    "a",
                    AgentCalls.text(JENKINS.createOnlineSlave().getRootPath(), new Answer("a"), 100));
        } finally {
            signal("CONT");
            steps.shutdownNow();
        }
        for (int i = 0; ; i++) {
            try {
                assertEquals("a", AgentCalls.text(folder, new Answer("a"), 100));
                break;
            } catch (NoAnswer e) {
                assertTrue("it answers again", i < 60);
                Thread.sleep(1000);
            }
        }
    }

    /** An author's agents that hang, as pods that live for one build are, hold up no other's. */
    @Test(timeout = 120_000)
    public void aJobAndItsFolderWaitForNoMoreCallsThanTheirShares() throws Exception {
        AgentThreads threads = AgentThreads.get();
        List<Owner> late = new ArrayList<>();
        try {
            for (int i = 0; i < AgentThreads.CALLS_OF_A_TOP; i++) {
                late.add(Owner.ofJob("team/job" + i / AgentThreads.CALLS_OF_A_JOB));
                assertTrue(threads.shares().enter(late.get(i)));
            }
            for (String job : List.of("team/job0", "team/another")) {
                threads.begin(Owner.ofJob(job));
                NoAnswer e = assertThrows(NoAnswer.class, () -> AgentCalls.text(folder, new Answer("a"), 100));
                assertTrue(e.getMessage(), e.getMessage().startsWith("this job, or its folder, waits for as many calls"));
            }
            threads.begin(Owner.ofJob("others/job0"));
            for (int i = 0; i < 2 * AgentThreads.CALLS_OF_A_JOB; i++) {
                assertEquals("a", AgentCalls.text(folder, new Answer("a"), 100));
            }
            threads.begin(null);
            assertEquals("nobody's", "a", AgentCalls.text(folder, new Answer("a"), 100));
        } finally {
            threads.begin(null);
            late.forEach(threads.shares()::leave);
        }
        while (threads.shares().inTop(Owner.ofJob("others/job0")) > 0) {
            Thread.sleep(10); // Its thread is about to give it back.
        }
    }

    @Test
    public void aConnectionThatBreaksIsNoAnswer() throws Exception {
        pid = folder.act(new Pid());
        signal("KILL");
        for (int i = 0; agent.toComputer().isOnline() && i < 600; i++) {
            Thread.sleep(50);
        }
        assertThrows(NoAnswer.class, () -> AgentCalls.text(folder, new Answer("a"), 100));
    }

    /** Answers these texts. */
    private static final class Answer extends AgentWork {
        private static final long serialVersionUID = 1L;
        private final ArrayList<String> texts;

        Answer(String... texts) {
            this.texts = new ArrayList<>(Arrays.asList(texts));
        }

        @Override
        protected List<String> work(File base) {
            return texts;
        }
    }

    /** Ends with a failure of the engine. */
    private static final class Refusing extends AgentWork {
        private static final long serialVersionUID = 1L;

        @Override
        protected List<String> work(File base) throws DeliveryException {
            throw DeliveryException.invalid("dir", "'x' leads out of the workspace", "Give a path inside it.");
        }
    }

    /** Answers something else than its type says, as an agent may. */
    private static final class Odd extends MasterToSlaveFileCallable<Object> {
        private static final long serialVersionUID = 1L;
        private final Object answer;

        private Odd(Object answer) {
            this.answer = answer;
        }

        @SuppressWarnings({"unchecked", "rawtypes"})
        static MasterToSlaveFileCallable<byte[]> of(Object answer) {
            return (MasterToSlaveFileCallable) new Odd(answer);
        }

        @Override
        public Object invoke(File base, VirtualChannel channel) {
            return answer;
        }
    }

    /** Fails. */
    private static final class Failing extends MasterToSlaveFileCallable<byte[]> {
        private static final long serialVersionUID = 1L;
        private final Exception with;

        Failing(Exception with) {
            this.with = with;
        }

        @Override
        public byte[] invoke(File base, VirtualChannel channel) throws IOException {
            if (with instanceof IOException e) {
                throw e;
            }
            throw (RuntimeException) with;
        }
    }

    /** The agent's process. */
    private static final class Pid extends MasterToSlaveFileCallable<Long> {
        private static final long serialVersionUID = 1L;

        @Override
        public Long invoke(File base, VirtualChannel channel) {
            return ProcessHandle.current().pid();
        }
    }
}
