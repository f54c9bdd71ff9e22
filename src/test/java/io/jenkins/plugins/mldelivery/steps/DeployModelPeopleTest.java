package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import hudson.FilePath;
import hudson.model.Result;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.jenkinsci.plugins.workflow.support.steps.input.InputStepExecution;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.RuleChain;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** mlDeployModel with its parameters, between its body, an abort, the checks of <code>verify</code>, and a person who is asked by the step <code>input</code>. */
public class DeployModelPeopleTest {
    private static final PlaygroundRule PLAYGROUND = new PlaygroundRule();
    private static final Penguins PENGUINS = new Penguins(PLAYGROUND);

    @ClassRule
    public static final RuleChain CLUSTER = RuleChain.outerRule(PLAYGROUND).around(PENGUINS);

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    static {
        // The time of the whole class, whose pipelines deliver several models each.
        JENKINS.timeout = 600;
    }

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    private static final String BODY = """
            echo "body ${env.ML_DELIVERY_PHASE} ${env.ML_DELIVERY_STEP} of ${env.ML_DELIVERY_URL}"
            if (env.ML_DELIVERY_PHASE == 'paused') { input id: 'Promote', message: 'Promote?' }
            """;

    @Before
    public void configure() throws Exception {
        Jobs.configure(PLAYGROUND);
    }

