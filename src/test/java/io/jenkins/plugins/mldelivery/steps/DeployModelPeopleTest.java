package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import hudson.FilePath;
import hudson.model.Result;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
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
import java.util.Map;
import java.util.TreeMap;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.jenkinsci.plugins.workflow.support.steps.input.InputStepExecution;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** mlDeployModel between its body, the checks of <code>verify</code>, and a person who is asked by the step <code>input</code>. */
public class DeployModelPeopleTest {
    @ClassRule
    public static final PlaygroundRule PLAYGROUND = new PlaygroundRule();

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    private static final Map<String, String> IMAGES = new TreeMap<>();

    private static final String BODY = """
            echo "body ${env.ML_DELIVERY_PHASE} ${env.ML_DELIVERY_STEP} of ${env.ML_DELIVERY_URL}"
            if (env.ML_DELIVERY_PHASE == 'paused') { input id: 'Promote', message: 'Promote?' }
            """;

    @Before
    public void connect() throws Exception {
        Jobs.configure(PLAYGROUND);
        try (KubernetesClient cluster = KubernetesClients.open(ClusterAccess.kubeconfig(SecretText.of(PLAYGROUND.playground().kubeconfig()), null))) {
            cluster.namespaces().resource(new NamespaceBuilder().withNewMetadata().withName("ml").endMetadata().build()).serverSideApply();
        }
        for (String model : new String[] {"penguins-v1", "penguins-v2", "penguins-bad"}) {
            if (!IMAGES.containsKey(model)) {
                Environment environment = new Environment(new LocalCommands(), Clock.system(), Secrets.none(), EventSink.none());
                IMAGES.put(model, new BuildImage(Path.of(""), environment)
                        .run(BuildImageRequest.of(PLAYGROUND.examples() + "/model/" + model, PLAYGROUND.playground().registry() + "/ml/penguins:" + model))
                        .image());
            }
        }
    }

    /** A pipeline that has penguins-v1 as stable version, and rolls out another one. */
    private static String deliver(String candidate, String parameters, String body) {
        String step = "mlDeployModel(name: 'penguins', namespace: 'ml', image: '%s', cluster: 'playground', progressDeadline: '1m'%s) {\n%s\n}\n";
        return step.formatted(IMAGES.get("penguins-v1"), "", "") + "def rollout = " + step.formatted(IMAGES.get(candidate), parameters, body)
                + "echo \"result ${rollout.result} ${rollout.weightHistory}\"\n";
    }

    private static InputStepExecution asked(WorkflowRun run) throws Exception {
        Jobs.awaitLog("Promote?", run);
        InputAction action = run.getAction(InputAction.class);
        while (action == null || action.getExecution("Promote") == null) {
            Thread.onSpinWait();
            action = run.getAction(InputAction.class);
        }
        return action.getExecution("Promote");
    }

    @Test
    public void aPersonPromotesOrRejects() throws Exception {
        WorkflowJob job = Jobs.pipeline("asked", deliver("penguins-v2", ", strategy: canary(steps: [50]), pause: 'promotion'", BODY));
        WorkflowRun rejected = job.scheduleBuild2(0).waitForStart();
        asked(rejected).doAbort();
        JENKINS.waitForCompletion(rejected);
        JENKINS.assertBuildStatus(Result.ABORTED, rejected);
        JENKINS.assertLogContains("body analysing 1 of http://penguins.ml.svc", rejected);
        JENKINS.assertLogContains("body paused 1 of http://penguins.ml.svc", rejected);
        JENKINS.assertLogContains("ROLLED BACK: not agreed to: ", rejected);

        WorkflowRun agreed = job.scheduleBuild2(0).waitForStart();
        asked(agreed).doProceedEmpty();
        JENKINS.waitForCompletion(agreed);
        JENKINS.assertBuildStatus(Result.SUCCESS, agreed);
        JENKINS.assertLogContains("result promoted [50, 100]", agreed);
        String log = JenkinsRule.getLog(agreed);
        assertEquals("each question once", log.indexOf("body paused"), log.lastIndexOf("body paused"));
    }

