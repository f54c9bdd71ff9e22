package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import hudson.model.Result;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.config.MlDeliveryConfiguration;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.LocalCommands;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesClients;
import io.jenkins.plugins.mldelivery.image.BuildImage;
import io.jenkins.plugins.mldelivery.image.BuildImageRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TestName;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsSessionRule;

/** mlDeployModel: what its body decides, what an abort does, and what a restart of the controller must not lose. */
public class DeployModelStepTest {
    @ClassRule
    public static final PlaygroundRule PLAYGROUND = new PlaygroundRule();

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @Rule
    public final JenkinsSessionRule sessions = new JenkinsSessionRule();

    @Rule
    public final TestName test = new TestName();

    private static final Map<String, String> IMAGES = new TreeMap<>();
    private KubernetesClient cluster;

    @Before
    public void connect() throws Exception {
        cluster = KubernetesClients.open(ClusterAccess.kubeconfig(SecretText.of(PLAYGROUND.playground().kubeconfig()), null));
        cluster.namespaces().resource(new io.fabric8.kubernetes.api.model.NamespaceBuilder()
                .withNewMetadata().withName("ml").endMetadata().build()).serverSideApply();
        for (String model : new String[] {"penguins-v1", "penguins-v2", "penguins-bad"}) {
            if (!IMAGES.containsKey(model)) {
                Environment environment = new Environment(new LocalCommands(), Clock.system(), Secrets.none(), EventSink.none());
                IMAGES.put(model, new BuildImage(Path.of(""), environment)
                        .run(BuildImageRequest.of(PLAYGROUND.examples() + "/model/" + model, PLAYGROUND.playground().registry() + "/ml/penguins:" + model))
                        .image());
            }
        }
    }

    @After
    public void disconnect() {
        cluster.close();
    }

    /** A pipeline that has penguins-v1 as stable version, and rolls out another one. */
    private String deliver(String candidate, String body) {
        return """
                mlDeployModel(name: 'penguins', namespace: 'ml', image: '%s', cluster: 'playground', progressDeadline: '1m') {
                    error 'no canary is possible at the first install'
                }
                def rollout = mlDeployModel(name: 'penguins', namespace: 'ml', image: '%s', cluster: 'playground', strategy: canary(steps: [25, 50]), progressDeadline: '1m') {
                %s
                }
                echo "result ${rollout.result} ${rollout.weightHistory}"
                """.formatted(IMAGES.get("penguins-v1"), IMAGES.get(candidate), body);
    }

    private String stableImage() {
        Deployment stable = cluster.apps().deployments().inNamespace("ml").withName("penguins").get();
        return stable.getSpec().getTemplate().getSpec().getContainers().get(0).getImage();
    }

    private void assertOnlyStable(String model) {
        org.junit.Assert.assertEquals(IMAGES.get(model), stableImage());
        assertNull(cluster.apps().deployments().inNamespace("ml").withName("penguins-canary").get());
        Integer ready = cluster.apps().deployments().inNamespace("ml").withName("penguins").get().getStatus().getReadyReplicas();
        org.junit.Assert.assertEquals(Integer.valueOf(3), ready);
        assertNull("no lease is left", cluster.leases().inNamespace("ml").list().getItems().stream().findAny().orElse(null));
    }

    /** Makes penguins-v1 the stable version, whatever an earlier test left. */
    private void reset() {
        cluster.apps().deployments().inNamespace("ml").withName("penguins").delete();
        cluster.apps().deployments().inNamespace("ml").withName("penguins-canary").delete();
        cluster.leases().inNamespace("ml").delete();
    }

    @Test
    public void aFailingBodyRollsBack() throws Throwable {
        sessions.then(jenkins -> {
            Jobs.configure(PLAYGROUND);
            reset();
            WorkflowJob job = Jobs.pipeline("job", deliver("penguins-v2", """
                    echo "canary at ${env.ML_DELIVERY_WEIGHT} of ${env.ML_DELIVERY_MODEL}"
                    if (env.ML_DELIVERY_STEP == '2') { error 'the smoke test found something.' }
                    """));
            WorkflowRun run = job.scheduleBuild2(0).get();
            jenkins.assertBuildStatus(Result.FAILURE, run);
            jenkins.assertLogContains("canary at 25 of penguins", run);
            jenkins.assertLogContains("step 1 of 2 passed: the body passed", run);
            jenkins.assertLogContains("ROLLED BACK: the body failed: the smoke test found something", run);
            jenkins.assertLogContains("ERROR: the smoke test found something.", run);
            assertOnlyStable("penguins-v1");
        });
    }

    @Test
    public void anAbortRollsBackWhileTheBodyRuns() throws Throwable {
        sessions.then(jenkins -> {
            Jobs.configure(PLAYGROUND);
            reset();
            WorkflowRun run = Jobs.pipeline("job", deliver("penguins-v2", "echo 'in the body'; sleep 600")).scheduleBuild2(0).waitForStart();
            Jobs.awaitLog("in the body", run);
            run.getExecutor().doStop();
            jenkins.waitForCompletion(run);
            jenkins.assertBuildStatus(Result.ABORTED, run);
            jenkins.assertLogContains("ROLLED BACK", run);
            assertOnlyStable("penguins-v1");
        });
    }

