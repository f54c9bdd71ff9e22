package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.config.ApiServerAccess;
import io.jenkins.plugins.mldelivery.config.ClusterConfiguration;
import io.jenkins.plugins.mldelivery.config.KubeconfigAccess;
import io.jenkins.plugins.mldelivery.config.MlDeliveryConfiguration;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.workflow.cps.SnippetizerTester;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Every step goes through its form and through the snippet generator unchanged, and every field has help. */
public class RoundTripTest {
    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private SnippetizerTester snippets;
    private StepConfigTester forms;

    @Before
    public void setUp() {
        snippets = new SnippetizerTester(JENKINS);
        forms = new StepConfigTester(JENKINS);
        MlDeliveryConfiguration.get().setClusters(List.of(
                new ClusterConfiguration("production", new KubeconfigAccess("kube")),
                new ClusterConfiguration("staging", new ApiServerAccess("https://10.0.0.1:6443"))));
    }

    private static BuildImageStep fullBuildImage() {
        BuildImageStep step = new BuildImageStep("model", "registry.example.com/ml/churn:1");
        step.setLayout("image");
        step.setPush(false);
        step.setBase("python:3.12-slim");
        step.setModelPath("/mnt/models");
        step.setLabels(List.of(new Setting("team", "risk")));
        step.setEnv(List.of(new Setting("A", "it's"), new Setting("B", "2")));
        step.setEntrypoint(List.of("python", "serve.py"));
        step.setPort(9000);
        step.setPlatform("linux/arm64");
        step.setInsecure(true);
        step.setTimeout("5m");
        return step;
    }

    private static ProvisionStep fullProvision() {
        ProvisionStep step = new ProvisionStep("infra");
        step.setTool("terraform");
        step.setAction("plan");
        step.setVariables(List.of(new Setting("model", "churn")));
        step.setVarFiles(List.of("a.tfvars", "b.tfvars"));
        step.setBackendConfig(List.of(new Setting("bucket", "state")));
        step.setAllowDestroy(true);
        step.setExecutable("/opt/terraform");
        step.setNamespace("ml");
        step.setLockTimeout("1m");
        step.setTimeout("2h");
        step.setCluster("production");
        return step;
    }

    private static DeployModelStep fullDeploy() {
        DeployModelStep step = new DeployModelStep("churn", "a/b:1");
        step.setNamespace("ml");
        step.setReplicas(5);
        step.setPort(9000);
        step.setReadyPath("/ready");
        step.setMetricsPath("/prom");
        step.setEnv(List.of(new Setting("LOG_LEVEL", "info")));
        step.setCpu("500m");
        step.setMemory("1Gi");
        CanaryStrategy canary = new CanaryStrategy();
        canary.setSteps(List.of(5, 25, 50));
        canary.setHold("2m");
        step.setStrategy(canary);
        step.setTraffic(new ReplicaRatioTraffic());
        step.setRequireDigest(true);
        step.setProgressDeadline("3m");
        step.setTimeout("30m");
        step.setCluster("staging");
        return step;
    }

    private static VerifyMetricsStep fullVerify() {
        VerifyMetricsStep step = new VerifyMetricsStep();
        ErrorRateCheck rate = new ErrorRateCheck();
        rate.setMargin(1.3);
        rate.setErrors("code=~\"5..|429\"");
        ThresholdCheck threshold = new ThresholdCheck("memory", "max(memory)");
        threshold.setMax(2e9);
        threshold.setCount(5);
        threshold.setOnNoData("fail");
        step.setChecks(List.of(rate, threshold));
        step.setPrometheus("http://127.0.0.1:9090");
        step.setCanary("track=\"canary\"");
        step.setStable("track=\"stable\"");
        step.setScrapeCanary(List.of("http://127.0.0.1/a", "http://127.0.0.1/b"));
        step.setScrapeStable(List.of("http://127.0.0.1/c"));
        step.setInterval("5s");
        step.setTimeout("1m");
        step.setOnInconclusive("unstable");
        return step;
    }

    @Test
    public void formsKeepEverything() throws Exception {
        for (Step step : List.of(fullBuildImage(), fullProvision(), fullDeploy(), fullVerify(), new BuildImageStep("m", "a/b"), new ProvisionStep("d"),
                new VerifyMetricsStep())) {
            try {
                JENKINS.assertEqualDataBoundBeans(step, forms.configRoundTrip(step));
            } catch (AssertionError e) {
                throw new AssertionError(step.getDescriptor().getFunctionName(), e);
            }
        }
        DeployModelStep step = new DeployModelStep("churn", "a/b:1");
        step.setAccess(kubeconfig("kube", "prod"));
        assertEquals("prod", ((KubeconfigAccess) forms.configRoundTrip(step).getAccess()).getContext());
        DeployModelStep bare = forms.configRoundTrip(new DeployModelStep("churn", "a/b:1"));
        assertNull("the form's first choice names no cluster", bare.getCluster());
        assertNull(bare.getAccess());
        assertEquals(new DeployModelStep("churn", "a/b:1").request(), bare.request());
    }

