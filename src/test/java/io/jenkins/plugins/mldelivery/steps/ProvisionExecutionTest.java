package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import hudson.EnvVars;
import hudson.FilePath;
import hudson.Launcher;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.slaves.DumbSlave;
import hudson.slaves.WorkspaceList;
import hudson.util.StreamTaskListener;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** mlProvision at the moments that a test with the real Terraform can't hit: the tool is a script here. */
public class ProvisionExecutionTest {
    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    private static final String TOOL =
            """
            #!/bin/sh
            for word in "$@"; do
                case "$word" in
                -out=*) echo plan > "${word#-out=}";;
                -var-file=*) cat "${word#-var-file=}" > variables || exit 1;;
                esac
            done
            case "$1" in
            init) sleep ${INIT:-0};;
            plan) head -c ${NOISE:-0} /dev/zero | tr '\\0' 'x'; exit 2;;
            show) [ -z "$SWAP" ] || for plan in "$@"; do echo another > "$plan"; done 2>/dev/null
                echo '{"format_version": "1.2", "resource_changes": []}';;
            apply) echo began >> applied
                trap 'echo interrupted >> applied; exit 1' TERM
                for i in $(seq 1 ${TENTHS:-3}); do sleep 0.1; done
                echo done >> applied;;
            output) echo '{"model": {"value": "churn"}}';;
            esac
            """;

    private final EnvVars environment = new EnvVars();

    private static FilePath workspace(FilePath workspace) throws Exception {
        workspace.deleteRecursive();
        workspace.child("infra/main.tf").write("", "UTF-8");
        FilePath tool = workspace.child("tool");
        tool.write(TOOL, "UTF-8");
        tool.chmod(0755);
        return workspace;
    }

    private Object drive(TickingExecution execution, FilePath workspace, Runnable onSave, boolean resume)
            throws Exception {
        TaskListener listener = StreamTaskListener.fromStdout();
        StubContext context = ((StubContext) execution.getContext())
                .attach(
                        Map.of(
                                FilePath.class,
                                workspace,
                                TaskListener.class,
                                listener,
                                EnvVars.class,
                                environment,
                                Launcher.class,
                                JENKINS.jenkins.createLauncher(listener),
                                Run.class,
                                run(),
                                EnvironmentExpander.class,
                                new Bound()),
                        onSave);
        if (resume) {
            execution.onResume();
        } else {
            execution.start();
        }
        return context.await();
    }

    /** A build for the secrets that the steps learn. */
    private static Run<?, ?> run() throws Exception {
        if (JENKINS.jenkins.getItem("run") == null) {
            JENKINS.createFreeStyleProject("run").scheduleBuild2(0).get();
        }
        return ((FreeStyleProject) JENKINS.jenkins.getItem("run")).getLastBuild();
    }

    private static TickingExecution execution(FilePath workspace) {
        ProvisionStep step = new ProvisionStep("infra");
        step.setExecutable(workspace.child("tool").getRemote());
        step.setVariables(List.of(new Setting("model", "churn")));
        return new ProvisionExecution(new StubContext(), step);
    }

    /**
     * Runs the step until a save, at which Jenkins dies, and goes on from what is on disk.
     *
     * @param save which one, from 1
     * @param written whether it was still written
     * @return how the step ended, or null when it makes fewer saves
     */
    private Object dieAt(int save, boolean written, FilePath workspace) throws Exception {
        TickingExecution execution = execution(workspace(workspace));
        List<byte[]> saves = new ArrayList<>();
        Object end = drive(
                execution,
                workspace,
                () -> {
                    saves.add(StubContext.write(execution));
                    if (saves.size() == save) {
                        throw new IllegalStateException("Jenkins dies");
                    }
                },
                false);
        if (saves.size() < save) {
            assertTrue(String.valueOf(end), end instanceof Map);
            return null;
        }
        int last = written ? save : save - 1;
        boolean unnoted = !written
                && names(saves.get(save - 1), "/apply")
                && (last == 0 || !names(saves.get(last - 1), "/apply"));
        for (int i = 0; unnoted && !workspace.child("infra/applied").exists(); i++) {
            assertTrue("the command begins within a minute", i < 3000);
            Thread.sleep(
                    20); // Jenkins takes longer to start again than a command. Else either of the two may be the one
            // that begins.
        }
        TickingExecution resumed = last == 0 ? execution(workspace) : StubContext.read(saves.get(last - 1));
        return drive(resumed, workspace, () -> {}, last != 0);
    }

