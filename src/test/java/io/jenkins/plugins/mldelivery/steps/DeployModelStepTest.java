package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertTrue;

import hudson.model.Result;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.jenkins.plugins.mldelivery.config.MlDeliveryConfiguration;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.RuleChain;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** mlDeployModel: what a restart of the controller must not lose. Each test has a Jenkins of its own. */
public class DeployModelStepTest {
    private static final PlaygroundRule PLAYGROUND = new PlaygroundRule();
    private static final Penguins PENGUINS = new Penguins(PLAYGROUND);

    @ClassRule
    public static final RuleChain CLUSTER = RuleChain.outerRule(PLAYGROUND).around(PENGUINS);

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @Rule
    public final JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Test
    public void aRestartInTheMiddleOfACanaryLosesNothing() throws Throwable {
        sessions.then(jenkins -> {
            Jobs.configure(PLAYGROUND);
            PENGUINS.reset();
            WorkflowRun run = Jobs.pipeline("job", PENGUINS.deliver("penguins-v2", """
                    echo "body of step ${env.ML_DELIVERY_STEP} begins"
                    sleep 8
                    echo "body of step ${env.ML_DELIVERY_STEP} ends"
                    """)).scheduleBuild2(0).waitForStart();
            Jobs.awaitLog("body of step 1 begins", run);
        });
        sessions.then(jenkins -> {
            WorkflowRun run = jenkins.jenkins.getItemByFullName("job", WorkflowJob.class).getBuildByNumber(1);
            Jobs.awaitLog("going on with the rollout", run);
            jenkins.waitForCompletion(run);
            jenkins.assertBuildStatus(Result.SUCCESS, run);
            jenkins.assertLogContains("result promoted [25, 50, 100]", run);
            String log = org.jvnet.hudson.test.JenkinsRule.getLog(run);
            org.junit.Assert.assertEquals("each body runs once", log.indexOf("body of step 1 begins"), log.lastIndexOf("body of step 1 begins"));
            assertTrue(log, log.contains("body of step 2 ends"));
            PENGUINS.assertOnlyStable("penguins-v2");
        });
    }

    @Test
    public void aRestartInTheMiddleOfAMetricsWaitLosesNothing() throws Throwable {
        sessions.then(jenkins -> {
            Jobs.configure(PLAYGROUND);
            PENGUINS.reset();
            WorkflowRun run = Jobs.pipeline("job", PENGUINS.deliver("penguins-v2", """
                    echo "watching"
                    mlVerifyMetrics(checks: [errorRate(alpha: 0.0001, margin: 3, acceptable: 0.02, minRequests: 800)], interval: '500ms', timeout: '3m')
                    """)).scheduleBuild2(0).waitForStart();
            Jobs.awaitLog("[mlVerifyMetrics] errorRate", run);
        });
        sessions.then(jenkins -> {
            WorkflowRun run = jenkins.jenkins.getItemByFullName("job", WorkflowJob.class).getBuildByNumber(1);
            jenkins.waitForCompletion(run);
            jenkins.assertBuildStatus(Result.SUCCESS, run);
            jenkins.assertLogContains("result promoted [25, 50, 100]", run);
            PENGUINS.assertOnlyStable("penguins-v2");
        });
    }

    @Test
    public void aBadModelIsCaughtAfterARestart() throws Throwable {
        sessions.then(jenkins -> {
            Jobs.configure(PLAYGROUND);
            PENGUINS.reset();
            WorkflowRun run = Jobs.pipeline("job", PENGUINS.deliver("penguins-bad", """
                    sleep 3
                    mlVerifyMetrics(interval: '500ms', timeout: '3m')
                    """)).scheduleBuild2(0).waitForStart();
            Jobs.awaitLog("Sleeping for 3 sec", run);
        });
        sessions.then(jenkins -> {
            WorkflowRun run = jenkins.jenkins.getItemByFullName("job", WorkflowJob.class).getBuildByNumber(1);
            jenkins.waitForCompletion(run);
            jenkins.assertBuildStatus(Result.FAILURE, run);
            jenkins.assertLogContains("ERROR: The canary failed its metrics: ", run);
            PENGUINS.assertOnlyStable("penguins-v1");
        });
    }