    @Test
    public void checksAreTheGateBesideAnEmptyBody() throws Exception {
        String verify = ", strategy: canary(steps: [50]), verify: metrics(checks: [errorRate(alpha: 0.0001, margin: 3, acceptable: 0.02)], interval: '500ms', timeout: '3m')";
        WorkflowRun bad = Jobs.pipeline("bad", deliver("penguins-bad", verify, "")).scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.FAILURE, bad);
        JENKINS.assertLogContains("was rolled back: errors at least", bad);
        WorkflowRun slow = Jobs.pipeline("slow", deliver("penguins-bad", verify, "echo 'in the body'; sleep 600")).scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.FAILURE, slow);
        JENKINS.assertLogContains("was rolled back: errors at least", slow);
        String hasty = ", strategy: canary(steps: [50]), verify: metrics(checks: [errorRate(minRequests: 1000000)], interval: '200ms', timeout: '1s', onInconclusive: '";
        WorkflowRun inconclusive = Jobs.pipeline("inconclusive", deliver("penguins-bad", hasty + "fail')", "")).scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.FAILURE, inconclusive);
        JENKINS.assertLogContains("ROLLED BACK: inconclusive: ", inconclusive);
        WorkflowRun unseen = Jobs.pipeline("unseen", "mlDeployModel(name: 'penguins', image: 'a/b:1', cluster: 'playground', verify: metrics(checks: [errorRate()], prometheus: 'https://h', clientCertificateId: 'nobody')) { echo 'never' }")
                .scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.FAILURE, unseen);
        JENKINS.assertLogContains("ERROR: clientCertificateId: there are no credentials with the id 'nobody'", unseen);
        JENKINS.assertLogNotContains("never", unseen);
        WorkflowRun good = Jobs.pipeline("good", deliver("penguins-v2", verify, "echo 'smoke'")).scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.SUCCESS, good);
        JENKINS.assertLogContains("step 1 of 1 passed: the body passed; ", good);
        WorkflowRun unstable = Jobs.pipeline("unstable", deliver("penguins-v2", hasty + "unstable')", "")).scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.UNSTABLE, unstable);
        JENKINS.assertLogContains("PROMOTED", unstable);
    }

    @Test
    public void aListOfChecksIsEnough() throws Exception {
        WorkflowRun run = Jobs.pipeline("list", "mlDeployModel(name: 'penguins', image: 'a/b:1', cluster: 'playground', verify: [errorRate(margin: 0.5)]) { echo 'never' }").scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.FAILURE, run);
        JENKINS.assertLogContains("ERROR: margin: 0.5 is no margin", run);
    }

    @Test
    public void aDryRunShowsTheDifferencesAndRunsNoBody() throws Exception {
        WorkflowRun run = Jobs.pipeline("dry", """
                def rollout = mlDeployModel(name: 'fresh', namespace: 'ml', image: 'a/b:1', cluster: 'playground', dryRun: true) { error 'never' }
                echo "result ${rollout.result} ${rollout.url}"
                """).scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.SUCCESS, run);
        JENKINS.assertLogContains("result dryRun http://fresh.ml.svc", run);
        JENKINS.assertLogContains("Deployment", run);
    }

    @Test
    public void whatTheStepNeedsOfTheAgentIsNamed() throws Exception {
        String step = "mlDeployModel(name: 'x', namespace: 'ml', image: 'a/b:1', %s) { echo 'never' }";
        String[][] wrong = {
            {step.formatted("cluster: 'playground', manifests: 'k8s'"), "ERROR: manifests: there is no workspace to read 'k8s' in. Put the step into a node block"},
            {"node { " + step.formatted("cluster: 'playground', manifests: 'none'") + " }", "ERROR: manifests: there is no file and no folder 'none'"},
            {"node { " + step.formatted("cluster: 'playground', manifests: '../../secrets'") + " }", "ERROR: manifests: '../../secrets' leads out of the workspace"},
            {step.formatted("access: inCluster()"), "ERROR: access: there is no agent whose service account could be used. Put the step into a node block"},
            {"node { " + step.formatted("access: inCluster()") + " }", "ERROR: access: the agent has no service account: there is no /var/run/secrets/kubernetes.io/serviceaccount/token"},
        };
        for (int i = 0; i < wrong.length; i++) {
            WorkflowRun run = Jobs.pipeline("agent" + i, wrong[i][0]).scheduleBuild2(0).get();
            JENKINS.assertBuildStatus(Result.FAILURE, run);
            JENKINS.assertLogContains(wrong[i][1], run);
            assertFalse(JenkinsRule.getLog(run).contains("\tat "));
        }
    }

    @Test
    public void manifestsOfTheWorkspaceAreReadInTheOrderOfTheirNames() throws Exception {
        FilePath workspace = new FilePath(JENKINS.jenkins.getRootDir()).child("files");
        workspace.child("k8s/b.yml").write("b: 2", "UTF-8");
        workspace.child("k8s/a.yaml").write("a: ä", "UTF-8");
        workspace.child("k8s/README.md").write("no manifest", "UTF-8");
        StubContext context = new StubContext().attach(Map.of(FilePath.class, workspace), () -> { });
        DeployModelStep step = new DeployModelStep("churn", "a/b:1");
        step.setManifests("k8s");
        assertEquals("a: ä\n---\nb: 2", RolloutInputs.read(step, context).request().model().manifests());
        step.setManifests("k8s/b.yml");
        assertEquals("b: 2", RolloutInputs.read(step, context).request().model().manifests());
    }

    @Test
    public void declarativeTakesTheParametersAsLiterals() throws Exception {
        WorkflowRun run = Jobs.pipeline("declarative", """
                pipeline {
                    agent none
                    stages {
                        stage('Rollout') {
                            steps {
                                mlDeployModel(name: 'fresh', namespace: 'ml', image: 'a/b:1', cluster: 'playground', runtime: 'v2', port: 8080, readyPath: '/r', livePath: '/l', metricsPort: 8080,
                                        metricsPath: '/m', env: [A: '1'], configMaps: [], secrets: [], cpu: '100m', memory: '1Gi', gpu: 1, nodeSelector: [a: 'b'], tolerations: ['c'], replicas: 2,
                                        autoscale: autoscale(min: 2, max: 3, cpu: 70, metrics: [m: '20']), disruptionBudget: 'none', allowFrom: ['web'], serviceAccount: 's', identity: [r: 'x'],
                                        strategy: blueGreen(hold: '1s', scaleDownDelay: '1s'), traffic: gateway(route: 'r'), verify: [errorRate()], pause: 'none', onConcurrent: 'fail', dryRun: true,
                                        requireDigest: false, progressDeadline: '1m', timeout: '1h') {
                                    echo 'never'
                                }
                            }
                        }
                    }
                }
                """).scheduleBuild2(0).get();
        String log = JenkinsRule.getLog(run);
        assertFalse("Declarative refused it:\n" + log, log.contains("WorkflowScript:"));
        assertTrue(log, log.contains("[Pipeline] mlDeployModel"));
    }
}