    private static boolean names(byte[] saved, String command) {
        return new String(saved, StandardCharsets.ISO_8859_1).contains(command);
    }

    private static void assertResult(int save, Object end) {
        assertTrue("save " + save + ": " + end, end instanceof Map);
        Map<?, ?> result = (Map<?, ?>) end;
        assertEquals("save " + save, Map.of("model", "churn"), result.get("outputs"));
        assertEquals("save " + save, true, result.get("changed"));
    }

    @Test
    public void aRestartAfterAnySaveLosesNothing() throws Exception {
        FilePath workspace = JENKINS.jenkins.getRootPath().child("after");
        int save = 1;
        for (Object end = dieAt(save, true, workspace); end != null; end = dieAt(++save, true, workspace)) {
            assertResult(save, end);
            assertEquals(
                    "save " + save,
                    "began\ndone\n",
                    workspace.child("infra/applied").readToString());
            assertEquals(
                    "{\"model\":\"churn\"}", workspace.child("infra/variables").readToString());
        }
        assertTrue("saves: " + save, save > 8);
    }

    @Test
    public void aRestartBeforeAnySaveNeverAppliesTwice() throws Exception {
        FilePath workspace = JENKINS.jenkins.getRootPath().child("before");
        int lost = 0;
        int save = 1;
        for (Object end = dieAt(save, false, workspace); end != null; end = dieAt(++save, false, workspace)) {
            if (end instanceof Map) {
                assertResult(save, end);
            } else {
                lost++;
                assertTrue(String.valueOf(end), String.valueOf(end).contains("Jenkins lost sight of it"));
            }
            while (!workspace.child("infra/applied").readToString().contains("done")) {
                Thread.sleep(50);
            }
            assertEquals(
                    "save " + save,
                    "began\ndone\n",
                    workspace.child("infra/applied").readToString());
        }
        assertEquals("only the apply whose start was not saved is given up", 1, lost);
    }

    @Test
    public void anAbortRightAfterTheLaunchReachesTheTool() throws Exception {
        WorkflowJob job = Jobs.pipeline(
                "abort",
                """
                node('built-in') {
                    withEnv(["PATH=${pwd()}/bin:${env.PATH}", 'INIT=30']) { mlProvision(dir: 'infra', executable: "${pwd()}/tool") }
                }
                """);
        FilePath workspace = workspace(JENKINS.jenkins.getWorkspaceFor(job));
        // A shell that takes its time, so that the command is launched and has not begun.
        FilePath shell = workspace.child("bin/sh");
        shell.write(
                "#!/bin/sh\ncase \"$*\" in *script.sh*) touch launched; sleep 4;; esac\nexec /bin/sh \"$@\"\n",
                "UTF-8");
        shell.chmod(0755);
        WorkflowRun run = job.scheduleBuild2(0).waitForStart();
        while (!workspace.child("launched").exists()) {
            assertTrue(JenkinsRule.getLog(run), run.isBuilding());
            Thread.sleep(20);
        }
        Jobs.abort(run, JENKINS);
        JENKINS.assertLogNotContains("could not be stopped", run);
        JENKINS.assertLogContains("Asking terraform to stop", run);
    }