    @Test
    public void anAbortRollsBackWhileTheCanaryStarts() throws Throwable {
        sessions.then(jenkins -> {
            Jobs.configure(PLAYGROUND);
            reset();
            String never = PLAYGROUND.playground().registry() + "/ml/no-such-image@sha256:" + "0".repeat(64);
            WorkflowRun run = Jobs.pipeline("job", """
                    mlDeployModel(name: 'penguins', namespace: 'ml', image: '%s') { }
                    mlDeployModel(name: 'penguins', namespace: 'ml', image: '%s') { }
                    """.formatted(IMAGES.get("penguins-v1"), never)).scheduleBuild2(0).waitForStart();
            Jobs.awaitLog("step 1 of 2", run);
            Jobs.awaitLog("no-such-image", run);
            run.getExecutor().doStop();
            jenkins.waitForCompletion(run);
            jenkins.assertBuildStatus(Result.ABORTED, run);
            jenkins.assertLogContains("rolling back: the build was aborted", run);
            assertOnlyStable("penguins-v1");
        });
    }

    @Test
    public void aRestartInTheMiddleOfACanaryLosesNothing() throws Throwable {
        sessions.then(jenkins -> {
            Jobs.configure(PLAYGROUND);
            reset();
            WorkflowRun run = Jobs.pipeline("job", deliver("penguins-v2", """
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
            assertOnlyStable("penguins-v2");
        });
    }

    @Test
    public void aRestartInTheMiddleOfAMetricsWaitLosesNothing() throws Throwable {
        sessions.then(jenkins -> {
            Jobs.configure(PLAYGROUND);
            reset();
            WorkflowRun run = Jobs.pipeline("job", deliver("penguins-v2", """
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
            assertOnlyStable("penguins-v2");
        });
    }

    @Test
    public void aBadModelIsCaughtAfterARestart() throws Throwable {
        sessions.then(jenkins -> {
            Jobs.configure(PLAYGROUND);
            reset();
            WorkflowRun run = Jobs.pipeline("job", deliver("penguins-bad", """
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
            assertOnlyStable("penguins-v1");
        });
    }

    @Test
    public void aBodyThatIsCutShortMayCleanUp() throws Throwable {
        sessions.then(jenkins -> {
            Jobs.configure(PLAYGROUND);
            reset();
            WorkflowRun run = Jobs.pipeline("job", deliver("penguins-v2", """
                    try {
                        echo 'in the body'
                        sleep 600
                    } finally {
                        sleep 9
                        echo 'cleaned up'
                    }
                    """)).scheduleBuild2(0).waitForStart();
            Jobs.awaitLog("in the body", run);
            cluster.apps().deployments().inNamespace("ml").withName("penguins-canary").delete();
            jenkins.waitForCompletion(run);
            jenkins.assertBuildStatus(Result.FAILURE, run);
            jenkins.assertLogContains("cleaned up", run);
            jenkins.assertLogContains("ERROR: penguins was rolled back: the canary was removed by somebody else", run);
            String log = org.jvnet.hudson.test.JenkinsRule.getLog(run);
            org.junit.Assert.assertEquals("told once", log.indexOf("ROLLED BACK"), log.lastIndexOf("ROLLED BACK"));
            assertOnlyStable("penguins-v1");
        });
    }

    @Test
    public void aRolloutThatCanNotGoOnAfterARestartIsNamed() throws Throwable {
        sessions.then(jenkins -> {
            Jobs.configure(PLAYGROUND);
            reset();
            WorkflowRun run = Jobs.pipeline("job", deliver("penguins-v2", "echo 'in the body'; sleep 5")).scheduleBuild2(0).waitForStart();
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

    @Test
    public void wrongParametersAreNamed() throws Throwable {
        sessions.then(jenkins -> {
            Jobs.configure(PLAYGROUND);
            String[][] wrong = {
                {"name: 'Churn', image: 'a/b:1'", "name: 'Churn' is no valid name"},
                {"name: 'churn', image: 'A B'", "image: 'A B' is no image name"},
                {"name: 'churn', image: 'a/b:1', requireDigest: true", "image: 'a/b:1' has no digest"},
                {"name: 'churn', image: 'a/b:1', strategy: canary(steps: [50, 10])", "steps: [50, 10] are no traffic steps"},
                {"name: 'churn', image: 'a/b:1', timeout: 'soon'", "timeout: 'soon' is no duration"},
                {"name: 'churn', image: 'a/b:1', cluster: 'moon'", "cluster: Jenkins has no cluster with the name 'moon', but playground"},
                {"name: 'churn', image: 'a/b:1', access: kubeconfig(credentialsId: 'none')", "access: there is no secret file with the id 'none'"},
                {"name: 'churn', image: 'a/b:1', access: apiServer(url: 'http://127.0.0.1:1')", "cluster: could not ask what is permitted (no connection). Check"},
                {"name: 'churn', image: 'a/b:1', access: kubeconfig(context: 'x')", "access: no credentialsId is given"},
                {"name: 'churn', image: 'a/b:1', access: apiServer(url: 'moon')", "access: 'moon' is no URL of an API server"},
                {"name: 'churn', image: 'a/b:1', cluster: 'playground', access: apiServer(url: 'http://127.0.0.1:1')", "cluster: both 'cluster' and 'access' are given"},
                {"name: 'churn', image: 'a/b:1', namespace: 'nowhere'", "namespace: there is no namespace 'nowhere' in the cluster"},
            };
            for (int i = 0; i < wrong.length; i++) {
                WorkflowRun run = Jobs.pipeline("wrong" + i, "mlDeployModel(" + wrong[i][0] + ") { echo 'never' }").scheduleBuild2(0).get();
                jenkins.assertBuildStatus(Result.FAILURE, run);
                jenkins.assertLogContains("ERROR: " + wrong[i][1], run);
                jenkins.assertLogNotContains("never\n", run);
                assertFalse(org.jvnet.hudson.test.JenkinsRule.getLog(run).contains("\tat "));
            }
        });
    }
}