    @Test
    public void aRolloutThatCanNotGoOnAfterARestartIsNamed() throws Throwable {
        sessions.then(jenkins -> {
            Jobs.configure(PLAYGROUND);
            PENGUINS.reset();
            WorkflowRun run = Jobs.pipeline("job", PENGUINS.deliver("penguins-v2", "echo 'in the body'; sleep 5")).scheduleBuild2(0).waitForStart();
            Jobs.awaitLog("in the body", run);
            MlDeliveryConfiguration.get().setClusters(List.of());
        });
        sessions.then(jenkins -> {
            WorkflowRun run = jenkins.jenkins.getItemByFullName("job", WorkflowJob.class).getBuildByNumber(1);
            jenkins.waitForCompletion(run);
            jenkins.assertBuildStatus(Result.FAILURE, run);
            jenkins.assertLogContains("ERROR: cluster: Jenkins has no cluster with the name 'playground'", run);
            jenkins.assertLogContains("The rollout of ml/penguins was left in the phase analysing", run);
        });
    }

    /** Whatever the body says of the pods that it saw, these are not what would be promoted. */
    @Test
    public void aCanaryThatSomebodyHasEditedWhileJenkinsWasDownIsNotPromoted() throws Throwable {
        sessions.then(jenkins -> {
            Jobs.configure(PLAYGROUND);
            PENGUINS.reset();
            WorkflowRun run = Jobs.pipeline("job", PENGUINS.deliver("penguins-v2", "echo 'in the body'; sleep 8")).scheduleBuild2(0).waitForStart();
            Jobs.awaitLog("in the body", run);
        });
        PENGUINS.cluster().apps().deployments().inNamespace("ml").withName("penguins-canary").edit(canary -> new DeploymentBuilder(canary)
                .editSpec().editTemplate().editSpec().editFirstContainer().withImage(PENGUINS.image("penguins-bad"))
                .endContainer().endSpec().endTemplate().endSpec().build());
        sessions.then(jenkins -> {
            WorkflowRun run = jenkins.jenkins.getItemByFullName("job", WorkflowJob.class).getBuildByNumber(1);
            jenkins.waitForCompletion(run);
            jenkins.assertBuildStatus(Result.FAILURE, run);
            jenkins.assertLogContains("the canary was replaced or changed by somebody else", run);
            PENGUINS.assertOnlyStable("penguins-v1");
        });
    }

    @Test
    public void aBodyThatHasSeenOtherPodsRunsAgain() throws Throwable {
        sessions.then(jenkins -> {
            Jobs.configure(PLAYGROUND);
            PENGUINS.reset();
            WorkflowRun run = Jobs.pipeline("job", PENGUINS.deliver("penguins-v2", """
                    echo "body of step ${env.ML_DELIVERY_STEP} begins"
                    sleep 8
                    """)).scheduleBuild2(0).waitForStart();
            Jobs.awaitLog("body of step 1 begins", run);
        });
        // As kubectl rollout restart does it.
        PENGUINS.cluster().apps().deployments().inNamespace("ml").withName("penguins-canary").edit(canary -> new DeploymentBuilder(canary)
                .editSpec().editTemplate().editMetadata().addToAnnotations("kubectl.kubernetes.io/restartedAt", "now")
                .endMetadata().endTemplate().endSpec().build());
        sessions.then(jenkins -> {
            WorkflowRun run = jenkins.jenkins.getItemByFullName("job", WorkflowJob.class).getBuildByNumber(1);
            jenkins.waitForCompletion(run);
            jenkins.assertBuildStatus(Result.SUCCESS, run);
            jenkins.assertLogContains("step 1 of 2 is judged anew", run);
            String log = org.jvnet.hudson.test.JenkinsRule.getLog(run);
            assertTrue(log, log.indexOf("body of step 1 begins") < log.lastIndexOf("body of step 1 begins"));
            PENGUINS.assertOnlyStable("penguins-v2");
        });
    }
}