    /** The API server takes requests and never answers. */
    @Test(timeout = 120_000)
    public void anAbortEndsManifestsAtOnce() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (LoopbackServer server = LoopbackServer.start(request -> {
            asked.countDown();
            return new LoopbackServer.Answer(200, null, Map.of());
        })) {
            WorkflowJob job = Jobs.pipeline(
                    "manifests",
                    "node('built-in') { mlProvision(dir: 'k8s', access: apiServer(url: '" + server.url() + "')) }");
            JENKINS.jenkins.getWorkspaceFor(job).child("k8s/a.yaml").write(
                    "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}", "UTF-8");
            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            asked.await();
            long begun = System.nanoTime();
            Jobs.abort(run, JENKINS);
            long seconds = (System.nanoTime() - begun) / 1_000_000_000;
            assertTrue(seconds + " s", seconds < 25);
            JENKINS.assertLogContains("aborted; nothing was applied", run);
        }
    }

    @Test
    public void aConnectionThatBreaksInTheMiddleOfALookIsNoFailure() throws Exception {
        DumbSlave agent = JENKINS.createOnlineSlave();
        WorkflowJob job = Jobs.pipeline(
                "agent",
                """
                node('%s') {
                    withEnv(['TENTHS=150']) { echo "model ${mlProvision(dir: 'infra', executable: "${pwd()}/tool").outputs.model}" }
                }
                """
                        .formatted(agent.getNodeName()));
        FilePath workspace = workspace(agent.getWorkspaceFor(job));
        WorkflowRun run = job.scheduleBuild2(0).waitForStart();
        while (!workspace.child("infra/applied").exists()) {
            assertTrue(JenkinsRule.getLog(run), run.isBuilding());
            Thread.sleep(50);
        }
        long pid = Agents.pid(agent);
        // Looks that are under way now get no answer any more.
        Agents.signal(pid, "-STOP");
        Thread.sleep(5_000);
        Agents.kill(agent, pid);
        Agents.connect(agent);
        JENKINS.waitForCompletion(run);
        JENKINS.assertBuildStatus(Result.SUCCESS, run);
        JENKINS.assertLogContains("model churn", run);
    }

    @Test
    public void aSecretVariableIsNotReadableInTheSavedProgram() throws Exception {
        WorkflowJob job = Jobs.pipeline(
                "secret",
                """
                node('built-in') {
                    withEnv(['TENTHS=60']) { mlProvision(dir: 'infra', executable: "${pwd()}/tool", variables: [password: readFile('secret')]) }
                }
                """);
        FilePath workspace = workspace(JENKINS.jenkins.getWorkspaceFor(job));
        workspace.child("secret").write("hunter-number-two", "UTF-8");
        WorkflowRun run = job.scheduleBuild2(0).waitForStart();
        while (!workspace.child("infra/applied").exists()) {
            assertTrue(JenkinsRule.getLog(run), run.isBuilding());
            Thread.sleep(50);
        }
        FilePath program = new FilePath(run.getRootDir()).child("program.dat");
        assertFalse(
                new String(program.read().readAllBytes(), StandardCharsets.ISO_8859_1).contains("hunter-number-two"));
        JENKINS.waitForCompletion(run);
        JENKINS.assertBuildStatus(Result.SUCCESS, run);
        assertEquals(
                "{\"password\":\"hunter-number-two\"}",
                workspace.child("infra/variables").readToString());
    }

    @Test
    public void outputWithoutALineEndIsNotKept() throws Exception {
        environment.put("NOISE", "200000000");
        Object end = drive(
                execution(workspace(JENKINS.jenkins.getRootPath().child("noise"))),
                JENKINS.jenkins.getRootPath().child("noise"),
                () -> {},
                false);
        assertResult(0, end);
    }

    @Test
    public void aPlanThatIsSwappedWhileItIsShownIsNotApplied() throws Exception {
        environment.put("SWAP", "yes");
        FilePath workspace = JENKINS.jenkins.getRootPath().child("swap");
        Object end = drive(execution(workspace(workspace)), workspace, () -> {}, false);
        assertTrue(
                String.valueOf(end),
                String.valueOf(end)
                        .contains("dir: the plan file was changed after it was planned; nothing was applied."));
        assertFalse(workspace.child("infra/applied").exists());
    }

    @Test
    public void aRunThatAnEarlierVersionBeganEndsInASentence() throws Exception {
        FilePath workspace = JENKINS.jenkins.getRootPath().child("earlier");
        TickingExecution execution = execution(workspace(workspace));
        set(execution, "tool", "terraform");
        set(
                execution,
                "state",
                "{\"version\":1,\"stage\":\"CHECK\",\"directory\":\"/ws/infra\",\"privateDirectory\":\""
                        + workspace.child("private").getRemote() + "\"}");
        Object end = drive(execution, workspace, () -> {}, true);
        assertTrue(
                String.valueOf(end),
                String.valueOf(end).contains("state: another version of ML Delivery began this Terraform run"));
    }

    private static void set(TickingExecution execution, String field, String value) throws Exception {
        Field declared = ProvisionExecution.class.getDeclaredField(field);
        declared.setAccessible(true);
        declared.set(execution, value);
    }

    @Test
    public void secretsAreNotInTheScriptsNorOnCommandLinesNorInErrors() throws Exception {
        FilePath workspace = workspace(JENKINS.jenkins.getRootPath().child("secrets"));
        FilePath tool = workspace.child("tool");
        tool.write(
                "#!/bin/sh\nps -eo args > ../processes\ncat ../../secrets@tmp/durable-*/script.sh > ../script\n"
                        + "for word in \"$@\"; do cat \"${word#-backend-config=}\"; done >&2 2>/dev/null\necho \"$BOUND\" >&2\nexit 1\n",
                "UTF-8");
        ProvisionStep step = new ProvisionStep("infra");
        step.setExecutable(tool.getRemote());
        step.setBackendConfig(List.of(new Setting("access_key", "b4ckend-secret"), new Setting("bucket", "models")));
        environment.put("BOUND", "b0und-secret");
        Object end = drive(new ProvisionExecution(new StubContext(), step), workspace, () -> {}, false);
        assertTrue(
                String.valueOf(end),
                String.valueOf(end).contains("' failed: ")
                        && String.valueOf(end).contains("models"));
        for (String text : List.of(
                String.valueOf(end),
                workspace.child("processes").readToString(),
                workspace.child("script").readToString())) {
            assertFalse(text, text.contains("b4ckend-secret") || text.contains("b0und-secret"));
        }
        assertTrue(
                workspace.child("script").readToString(),
                workspace.child("script").readToString().contains("exec /bin/sh '"));
    }

    @Test
    public void filesOfVariablesAreInTheWorkspaceOrBoundByTheBuild() throws Exception {
        FilePath workspace = workspace(JENKINS.jenkins.getRootPath().child("files"));
        for (String file : List.of("/etc/hostname", "../../elsewhere", workspace.getRemote() + "@tmp/../x")) {
            ProvisionStep step = new ProvisionStep("infra");
            step.setVarFiles(List.of(file));
            Object end = drive(new ProvisionExecution(new StubContext(), step), workspace, () -> {}, false);
            assertTrue(String.valueOf(end), String.valueOf(end).contains("varFiles: '"));
            assertTrue(String.valueOf(end), String.valueOf(end).contains("leads out of the workspace"));
        }
        FilePath bound = WorkspaceList.tempDir(workspace).child("secretFiles/1/v.tfvars");
        bound.write("model = \"churn\"", "UTF-8");
        ProvisionStep step = new ProvisionStep("infra");
        step.setVarFiles(List.of(bound.getRemote()));
        step.setExecutable(workspace.child("tool").getRemote());
        assertResult(0, drive(new ProvisionExecution(new StubContext(), step), workspace, () -> {}, false));
        assertEquals("model = \"churn\"", workspace.child("infra/variables").readToString());
    }

    /** Binds a secret, as <code>withCredentials</code> does. */
    private static final class Bound extends EnvironmentExpander {
        private static final long serialVersionUID = 1L;

        @Override
        public void expand(EnvVars env) {
            // It is there already.
        }

        @Override
        public Set<String> getSensitiveVariables() {
            return Set.of("BOUND");
        }
    }
}
