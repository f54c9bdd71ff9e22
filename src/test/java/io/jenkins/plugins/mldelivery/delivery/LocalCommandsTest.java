package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Programs on this machine, with real processes. */
public class LocalCommandsTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final LocalCommands commands = new LocalCommands();
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    @Before
    public void needsAShell() {
        assumeTrue("there is no /bin/sh", Files.isExecutable(Path.of("/bin/sh")));
    }

    private Command sh(String script, Duration timeout, Duration grace) {
        return new Command(List.of("/bin/sh", "-c", script), temporary.getRoot().toString(), Map.of(), timeout, grace);
    }

    private CommandResult run(String script) throws Exception {
        return commands.run(sh(script, LONG, LONG), new Lines(lines::add));
    }

    @Test
    public void tellsOutputErrorsAndExitCode() throws Exception {
        assertEquals(new CommandResult(3, "one\ntwo\n", "bad\n"), run("echo one; echo bad >&2; echo two; exit 3"));
        assertEquals(List.of("one", "two"), lines);
    }

    @Test
    public void runsInItsFolderWithItsVariablesAndWithoutInput() throws Exception {
        Map<String, String> variables = new HashMap<>();
        variables.put("GIVEN", "grüß");
        variables.put("PATH", null);
        Command command = new Command(
                List.of("/bin/sh", "-c", "pwd; echo \"$GIVEN\"; read x || echo no input"),
                temporary.getRoot().toString(),
                variables,
                LONG,
                LONG);
        assertEquals(
                List.of(temporary.getRoot().toPath().toRealPath().toString(), "grüß", "no input"),
                commands.run(command, new Lines(lines::add)).output().lines().toList());
    }

    @Test
    public void aMissingProgramIsNamed() {
        Command command = new Command(
                List.of("no-such-program", "init"), temporary.getRoot().toString(), Map.of(), LONG, LONG);
        DeliveryException e = assertThrows(DeliveryException.class, () -> commands.run(command, new Lines(lines::add)));
        assertEquals(DeliveryException.Kind.UNREACHABLE, e.kind());
        assertEquals(
                "executable: 'no-such-program' could not be started (no such file or no right to run it). Install it on this machine, or name another one with executable.",
                e.getMessage());
    }

    @Test
    public void aTimeoutAsksTheProgramFirst() throws Exception {
        Path told = temporary.getRoot().toPath().resolve("told");
        DeliveryException e = assertThrows(
                DeliveryException.class,
                () -> commands.run(
                        sh(
                                "trap 'echo saved > told; exit 0' TERM; echo up; while :; do sleep 0.05; done",
                                Duration.ofSeconds(1),
                                LONG),
                        new Lines(lines::add)));
        assertEquals(DeliveryException.Kind.TIMEOUT, e.kind());
        assertEquals("timeout", e.parameter());
        assertEquals("saved\n", Files.readString(told));
    }

    @Test
    public void aProgramMayTellHowItShutsDown() throws Exception {
        assertThrows(
                DeliveryException.class,
                () -> commands.run(
                        sh(
                                "trap 'for i in 1 2 3; do echo saving $i || exit 1; done; touch saved; exit 0' TERM; while :; do sleep 0.05; done",
                                Duration.ofMillis(500),
                                LONG),
                        new Lines(lines::add)));
        assertTrue(
                "it died of its closed output",
                Files.exists(temporary.getRoot().toPath().resolve("saved")));
        assertEquals(List.of("saving 1", "saving 2", "saving 3"), lines);
    }

    @Test
    public void anInterruptAsksFirstAndKillsAfterTheGrace() throws Exception {
        long[] pid = new long[1];
        CountDownLatch up = new CountDownLatch(1);
        AtomicReference<Exception> thrown = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                commands.run(
                        sh(
                                "trap 'echo asked > asked' TERM; echo $$; while :; do sleep 0.05; done",
                                LONG,
                                Duration.ofMillis(500)),
                        new Lines(line -> {
                            pid[0] = Long.parseLong(line);
                            up.countDown();
                        }));
            } catch (DeliveryException | InterruptedException e) {
                thrown.set(e);
            }
        });
        thread.start();
        assertTrue(up.await(10, TimeUnit.SECONDS));
        long start = System.nanoTime();
        thread.interrupt();
        thread.join(10_000);
        assertTrue(String.valueOf(thrown.get()), thrown.get() instanceof InterruptedException);
        assertTrue("the grace was not kept", System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(450));
        assertEquals("asked\n", Files.readString(temporary.getRoot().toPath().resolve("asked")));
        assertFalse(
                "it is still there when the call ends",
                ProcessHandle.of(pid[0]).map(ProcessHandle::isAlive).orElse(false));
    }

    @Test
    public void aChildThatOutlivesTheProgramDoesNotHoldTheCallUp() throws Exception {
        long start = System.nanoTime();
        CommandResult result = run("sleep 15 & echo done");
        assertEquals("done\n", result.output());
        assertTrue("it waited for the child", System.nanoTime() - start < TimeUnit.SECONDS.toNanos(12));
    }

    @Test
    public void ofALongOutputTheEndIsKept() throws Exception {
        CommandResult result = commands.run(
                sh("head -c 40000000 /dev/zero | tr '\\0' 'x' | fold -w 1000; echo; echo end", LONG, LONG),
                CommandOutput.none());
        assertTrue("kept " + result.output().length(), result.output().length() <= Commands.OUTPUT_LIMIT);
        assertTrue(result.output().endsWith("\nend\n"));
    }

    @Test
    public void anOutputThatIsRefusedEndsTheProgram() throws Exception {
        DeliveryException why = DeliveryException.failed("dir", "too long", "Shorten it.", null);
        CommandOutput refuses = (bytes, length) -> {
            throw why;
        };
        long start = System.nanoTime();
        assertSame(
                why,
                assertThrows(
                        DeliveryException.class,
                        () -> commands.run(sh("while :; do echo more; done", LONG, LONG), refuses)));
        assertTrue("it went on", System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10));
        assertSame(
                "also when it ended by itself",
                why,
                assertThrows(DeliveryException.class, () -> commands.run(sh("echo short", LONG, LONG), refuses)));
    }

    @Test
    public void aFaultInWhatTakesTheOutputIsNotHidden() {
        assertThrows(
                IllegalStateException.class,
                () -> commands.run(sh("echo x", LONG, LONG), (bytes, length) -> {
                    throw new IllegalArgumentException("fault");
                }));
    }

    @Test
    public void manyLinesComeInOrder() throws Exception {
        run("i=0; while [ $i -lt 2000 ]; do echo $i; i=$((i+1)); done");
        assertEquals(2000, lines.size());
        assertEquals("1999", lines.get(1999));
        assertNull(lines.stream().filter(String::isEmpty).findAny().orElse(null));
    }
}
