package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertTrue;

import hudson.FilePath;
import hudson.model.Result;
import hudson.slaves.DumbSlave;
import java.util.concurrent.ExecutionException;
import jenkins.security.MasterToSlaveCallable;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
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

    private static final String TOOL = """
            #!/bin/sh
            for word in "$@"; do
                case "$word" in
                -out=*) echo plan > "${word#-out=}";;
                -var-file=*) cat "${word#-var-file=}" > variables || exit 1;;
                esac
            done
            case "$1" in
            plan) exit 2;;
            show) echo '{"resource_changes": []}';;
            apply) echo began >> applied
                trap 'echo interrupted >> applied; exit 1' TERM
                for i in $(seq 1 ${TENTHS:-3}); do sleep 0.1; done
                echo done >> applied;;
            output) echo '{"model": {"value": "churn"}}';;
            esac
            """;

    private static FilePath workspace(FilePath workspace) throws Exception {
        workspace.deleteRecursive();
        workspace.child("infra/main.tf").write("", "UTF-8");
        FilePath tool = workspace.child("tool");
        tool.write(TOOL, "UTF-8");
        tool.chmod(0755);
        return workspace;
    }

    @Test
    public void anAbortRightAfterTheLaunchReachesTheTool() throws Exception {
        WorkflowJob job = Jobs.pipeline("abort", """
                node {
                    withEnv(["PATH=${pwd()}/bin:${env.PATH}", 'TENTHS=300']) { mlProvision(dir: 'infra', executable: "${pwd()}/tool") }
                }
                """);
        FilePath workspace = workspace(JENKINS.jenkins.getWorkspaceFor(job));
        // A shell that takes its time, so that the command is launched and has not begun.
        FilePath shell = workspace.child("bin/sh");
        shell.write("#!/bin/sh\ncase \"$*\" in *script.sh*) touch launched; sleep 4;; esac\nexec /bin/sh \"$@\"\n", "UTF-8");
        shell.chmod(0755);
        WorkflowRun run = job.scheduleBuild2(0).waitForStart();
        while (!workspace.child("launched").exists()) {
            assertTrue(JenkinsRule.getLog(run), run.isBuilding());
            Thread.sleep(20);
        }
        run.getExecutor().doStop();
        JENKINS.waitForCompletion(run);
        JENKINS.assertBuildStatus(Result.ABORTED, run);
        JENKINS.assertLogNotContains("could not be stopped", run);
        JENKINS.assertLogContains("Asking terraform to stop", run);
    }

    @Test
    public void aConnectionThatBreaksInTheMiddleOfALookIsNoFailure() throws Exception {
        DumbSlave agent = JENKINS.createOnlineSlave();
        WorkflowJob job = Jobs.pipeline("agent", """
                node('%s') {
                    withEnv(['TENTHS=150']) { echo "model ${mlProvision(dir: 'infra', executable: "${pwd()}/tool").outputs.model}" }
                }
                """.formatted(agent.getNodeName()));
        FilePath workspace = workspace(agent.getWorkspaceFor(job));
        WorkflowRun run = job.scheduleBuild2(0).waitForStart();
        while (!workspace.child("infra/applied").exists()) {
            assertTrue(JenkinsRule.getLog(run), run.isBuilding());
            Thread.sleep(50);
        }
        String pid = String.valueOf(agent.getChannel().call(new Pid()));
        // Looks that are under way now get no answer any more.
        new ProcessBuilder("kill", "-STOP", pid).start().waitFor();
        Thread.sleep(5_000);
        new ProcessBuilder("kill", "-KILL", pid).start().waitFor();
        while (agent.toComputer().isOnline()) {
            Thread.sleep(50);
        }
        while (!agent.toComputer().isOnline()) {
            try {
                agent.toComputer().connect(false).get();
            } catch (ExecutionException e) {
                Thread.sleep(500);
            }
        }
        JENKINS.waitForCompletion(run);
        JENKINS.assertBuildStatus(Result.SUCCESS, run);
        JENKINS.assertLogContains("model churn", run);
    }

    /** The agent's process. */
    private static final class Pid extends MasterToSlaveCallable<Long, RuntimeException> {
        private static final long serialVersionUID = 1L;

        @Override
        public Long call() {
            return ProcessHandle.current().pid();
        }
    }
}
