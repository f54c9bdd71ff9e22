package io.jenkins.plugins.mldelivery.hostile;

import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized;
import org.junit.runners.Parameterized.Parameters;

/**
 * Hostile inputs, as the whole command line meets them: each is a process of the launcher of its own, against servers,
 * files and programs that are real. Each ends in time, in less than 300 MB of memory, with one sentence, and leaves no
 * secret in what it prints or writes.
 */
@RunWith(Parameterized.class)
public class HostileCommandLinesTest {
    private static final int AT_ONCE = 2;

    @ClassRule
    public static final TemporaryFolder TEMPORARY = new TemporaryFolder();

    /** The same objects for the runner and for the runs. */
    private static final List<HostileInput> INPUTS = HostileInputs.chosen();

    private static final Map<HostileInput, Future<HostileInput.Result>> RUNS = new HashMap<>();
    private static ExecutorService threads;

    private final HostileInput input;

    public HostileCommandLinesTest(HostileInput input) {
        this.input = input;
    }

    @Parameters(name = "{0}")
    public static List<HostileInput> inputs() {
        return INPUTS;
    }

    @BeforeClass
    public static void start() throws Exception {
        assumeTrue("there is no /bin/sh", Files.isExecutable(Path.of("/bin/sh")));
        threads = Executors.newFixedThreadPool(AT_ONCE);
        Installation installation =
                Installation.in(TEMPORARY.newFolder("installation").toPath());
        for (HostileInput input : INPUTS) {
            Path folder = TEMPORARY.newFolder().toPath();
            RUNS.put(input, threads.submit(() -> input.run(installation, folder)));
        }
    }

    @AfterClass
    public static void report() throws Exception {
        if (threads != null) {
            threads.shutdownNow();
            HostileInputs.report(RUNS);
        }
    }

    @Test
    public void endsInTimeWithOneSentence() throws Exception {
        HostileInput.Result result;
        try {
            result = RUNS.get(input).get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
        assertTrue(
                String.join("; ", result.problems()) + "\n" + result.ending().shown(),
                result.problems().isEmpty());
    }
}
