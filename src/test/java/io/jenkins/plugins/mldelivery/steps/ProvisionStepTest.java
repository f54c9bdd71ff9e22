package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import hudson.FilePath;
import hudson.model.Result;
import hudson.slaves.WorkspaceList;
import io.jenkins.plugins.mldelivery.provision.LocalWorkspace;
import java.nio.file.Path;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Assume;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** mlProvision with the real Terraform, also over a restart of the controller and an abort. */
public class ProvisionStepTest {
    private static final String SLOW = """
            terraform { required_version = ">= 1.4" }
            variable "model" { type = string }
            variable "password" {
              type      = string
              sensitive = true
              default   = ""
            }
            resource "terraform_data" "slow" {
              input = var.model
              provisioner "local-exec" {
                command = "echo $$ >> started; for i in $(seq 1 %d); do sleep 0.1; done; echo done >> finished"
              }
            }
            output "model" { value = terraform_data.slow.output }
            output "secret" {
              value     = var.password
              sensitive = true
            }
            """;

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @Rule
    public final JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Before
    public void terraform() {
        Assume.assumeTrue("terraform is not on this machine", LocalWorkspace.anywhere(Path.of("")).canRun("terraform"));
    }

    private static WorkflowJob job(JenkinsRule jenkins, int tenths, String script) throws Exception {
        WorkflowJob job = Jobs.pipeline("infra", script);
        jenkins.jenkins.getWorkspaceFor(job).child("infra/main.tf").write(SLOW.formatted(tenths), "UTF-8");
        return job;
    }

    private static void assertNothingPrivateIsLeft(JenkinsRule jenkins, WorkflowJob job) throws Exception {
        FilePath temporary = WorkspaceList.tempDir(jenkins.jenkins.getWorkspaceFor(job));
        assertTrue(temporary.list().toString(), temporary.list().stream().noneMatch(f -> f.getName().startsWith("ml-delivery")));
    }

    @Test
    public void appliesAndTellsWhatChanged() throws Throwable {
        sessions.then(jenkins -> {
            WorkflowJob job = job(jenkins, 1, """
                    node {
                        def infra = mlProvision(dir: 'infra', variables: [model: 'churn', password: 'hunter-two'])
                        echo "changed ${infra.changed}, ${infra.add} added, model ${infra.outputs.model}, outputs ${infra.outputs.keySet()}"
                    }
                    """);
            WorkflowRun run = job.scheduleBuild2(0).get();
            jenkins.assertBuildStatus(Result.SUCCESS, run);
            jenkins.assertLogContains("plan: create terraform_data.slow", run);
            jenkins.assertLogContains("changed true, 1 added, model churn, outputs [model]", run);
            jenkins.assertLogNotContains("hunter-two", run);
            WorkflowRun again = job.scheduleBuild2(0).get();
            jenkins.assertBuildStatus(Result.SUCCESS, again);
            jenkins.assertLogContains("changed false, 0 added", again);
            assertNothingPrivateIsLeft(jenkins, job);
        });
    }

    @Test
    public void aRestartInTheMiddleOfAnApplyFindsItAgain() throws Throwable {
        sessions.then(jenkins -> {
            WorkflowRun run = job(jenkins, 80, """
                    node {
                        def infra = mlProvision(dir: 'infra', variables: [model: 'churn'])
                        echo "model ${infra.outputs.model}"
                    }
                    """).scheduleBuild2(0).waitForStart();
            FilePath started = jenkins.jenkins.getWorkspaceFor(run.getParent()).child("infra/started");
            while (!started.exists()) {
                assertTrue(run.isBuilding());
                Thread.sleep(50);
            }
        });
        sessions.then(jenkins -> {
            WorkflowJob job = jenkins.jenkins.getItemByFullName("infra", WorkflowJob.class);
            WorkflowRun run = job.getBuildByNumber(1);
            jenkins.waitForCompletion(run);
            jenkins.assertBuildStatus(Result.SUCCESS, run);
            jenkins.assertLogContains("model churn", run);
            FilePath infra = jenkins.jenkins.getWorkspaceFor(job).child("infra");
            assertEquals("applied once", 1, infra.child("started").readToString().lines().count());
            assertEquals("done\n", infra.child("finished").readToString());
            assertNothingPrivateIsLeft(jenkins, job);
        });
    }

    @Test
    public void anAbortLetsTerraformSaveItsStateAndFreeItsLock() throws Throwable {
        sessions.then(jenkins -> {
            WorkflowJob job = job(jenkins, 30, "node { mlProvision(dir: 'infra', variables: [model: 'churn']) }");
            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            FilePath infra = jenkins.jenkins.getWorkspaceFor(job).child("infra");
            while (!infra.child("started").exists()) {
                assertTrue(run.isBuilding());
                Thread.sleep(50);
            }
            Jobs.abort(run, jenkins);
            jenkins.assertLogContains("Asking terraform to stop", run);
            assertTrue("the state was saved", infra.child("terraform.tfstate").readToString().contains("terraform_data"));
            assertFalse("the lock is free", infra.child(".terraform.tfstate.lock.info").exists());
            assertNothingPrivateIsLeft(jenkins, job);
        });
    }

    @Test
    public void whatIsWrongIsNamed() throws Throwable {
        sessions.then(jenkins -> {
            String[][] wrong = {
                {"dir: 'nowhere'", "ERROR: dir: there is no folder 'nowhere'"},
                {"dir: 'infra', tool: 'ansible'", "ERROR: tool: 'ansible' is none of"},
                {"dir: 'infra', executable: 'no-such-terraform'", "ERROR: executable: 'no-such-terraform' was not found on the agent"},
                {"dir: 'infra', timeout: '1s', variables: [model: 'x']", "ERROR: timeout: 'terraform' was not done within 1s and was stopped"},
                {"dir: 'infra', action: 'destroy', variables: [model: 'x']", "ERROR: allowDestroy: the plan deletes or replaces"},
                {"dir: 'infra'", "ERROR: dir: 'terraform plan' failed"},
            };
            for (int i = 0; i < wrong.length; i++) {
                WorkflowJob job = Jobs.pipeline("wrong" + i, "node { mlProvision(" + wrong[i][0] + ") }");
                FilePath infra = jenkins.jenkins.getWorkspaceFor(job).child("infra");
                infra.child("main.tf").write(SLOW.formatted(wrong[i][0].contains("1s") ? 100 : 0), "UTF-8");
                if (wrong[i][0].contains("destroy")) {
                    job.setDefinition(Jobs.flow("node { mlProvision(dir: 'infra', variables: [model: 'x']); mlProvision(" + wrong[i][0] + ") }"));
                }
                WorkflowRun run = job.scheduleBuild2(0).get();
                jenkins.assertBuildStatus(Result.FAILURE, run);
                jenkins.assertLogContains(wrong[i][1], run);
                jenkins.assertLogNotContains("\tat ", run);
            }
        });
    }
}
