package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
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
import org.jvnet.hudson.test.JenkinsRule;
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

    /** Starts a delivery in a new Jenkins, and is back when its log has the text. */
    private static void begin(String image, String body, String text) throws Exception {
        Jobs.configure(PLAYGROUND);
        PENGUINS.reset();
        Jobs.awaitLog(text, Jobs.pipeline("job", PENGUINS.deliver(image, body)).scheduleBuild2(0).waitForStart());
    }

    /** The delivery that was begun, at its end. */
    private static WorkflowRun ended(JenkinsRule jenkins, Result result) throws Exception {
        WorkflowRun run = jenkins.jenkins.getItemByFullName("job", WorkflowJob.class).getBuildByNumber(1);
        jenkins.waitForCompletion(run);
        jenkins.assertBuildStatus(result, run);
        return run;
    }

    @Test
    public void aRestartInTheMiddleOfACanaryLosesNothing() throws Throwable {
        sessions.then(jenkins -> begin("penguins-v2", """
                    echo "body of step ${env.ML_DELIVERY_STEP} begins"
                    sleep 8
                    echo "body of step ${env.ML_DELIVERY_STEP} ends"
                    """, "body of step 1 begins"));
        sessions.then(jenkins -> {
            WorkflowRun run = ended(jenkins, Result.SUCCESS);
            jenkins.assertLogContains("going on with the rollout", run);
            jenkins.assertLogContains("result promoted [25, 50, 100]", run);
            String log = JenkinsRule.getLog(run);
            assertEquals("each body runs once", log.indexOf("body of step 1 begins"), log.lastIndexOf("body of step 1 begins"));
            assertTrue(log, log.contains("body of step 2 ends"));
            PENGUINS.assertOnlyStable("penguins-v2");
        });
    }

    @Test
    public void aRestartInTheMiddleOfAMetricsWaitLosesNothing() throws Throwable {
        sessions.then(jenkins -> begin("penguins-v2", """
                    echo "watching"
                    mlVerifyMetrics(checks: [errorRate(alpha: 0.0001, margin: 3, acceptable: 0.02, minRequests: 800)], interval: '1s', timeout: '3m')
                    """, "[mlVerifyMetrics] errorRate"));
        sessions.then(jenkins -> {
            WorkflowRun run = ended(jenkins, Result.SUCCESS);
            jenkins.assertLogContains("result promoted [25, 50, 100]", run);
            PENGUINS.assertOnlyStable("penguins-v2");
        });
    }

    @Test
    public void aBadModelIsCaughtAfterARestart() throws Throwable {
        sessions.then(jenkins -> begin("penguins-bad", """
                    sleep 3
                    mlVerifyMetrics(interval: '1s', timeout: '3m')
                    """, "Sleeping for 3 sec"));
        sessions.then(jenkins -> {
            WorkflowRun run = ended(jenkins, Result.FAILURE);
            jenkins.assertLogContains("ERROR: The canary failed its metrics: ", run);
            PENGUINS.assertOnlyStable("penguins-v1");
        });
    }

    @Test
    public void aRolloutThatCanNotGoOnAfterARestartIsNamed() throws Throwable {
        sessions.then(jenkins -> {
            begin("penguins-v2", "echo 'in the body'; sleep 5", "in the body");
            MlDeliveryConfiguration.get().setClusters(List.of());
        });
        sessions.then(jenkins -> {
            WorkflowRun run = ended(jenkins, Result.FAILURE);
            jenkins.assertLogContains("ERROR: cluster: Jenkins has no cluster with the name 'playground'", run);
            jenkins.assertLogContains("The rollout of ml/penguins was left in the phase analysing", run);
        });
    }

    /** Whatever the body says of the pods that it saw, these are not what would be promoted. */
    @Test
    public void aCanaryThatSomebodyHasEditedWhileJenkinsWasDownIsNotPromoted() throws Throwable {
        sessions.then(jenkins -> begin("penguins-v2", "echo 'in the body'; sleep 8", "in the body"));
        PENGUINS.cluster().apps().deployments().inNamespace("ml").withName("penguins-canary").edit(canary -> new DeploymentBuilder(canary)
                .editSpec().editTemplate().editSpec().editFirstContainer().withImage(PENGUINS.image("penguins-bad"))
                .endContainer().endSpec().endTemplate().endSpec().build());
        sessions.then(jenkins -> {
            WorkflowRun run = ended(jenkins, Result.FAILURE);
            jenkins.assertLogContains("the canary was replaced or changed by somebody else", run);
            PENGUINS.assertOnlyStable("penguins-v1");
        });
    }

    @Test
    public void aBodyThatHasSeenOtherPodsRunsAgain() throws Throwable {
        sessions.then(jenkins -> begin("penguins-v2", """
                    echo "body of step ${env.ML_DELIVERY_STEP} begins"
                    sleep 8
                    """, "body of step 1 begins"));
        // As kubectl rollout restart does it.
        PENGUINS.cluster().apps().deployments().inNamespace("ml").withName("penguins-canary").edit(canary -> new DeploymentBuilder(canary)
                .editSpec().editTemplate().editMetadata().addToAnnotations("kubectl.kubernetes.io/restartedAt", "now")
                .endMetadata().endTemplate().endSpec().build());
        sessions.then(jenkins -> {
            WorkflowRun run = ended(jenkins, Result.SUCCESS);
            jenkins.assertLogContains("step 1 of 2 is judged anew", run);
            String log = JenkinsRule.getLog(run);
            assertTrue(log, log.indexOf("body of step 1 begins") < log.lastIndexOf("body of step 1 begins"));
            PENGUINS.assertOnlyStable("penguins-v2");
        });
    }
}