    @Test
    public void snippetsAreWhatAPersonWouldWrite() throws Exception {
        snippets.assertRoundTrip(new BuildImageStep("model", "ml/churn:1"), "mlBuildImage image: 'ml/churn:1', model: 'model'");
        snippets.assertRoundTrip(fullBuildImage(),
                "mlBuildImage base: 'python:3.12-slim', entrypoint: ['python', 'serve.py'], env: [A: 'it\\'s', B: '2'], image: 'registry.example.com/ml/churn:1', insecure: true, "
                        + "labels: [team: 'risk'], layout: 'image', model: 'model', modelPath: '/mnt/models', platform: 'linux/arm64', port: 9000, push: false, timeout: '5m'");
        snippets.assertRoundTrip(new ProvisionStep("infra"), "mlProvision 'infra'");
        snippets.assertRoundTrip(fullProvision(),
                "mlProvision action: 'plan', allowDestroy: true, backendConfig: [bucket: 'state'], cluster: 'production', dir: 'infra', executable: '/opt/terraform', "
                        + "lockTimeout: '1m', namespace: 'ml', timeout: '2h', tool: 'terraform', varFiles: ['a.tfvars', 'b.tfvars'], variables: [model: 'churn']");
        snippets.assertRoundTrip(fullDeploy(),
                "mlDeployModel(cluster: 'staging', cpu: '500m', env: [LOG_LEVEL: 'info'], image: 'a/b:1', memory: '1Gi', metricsPath: '/prom', name: 'churn', namespace: 'ml', port: 9000, "
                        + "progressDeadline: '3m', readyPath: '/ready', replicas: 5, requireDigest: true, strategy: canary(hold: '2m', steps: [5, 25, 50]), timeout: '30m', traffic: replicaRatio()) {\n    // some block\n}");
        DeployModelStep byFile = new DeployModelStep("churn", "a/b:1");
        byFile.setAccess(kubeconfig("kube", "prod"));
        snippets.assertRoundTrip(byFile,
                "mlDeployModel(access: kubeconfig(context: 'prod', credentialsId: 'kube'), image: 'a/b:1', name: 'churn') {\n    // some block\n}");
        snippets.assertRoundTrip(new VerifyMetricsStep(), "mlVerifyMetrics()");
        snippets.assertRoundTrip(fullVerify(),
                "mlVerifyMetrics canary: 'track=\"canary\"', checks: [errorRate(errors: 'code=~\"5..|429\"', margin: 1.3), "
                        + "threshold(count: 5, max: 2.0E9, name: 'memory', onNoData: 'fail', query: 'max(memory)')], interval: '5s', onInconclusive: 'unstable', "
                        + "prometheus: 'http://127.0.0.1:9090', scrapeCanary: ['http://127.0.0.1/a', 'http://127.0.0.1/b'], scrapeStable: ['http://127.0.0.1/c'], stable: 'track=\"stable\"', timeout: '1m'");
    }

    @Test
    public void theReferenceOfStepsDocumentsEveryParameter() throws Exception {
        snippets.assertDocGeneration(BuildImageStep.class);
        snippets.assertDocGeneration(ProvisionStep.class);
        snippets.assertDocGeneration(DeployModelStep.class);
        snippets.assertDocGeneration(VerifyMetricsStep.class);
    }

    @Test
    public void everyFieldHasHelp() {
        List<String> missing = new ArrayList<>();
        for (Class<?> type : List.of(BuildImageStep.class, ProvisionStep.class, DeployModelStep.class, VerifyMetricsStep.class, ErrorRateCheck.class, ThresholdCheck.class,
                CanaryStrategy.class, Setting.class, KubeconfigAccess.class, ApiServerAccess.class, ClusterConfiguration.class)) {
            for (DescribableParameter parameter : DescribableModel.of(type).getParameters()) {
                if (type.getResource(type.getSimpleName() + "/help-" + parameter.getName() + ".html") == null) {
                    missing.add(type.getSimpleName() + "." + parameter.getName());
                }
            }
            if (Step.class.isAssignableFrom(type)) {
                assertNotNull(type.getResource(type.getSimpleName() + "/help.html"));
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(DescribableModel.of(DeployModelStep.class).getParameters().size() > 15);
    }

    private static KubeconfigAccess kubeconfig(String id, String context) {
        KubeconfigAccess cluster = new KubeconfigAccess(id);
        cluster.setContext(context);
        return cluster;
    }
}