    /** A pipeline that has penguins-v1 as stable version, and rolls out another one. */
    private static String deliver(String candidate, String parameters, String body) {
        String step = "mlDeployModel(name: 'penguins', namespace: 'ml', image: '%s', cluster: 'playground', progressDeadline: '1m'%s) {\n%s\n}\n";
        return step.formatted(PENGUINS.image("penguins-v1"), "", "") + "def rollout = " + step.formatted(PENGUINS.image(candidate), parameters, body)
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
        Jobs.assertRolledBack("rejected: ", rejected);

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
        String verify = ", strategy: canary(steps: [50]), verify: metrics(checks: [errorRate(alpha: 0.0001, margin: 3, acceptable: 0.02)], interval: '1s', timeout: '3m')";
        WorkflowRun bad = Jobs.pipeline("bad", deliver("penguins-bad", verify, "")).scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.FAILURE, bad);
        Jobs.assertMoreErrors("was rolled back: ", bad);
        WorkflowRun slow = Jobs.pipeline("slow", deliver("penguins-bad", verify, "echo 'in the body'; sleep 600")).scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.FAILURE, slow);
        Jobs.assertMoreErrors("was rolled back: ", slow);
        String hasty = ", strategy: canary(steps: [50]), verify: metrics(checks: [errorRate(minRequests: 1000000)], interval: '1s', timeout: '1s', onInconclusive: '";
        WorkflowRun inconclusive = Jobs.pipeline("inconclusive", deliver("penguins-bad", hasty + "fail')", "")).scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.FAILURE, inconclusive);
        Jobs.assertRolledBack("inconclusive: ", inconclusive);
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
        JENKINS.assertLogContains("ERROR: margin: it must be above 1 and at most 32, not 0.5. Give a ratio such as 1.5.", run);
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
    public void manifestsAreNotReadableInTheSavedProgram() throws Exception {
        FilePath workspace = new FilePath(JENKINS.jenkins.getRootDir()).child("sealed");
        workspace.child("app.yaml").write("kind: Secret\nstringData: {token: pl4in-t0ken}\n", "UTF-8");
        DeployModelStep step = new DeployModelStep("churn", "a/b:1");
        step.setManifests("app.yaml");
        RolloutInputs inputs = RolloutInputs.read(step, new StubContext().attach(Map.of(FilePath.class, workspace), () -> { }));
        ByteArrayOutputStream saved = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(saved)) {
            out.writeObject(inputs);
        }
        assertFalse(saved.toString(StandardCharsets.ISO_8859_1).contains("pl4in-t0ken"));
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(saved.toByteArray()))) {
            assertTrue(((RolloutInputs) in.readObject()).request().model().manifests().contains("pl4in-t0ken"));
        }
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
                                        requireDigest: false, resolveTag: false, registryCredentialsId: 'r', progressDeadline: '1m', timeout: '1h') {
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

    /** Their lines come in any order. */
    @Test
    public void inParallelBranchesEachLineOfARolloutNamesItsModel() throws Exception {
        PENGUINS.reset();
        String image = PENGUINS.image("penguins-v1");
        String deploy = "mlDeployModel(name: '%s', namespace: 'ml', cluster: 'playground', image: '" + image + "', replicas: 1) { }";
        WorkflowRun run = Jobs.pipeline("parallel", "parallel a: { " + deploy.formatted("adelie") + " }, b: { " + deploy.formatted("gentoo") + " }").scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.SUCCESS, run);
        for (String model : List.of("adelie", "gentoo")) {
            JENKINS.assertLogContains("\n  " + model + ": traffic: all to the new version", run);
            JENKINS.assertLogContains("\n  " + model + ": PROMOTED: revision ", run);
        }
        JENKINS.assertLogNotContains("\n  traffic: ", run);
    }

    @Test
    public void aFailingBodyRollsBack() throws Exception {
        PENGUINS.reset();
        WorkflowJob job = Jobs.pipeline("aFailingBodyRollsBack", PENGUINS.deliver("penguins-v2", """
                echo "canary at ${env.ML_DELIVERY_WEIGHT} of ${env.ML_DELIVERY_MODEL}"
                if (env.ML_DELIVERY_STEP == '2') { error 'the smoke test found something.' }
                """));
        WorkflowRun run = job.scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.FAILURE, run);
        JENKINS.assertLogContains("canary at 25 of penguins", run);
        JENKINS.assertLogContains("step 1 of 2 passed: the body passed", run);
        Jobs.assertRolledBack("the body failed: the smoke test found something", run);
        JENKINS.assertLogContains("ERROR: the smoke test found something.", run);
        PENGUINS.assertOnlyStable("penguins-v1");
    }

    @Test
    public void anAbortRollsBackWhileTheBodyRuns() throws Exception {
        PENGUINS.reset();
        WorkflowRun run = Jobs.pipeline("anAbortRollsBackWhileTheBodyRuns", PENGUINS.deliver("penguins-v2", "echo 'in the body'; sleep 600")).scheduleBuild2(0).waitForStart();
        Jobs.awaitLog("in the body", run);
        Jobs.abort(run, JENKINS);
        Jobs.assertRolledBack("the body failed: aborted", run);
        PENGUINS.assertOnlyStable("penguins-v1");
    }

    @Test
    public void anAbortRollsBackWhileTheCanaryStarts() throws Exception {
        PENGUINS.reset();
        String never = PLAYGROUND.playground().registry() + "/ml/no-such-image@sha256:" + "0".repeat(64);
        WorkflowRun run = Jobs.pipeline("anAbortRollsBackWhileTheCanaryStarts", """
                mlDeployModel(name: 'penguins', namespace: 'ml', image: '%s') { }
                mlDeployModel(name: 'penguins', namespace: 'ml', image: '%s') { }
                """.formatted(PENGUINS.image("penguins-v1"), never)).scheduleBuild2(0).waitForStart();
        Jobs.awaitLog("step 1 of 2", run);
        Jobs.awaitLog("no-such-image", run);
        Jobs.abort(run, JENKINS);
        JENKINS.assertLogContains("rolling back: the build was aborted", run);
        PENGUINS.assertOnlyStable("penguins-v1");
    }

    @Test
    public void aBodyThatIsCutShortMayCleanUp() throws Exception {
        PENGUINS.reset();
        WorkflowRun run = Jobs.pipeline("aBodyThatIsCutShortMayCleanUp", PENGUINS.deliver("penguins-v2", """
                try {
                    echo 'in the body'
                    sleep 600
                } finally {
                    sleep 9
                    echo 'cleaned up'
                }
                """)).scheduleBuild2(0).waitForStart();
        Jobs.awaitLog("in the body", run);
        PENGUINS.cluster().apps().deployments().inNamespace("ml").withName("penguins-canary").delete();
        JENKINS.waitForCompletion(run);
        JENKINS.assertBuildStatus(Result.FAILURE, run);
        JENKINS.assertLogContains("cleaned up", run);
        JENKINS.assertLogContains("ERROR: penguins was rolled back: the canary was removed by somebody else", run);
        String log = JenkinsRule.getLog(run);
        assertEquals("told once", log.indexOf("ROLLED BACK"), log.lastIndexOf("ROLLED BACK"));
        PENGUINS.assertOnlyStable("penguins-v1");
    }

    @Test
    public void wrongParametersAreNamed() throws Exception {
        String[][] wrong = {
            {"name: 'Churn', image: 'a/b:1'", "name: 'Churn' is not a valid name"},
            {"name: 'churn', image: 'A B'", "image: 'A B' is not a valid image name"},
            {"name: 'churn', image: 'a/b:1', requireDigest: true", "image: 'a/b:1' has no digest"},
            {"name: 'churn', image: 'a/b:1', strategy: canary(steps: [50, 10])", "steps: [50, 10] are not valid traffic steps"},
            {"name: 'churn', image: 'a/b:1', timeout: 'soon'", "timeout: 'soon' is not a valid duration"},
            {"name: 'churn', image: 'a/b:1', cluster: 'moon'", "cluster: Jenkins has no cluster with the name 'moon' for the job 'wrong5', but playground"},
            {"name: 'churn', image: 'a/b:1', access: kubeconfig(credentialsId: 'none')", "access: there is no secret file with the id 'none'"},
            {"name: 'churn', image: 'a/b:1', access: apiServer(url: 'http://127.0.0.1:1')", "cluster: could not ask what is permitted (no connection to http://127.0.0.1:1). Check"},
            {"name: 'churn', image: 'a/b:1', access: kubeconfig(context: 'x')", "access: no credentialsId is given"},
            {"name: 'churn', image: 'a/b:1', access: apiServer(url: 'moon')", "access: 'moon' is no URL of an API server"},
            {"name: 'churn', image: 'a/b:1', cluster: 'playground', access: apiServer(url: 'http://127.0.0.1:1')", "cluster: both 'cluster' and 'access' are given"},
            {"name: 'churn', image: 'a/b:1', namespace: 'nowhere'", "namespace: there is no namespace 'nowhere' in the cluster"},
        };
        for (int i = 0; i < wrong.length; i++) {
            WorkflowRun run = Jobs.pipeline("wrong" + i, "mlDeployModel(" + wrong[i][0] + ") { echo 'never' }").scheduleBuild2(0).get();
            JENKINS.assertBuildStatus(Result.FAILURE, run);
            JENKINS.assertLogContains("ERROR: " + wrong[i][1], run);
            JENKINS.assertLogNotContains("never\n", run);
            assertFalse(JenkinsRule.getLog(run).contains("\tat "));
        }
    }
}
