package io.jenkins.plugins.mldelivery.hostile;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.LocalCommands;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.provision.Asked;
import io.jenkins.plugins.mldelivery.provision.LocalWorkspace;
import io.jenkins.plugins.mldelivery.provision.Provision;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.provision.ProvisionResult;
import io.jenkins.plugins.mldelivery.provision.ScriptedTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.Rule;
import org.junit.Test;

/** Tools that print what fills a heap: real processes, against the engine in a heap of 256 MiB. */
public class HostileToolTest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String TOOL =
            """
            #!/bin/sh
            for word in "$@"; do
                case "$word" in
                -out=*) echo plan > "${word#-out=}";;
                esac
            done
            x() { head -c "$1" /dev/zero | tr '\\0' 'x'; }
            mib=1048576
            case "$1" in
            init) %s
                exit 0;;
            plan) %s
                exit 2;;
            show) %s
                exit 0;;
            apply) %s
                exit 0;;
            output) %s
                exit 0;;
            esac
            """;
    private static final String PLAN = "echo '{\"format_version\":\"1.2\",\"resource_changes\":[]}'";

    @Rule
    public final ScriptedTool scripted = new ScriptedTool("");

    private String threads = "1";

    private String provision(String init, String plan, String show, String apply, String output) throws Exception {
        String tool = scripted.write(TOOL.formatted(init, plan, show, apply, output));
        return SmallHeap.run(scripted.base(), LIMIT, Run.class, tool, threads).strip();
    }

    @Test
    public void sixHundredMebibytesWithoutALineEnd() throws Exception {
        assertEquals(
                "OK {a=1}",
                provision(
                                "x $((600 * mib))",
                                "x $((600 * mib))",
                                PLAN,
                                "x $((600 * mib))",
                                "echo '{\"a\":{\"value\":1}}'")
                        .replaceAll("(?s).*\n", ""));
    }

    @Test
    public void sixHundredMebibytesOfErrors() throws Exception {
        String said = provision("x $((600 * mib)) >&2; exit 1", "", "", "", "");
        assertTrue(said, said.contains("FAILED dir: '") && said.contains("tool init' failed: xxx"));
        assertTrue("of " + said.length() + " characters", said.length() < 2000);
    }

    @Test
    public void aPlanOfThreeHundredMegabytesIsGuarded() throws Exception {
        String entry = "{\"address\":\"terraform_data.x\",\"change\":{\"actions\":[\"no-op\"],\"before\":{\"input\":\""
                + "v".repeat(400) + "\"},\"after\":{\"input\":\"" + "v".repeat(400)
                + "\",\"list\":[1,2.5,true,null]},\"before_sensitive\":{},\"after_sensitive\":{\"input\":false}}},";
        String show = "echo '{\"format_version\":\"1.2\",\"planned_values\":{\"a\":['; yes '" + entry
                + "' | head -n 150000; echo 'null]},\"resource_changes\":['; yes '" + entry
                + "' | head -n 150000; echo '{\"address\":\"terraform_data.last\",\"change\":{\"actions\":[\"delete\"]}}]}'";
        String said = provision("", "", show, "touch applied", "echo '{}'");
        assertTrue(
                said,
                said.endsWith(
                        "REFUSED allowDestroy: the plan deletes or replaces terraform_data.last; nothing was applied. Set allowDestroy if that is meant."));
        assertTrue(Files.notExists(scripted.base().resolve("infra/applied")));
    }

    @Test
    public void aPlanThatIsOneTextOrNameOrNumberOrDepth() throws Exception {
        for (String show : List.of(
                "printf '{\"a\":\"'; x $((300 * mib)); echo '\"}'",
                "printf '{\"'; x $((300 * mib)); echo '\":1}'",
                "printf '{\"a\":1'; x $((300 * mib)) | tr x 1; echo '}'",
                "printf '{\"a\":1.'; x $((300 * mib)) | tr x 1; echo '}'",
                "x $((300 * mib)) | tr x '['",
                "echo '{\"a\":'; x $((300 * mib)) | tr x ' '; echo '1}'",
                "printf '{\"format_version\":\"1.2\",\"resource_changes\":[{\"address\":\"'; x $((300 * mib)); echo '\",\"change\":{\"actions\":[\"create\"]}}]}'")) {
            String said = provision("", "", show, "touch applied", "echo '{}'");
            assertTrue(
                    show + ": " + said,
                    said.contains("FAILED dir: what the tool answers is too large or too deep to be read"));
        }
    }

    @Test
    public void aPlanOfMillionsOfNames() throws Exception {
        String show =
                "echo '{\"format_version\":\"1.2\",\"resource_changes\":[],\"variables\":{'; seq 1 3000000 | sed 's/.*/\"name-&-"
                        + "n".repeat(80) + "\":{\"value\":\"secret-&\"},/'; echo '\"z\":{}}}'";
        assertTrue(provision("", "", show, "", "echo '{}'").endsWith("OK {}"));
    }

    @Test
    public void outputsOfThreeHundredMebibytes() throws Exception {
        for (String output : List.of(
                "echo '{\"a\":{\"value\":['; yes '[],' | head -c 300000000; echo '1]}}'",
                "echo '{\"a\":{\"value\":['; yes '\"" + "t".repeat(1000) + "\",' | head -c 300000000; echo '1]}}'")) {
            String said = provision("", "", PLAN, "", output);
            assertTrue(
                    said,
                    said.contains(
                            "FAILED dir: the outputs have more than 50000 values, 1048576 characters or 64 levels"));
        }
    }

    @Test
    public void millionsOfEvents() throws Exception {
        String events = "seq 1 600000 | sed 's/.*/"
                + "{\"type\":\"apply_start\",\"hook\":{\"resource\":{\"addr\":\"terraform_data.r&-" + "r".repeat(200)
                + "\"},\"action\":\"create\"}}\\n"
                + "{\"type\":\"diagnostic\",\"diagnostic\":{\"severity\":\"warning\",\"summary\":\"w&\"}}\\n"
                + "{\"type\":\"diagnostic\",\"diagnostic\":{\"severity\":\"error\",\"summary\":\"e&\"}}\\n"
                + "{\"type\":\"planned_change\",\"change\":{\"resource\":{\"addr\":\"terraform_data.r&\"},\"action\":\"create\"}}/'; exit 1";
        String said = provision("", events, PLAN, "", "echo '{}'");
        assertTrue(
                said,
                said.contains("FAILED dir: '")
                        && said.contains("tool plan' failed: e1; e2; ")
                        && said.contains("and 599980 more errors"));
        String log = said.replaceAll("(?s)^events ([0-9]+).*", "$1");
        assertTrue("events: " + log, Integer.parseInt(log) < 1_300_000);
    }

    @Test
    public void manyPlansAtTheirLimitsAtOnce() throws Exception {
        // The longest text that is read, and a change whose values fill what is kept of it, again and again.
        String show =
                "echo '{\"format_version\":\"1.2\",\"prior_state\":['; for i in 1 2 3 4 5 6 7 8 9 10; do printf '\"'; x $((4 * mib - 10)); echo '\",'; done; echo '1],\"resource_changes\":['\n"
                        + "for i in 1 2 3 4 5 6 7 8 9 10; do echo '{\"address\":\"a\",\"change\":{\"actions\":[\"no-op\"],\"before\":['; for j in 1 2 3 4 5; do printf '\"'; x 200000; echo '\",'; done\n"
                        + "yes '[],' | head -n 19000; echo '1],\"after\":['; for j in 1 2 3 4 5; do printf '\"'; x 200000; echo '\",'; done; yes '{},' | head -n 19000; echo '1],\"after_sensitive\":true}},'; done\n"
                        + "echo '{\"address\":\"b\",\"change\":{\"actions\":[\"create\"]}}]}'";
        threads = "8";
        String said = provision("", "", show, "", "echo '{\"a\":{\"value\":1}}'");
        assertEquals("OK {a=1}\n".repeat(8).strip(), said.replaceFirst("(?s)^events [0-9]+\n", ""));
    }

    /** Runs the engine with a tool. */
    public static final class Run {
        /** @param arguments the tool, and how often it runs at once */
        public static void main(String[] arguments) throws Exception {
            AtomicLong notes = new AtomicLong();
            Environment environment = new Environment(new LocalCommands(), Clock.system(), Secrets.none(), event -> {
                if (event instanceof Event.Note) {
                    notes.incrementAndGet();
                }
            });
            List<Callable<String>> runs =
                    Collections.nCopies(Integer.parseInt(arguments[1]), () -> provision(arguments[0], environment));
            ExecutorService threads = Executors.newCachedThreadPool();
            List<String> ends = new ArrayList<>();
            for (Future<String> run : threads.invokeAll(runs)) {
                ends.add(run.get());
            }
            threads.shutdown();
            System.out.println("events " + notes + "\n" + String.join("\n", ends));
        }

        private static String provision(String tool, Environment environment) throws InterruptedException {
            ProvisionRequest request = new Asked().tool("terraform").executable(tool).timeout("100s").request();
            try {
                ProvisionResult result =
                        new Provision(LocalWorkspace.anywhere(Path.of("")), environment).run(request, null);
                return "OK " + result.outputs();
            } catch (DeliveryException e) {
                return e.kind() + " " + e.getMessage();
            }
        }
    }
}
