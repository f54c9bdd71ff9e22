package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.config.ApiServerAccess;
import io.jenkins.plugins.mldelivery.config.ClusterConfiguration;
import io.jenkins.plugins.mldelivery.config.InClusterAccess;
import io.jenkins.plugins.mldelivery.config.KubeconfigAccess;
import io.jenkins.plugins.mldelivery.config.MlDeliveryConfiguration;
import java.util.ArrayList;
import java.util.List;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.workflow.cps.SnippetizerTester;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.kohsuke.stapler.Stapler;

/** Every step goes through its form and through the snippet generator unchanged, and every field has help. */
public class RoundTripTest {
    @ClassRule
    public static final FormsRule JENKINS = new FormsRule();

    static {
        // The time of the whole class: each form is a page in a browser, which a busy machine is slow with.
        JENKINS.timeout = 600;
    }

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
        step.setInclude(List.of(".env", "certs/ca.pem"));
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
        step.setResolveTag(false);
        step.setProgressDeadline("3m");
        step.setTimeout("30m");
        step.setCluster("staging");
        return step;
    }

    private static DeployModelStep ownPods() {
        DeployModelStep step = with(new CanaryStrategy(), new ReplicaRatioTraffic());
        step.setLivePath("/live");
        step.setMetricsPort(9001);
        step.setConfigMaps(List.of("settings", "more"));
        step.setSecrets(List.of("keys"));
        step.setGpu(2);
        step.setNodeSelector(List.of(new Setting("accelerator", "t4")));
        step.setTolerations(List.of("nvidia.com/gpu:NoSchedule"));
        AutoscaleSettings autoscale = new AutoscaleSettings();
        autoscale.setMin(2);
        autoscale.setMax(20);
        autoscale.setCpu(70);
        autoscale.setMemory(90);
        autoscale.setMetrics(List.of(new Setting("in_flight", "20")));
        autoscale.setPrometheus("http://127.0.0.1:9090");
        autoscale.setQueries(List.of(new Setting("sum(x)", "5")));
        step.setAutoscale(autoscale);
        step.setDisruptionBudget("25%");
        step.setAllowFrom(List.of("web", "10.0.0.0/8"));
        step.setServiceAccount("runner");
        step.setIdentity(List.of(new Setting("eks.amazonaws.com/role-arn", "arn:x")));
        step.setManifests("k8s/");
        step.setRegistryCredentialsId("registry");
        VerifySettings verify = new VerifySettings();
        ErrorRateCheck rate = new ErrorRateCheck();
        rate.setMargin(1.3);
        verify.setChecks(List.of(rate));
        verify.setPrometheus("http://127.0.0.1:9090");
        SigV4Auth auth = new SigV4Auth("eu-central-1", "aws");
        auth.setSessionTokenId("session");
        auth.setService("other");
        verify.setAuth(auth);
        verify.setHeaders(List.of(new Setting("X-Scope-OrgID", "team")));
        verify.setSecretHeaders(List.of(new Setting("X-Key", "key")));
        verify.setCaCertificate("pem");
        verify.setClientCertificateId("me");
        verify.setInsecure(true);
        verify.setAllowPlainHttp(true);
        verify.setProxy("proxy:3128");
        verify.setNoProxy(List.of(".a", "b"));
        verify.setQueryTimeout("5s");
        verify.setInterval("5s");
        verify.setTimeout("1m");
        verify.setOnInconclusive("pass");
        verify.setOnPartial("accept");
        verify.setPodWarmUp("30s");
        step.setVerify(verify);
        step.setPause("promotion");
        step.setOnConcurrent("takeOver");
        step.setDryRun(true);
        return step;
    }

    private static DeployModelStep with(RolloutStrategy strategy, RolloutTraffic traffic) {
        DeployModelStep step = new DeployModelStep("churn", "a/b:1");
        step.setStrategy(strategy);
        step.setTraffic(traffic);
        return step;
    }

    private static List<DeployModelStep> everyWay() {
        BlueGreenStrategy blueGreen = new BlueGreenStrategy();
        blueGreen.setHold("1m");
        blueGreen.setScaleDownDelay("10m");
        ShadowStrategy shadow = new ShadowStrategy();
        shadow.setPercent(50);
        shadow.setHold("1m");
        RollingStrategy rolling = new RollingStrategy();
        rolling.setHold("1m");
        CanaryStrategy inPlace = new CanaryStrategy();
        inPlace.setMaxSurge(0);
        IstioTraffic istio = new IstioTraffic("route");
        istio.setDestinationRule("rule");
        return List.of(with(blueGreen, new GatewayTraffic("route")), with(shadow, istio), with(rolling, new ReplicaRatioTraffic()), with(inPlace, new NginxTraffic("web")));
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
        OAuth2Auth auth = new OAuth2Auth("https://login.example.org/token", "client");
        auth.setScopes(List.of("read", "more"));
        auth.setAudience("prom");
        step.setAuth(auth);
        step.setHeaders(List.of(new Setting("X-Scope-OrgID", "it's"), new Setting("B", "2")));
        step.setSecretHeaders(List.of(new Setting("X-Key", "key")));
        step.setCaCertificate("pem");
        step.setClientCertificateId("me");
        step.setInsecure(true);
        step.setAllowPlainHttp(true);
        step.setRequestsFrom("agent");
        step.setProxy("proxy:3128");
        step.setNoProxy(List.of(".a", "b"));
        step.setQueryTimeout("5s");
        step.setCanary("track=\"canary\"");
        step.setStable("track=\"stable\"");
        step.setScrapeCanary(List.of("http://127.0.0.1/a", "http://127.0.0.1/b"));
        step.setScrapeStable(List.of("http://127.0.0.1/c"));
        step.setInterval("5s");
        step.setTimeout("1m");
        step.setOnInconclusive("unstable");
        step.setOnPartial("accept");
        step.setPodWarmUp("30s");
        return step;
    }

    @Test
    public void formsKeepEverything() throws Exception {
        List<Step> steps = new ArrayList<>(List.of(
                fullBuildImage(), fullProvision(), fullDeploy(), ownPods(), fullVerify(), new BuildImageStep("m", "a/b"), new ProvisionStep("d"), new VerifyMetricsStep()));
        steps.addAll(everyWay());
        for (Step step : steps) {
            try {
                JENKINS.assertEqualDataBoundBeans(step, forms.configRoundTrip(step));
            } catch (AssertionError e) {
                throw new AssertionError(step.getDescriptor().getFunctionName(), e);
            }
        }
        DeployModelStep step = new DeployModelStep("churn", "a/b:1");
        step.setAccess(kubeconfig("kube", "prod"));
        assertEquals("prod", ((KubeconfigAccess) forms.configRoundTrip(step).getAccess()).getContext());
        assertFalse(((KubeconfigAccess) forms.configRoundTrip(step).getAccess()).isInsecure());
        ((KubeconfigAccess) step.getAccess()).setInsecure(true);
        assertTrue(((KubeconfigAccess) forms.configRoundTrip(step).getAccess()).isInsecure());
        DeployModelStep bare = forms.configRoundTrip(new DeployModelStep("churn", "a/b:1"));
        assertNull("the form's first choice names no cluster", bare.getCluster());
        assertNull(bare.getAccess());
        assertNull(bare.getVerify());
        assertEquals(new DeployModelStep("churn", "a/b:1").request(null), bare.request(null));
        VerifyMetricsStep login = new VerifyMetricsStep();
        login.setAuth(new SigV4Auth("eu-central-1", "aws"));
        login.setCaCertificate("-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----");
        VerifyMetricsStep again = forms.configRoundTrip(login);
        JENKINS.assertEqualDataBoundBeans(login.getAuth(), again.getAuth());
        assertEquals("the line ends of a text area are not those of the text", login.getCaCertificate(), again.getCaCertificate());
        step.setAccess(new InClusterAccess());
        assertEquals("https://kubernetes.default.svc", ((InClusterAccess) forms.configRoundTrip(step).getAccess()).getUrl());
    }

    /** The browser loads the fields of a chosen strategy when they are looked at, so a form may be sent without them. */
    @Test
    public void aStrategyWhoseFieldsWereNotLoadedHasItsDefaults() throws Exception {
        RolloutStrategy canary = JENKINS.executeOnServer(
                () -> JENKINS.jenkins.getDescriptorByType(CanaryStrategy.DescriptorImpl.class).newInstance(Stapler.getCurrentRequest2(), new JSONObject()));
        assertEquals(new CanaryStrategy().strategy(), canary.strategy());
    }

    @Test
    public void snippetsAreWhatAPersonWouldWrite() throws Exception {
        snippets.assertRoundTrip(new BuildImageStep("model", "ml/churn:1"), "mlBuildImage image: 'ml/churn:1', model: 'model'");
        snippets.assertRoundTrip(fullBuildImage(),
                "mlBuildImage base: 'python:3.12-slim', entrypoint: ['python', 'serve.py'], env: [A: 'it\\'s', B: '2'], image: 'registry.example.com/ml/churn:1', include: ['.env', 'certs/ca.pem'], insecure: true, "
                        + "labels: [team: 'risk'], layout: 'image', model: 'model', modelPath: '/mnt/models', platform: 'linux/arm64', port: 9000, push: false, timeout: '5m'");
        snippets.assertRoundTrip(new ProvisionStep("infra"), "mlProvision 'infra'");
        snippets.assertRoundTrip(fullProvision(),
                "mlProvision action: 'plan', allowDestroy: true, backendConfig: [bucket: 'state'], cluster: 'production', dir: 'infra', executable: '/opt/terraform', "
                        + "lockTimeout: '1m', namespace: 'ml', timeout: '2h', tool: 'terraform', varFiles: ['a.tfvars', 'b.tfvars'], variables: [model: 'churn']");
        snippets.assertRoundTrip(fullDeploy(),
                "mlDeployModel(cluster: 'staging', cpu: '500m', env: [LOG_LEVEL: 'info'], image: 'a/b:1', memory: '1Gi', metricsPath: '/prom', name: 'churn', namespace: 'ml', port: 9000, "
                        + "progressDeadline: '3m', readyPath: '/ready', replicas: 5, requireDigest: true, resolveTag: false, strategy: canary(hold: '2m', steps: [5, 25, 50]), timeout: '30m', traffic: replicaRatio()) {\n    // some block\n}");
        snippets.assertRoundTrip(ownPods(),
                "mlDeployModel(allowFrom: ['web', '10.0.0.0/8'], autoscale: autoscale(cpu: 70, max: 20, memory: 90, metrics: [in_flight: '20'], min: 2, prometheus: 'http://127.0.0.1:9090', "
                        + "queries: ['sum(x)': '5']), configMaps: ['settings', 'more'], disruptionBudget: '25%', dryRun: true, gpu: 2, identity: ['eks.amazonaws.com/role-arn': 'arn:x'], image: 'a/b:1', "
                        + "livePath: '/live', manifests: 'k8s/', metricsPort: 9001, name: 'churn', nodeSelector: [accelerator: 't4'], onConcurrent: 'takeOver', pause: 'promotion', registryCredentialsId: 'registry', secrets: ['keys'], "
                        + "serviceAccount: 'runner', strategy: canary(), tolerations: ['nvidia.com/gpu:NoSchedule'], traffic: replicaRatio(), "
                        + "verify: metrics(allowPlainHttp: true, auth: sigV4(credentialsId: 'aws', region: 'eu-central-1', service: 'other', sessionTokenId: 'session'), caCertificate: 'pem', checks: [errorRate(margin: 1.3)], "
                        + "clientCertificateId: 'me', headers: ['X-Scope-OrgID': 'team'], insecure: true, interval: '5s', noProxy: ['.a', 'b'], onInconclusive: 'pass', onPartial: 'accept', podWarmUp: '30s', "
                        + "prometheus: 'http://127.0.0.1:9090', proxy: 'proxy:3128', queryTimeout: '5s', secretHeaders: ['X-Key': 'key'], timeout: '1m')) {\n    // some block\n}");
        List<String> ways = List.of(
                "strategy: blueGreen(hold: '1m', scaleDownDelay: '10m'), traffic: gateway('route')", "strategy: shadow(hold: '1m', percent: 50), traffic: istio(destinationRule: 'rule', virtualService: 'route')",
                "strategy: rolling(hold: '1m'), traffic: replicaRatio()", "strategy: canary(maxSurge: 0), traffic: nginx('web')");
        for (int i = 0; i < ways.size(); i++) {
            snippets.assertRoundTrip(everyWay().get(i), "mlDeployModel(image: 'a/b:1', name: 'churn', " + ways.get(i) + ") {\n    // some block\n}");
        }
        DeployModelStep byFile = new DeployModelStep("churn", "a/b:1");
        byFile.setAccess(kubeconfig("kube", "prod"));
        snippets.assertRoundTrip(byFile,
                "mlDeployModel(access: kubeconfig(context: 'prod', credentialsId: 'kube'), image: 'a/b:1', name: 'churn') {\n    // some block\n}");
        snippets.assertRoundTrip(new VerifyMetricsStep(), "mlVerifyMetrics()");
        snippets.assertRoundTrip(fullVerify(),
                "mlVerifyMetrics allowPlainHttp: true, auth: oauth2(audience: 'prom', credentialsId: 'client', scopes: ['read', 'more'], tokenUrl: 'https://login.example.org/token'), caCertificate: 'pem', canary: 'track=\"canary\"', checks: [errorRate(errors: 'code=~\"5..|429\"', margin: 1.3), "
                        + "threshold(count: 5, max: 2.0E9, name: 'memory', onNoData: 'fail', query: 'max(memory)')], clientCertificateId: 'me', headers: ['X-Scope-OrgID': 'it\\'s', B: '2'], insecure: true, interval: '5s', noProxy: ['.a', 'b'], onInconclusive: 'unstable', onPartial: 'accept', podWarmUp: '30s', "
                        + "prometheus: 'http://127.0.0.1:9090', proxy: 'proxy:3128', queryTimeout: '5s', requestsFrom: 'agent', scrapeCanary: ['http://127.0.0.1/a', 'http://127.0.0.1/b'], scrapeStable: ['http://127.0.0.1/c'], "
                        + "secretHeaders: ['X-Key': 'key'], stable: 'track=\"stable\"', timeout: '1m'");
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
        for (Class<?> type : List.of(BuildImageStep.class, ProvisionStep.class, DeployModelStep.class, VerifyMetricsStep.class, ErrorRateCheck.class, LatencyCheck.class, DistributionCheck.class,
                GaugeCheck.class, ThresholdCheck.class, ExpressionCheck.class, CanaryStrategy.class, BlueGreenStrategy.class, ShadowStrategy.class, RollingStrategy.class, GatewayTraffic.class, IstioTraffic.class, NginxTraffic.class, AutoscaleSettings.class,
                VerifySettings.class, OAuth2Auth.class, SigV4Auth.class, Setting.class, KubeconfigAccess.class, InClusterAccess.class, ApiServerAccess.class, ClusterConfiguration.class)) {
            for (DescribableParameter parameter : DescribableModel.of(type).getParameters()) {
                if (!hasHelp(type, parameter.getName())) {
                    missing.add(type.getSimpleName() + "." + parameter.getName());
                }
            }
            if (Step.class.isAssignableFrom(type)) {
                assertNotNull(type.getResource(type.getSimpleName() + "/help.html"));
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(DescribableModel.of(DeployModelStep.class).getParameters().size() > 30);
    }

    /** Of a field that is inherited the help is in the folder of the class that has it, where Jenkins and the reference of steps look as well. */
    private static boolean hasHelp(Class<?> type, String field) {
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            if (c.getResource(c.getSimpleName() + "/help-" + field + ".html") != null) {
                return true;
            }
        }
        return false;
    }

    @Test
    public void theFormsFieldsAreCheckedByTheEnginesRules() {
        DeployModelStep.DescriptorImpl descriptor = JENKINS.jenkins.getDescriptorByType(DeployModelStep.DescriptorImpl.class);
        assertEquals("&#039;a b&#039; is not a valid path. Begin it with &#039;/&#039;, such as /v2/health/ready.", descriptor.doCheckLivePath(null, "a b").getMessage());
        assertEquals("&#039;x&#039; is not a valid Kubernetes quantity. Write it like 500m, 2 or 1Gi.", descriptor.doCheckMemory(null, "x").getMessage());
        assertEquals(FormValidation.Kind.ERROR, descriptor.doCheckNamespace(null, "A").kind);
        assertEquals(FormValidation.Kind.ERROR, descriptor.doCheckName(null, "Churn").kind);
        assertEquals(FormValidation.Kind.OK, descriptor.doCheckName(null, "churn").kind);
        assertEquals(FormValidation.Kind.OK, descriptor.doCheckCpu(null, "").kind);
        assertEquals(FormValidation.Kind.ERROR, JENKINS.jenkins.getDescriptorByType(BlueGreenStrategy.DescriptorImpl.class).doCheckScaleDownDelay(null, "soon").kind);
        assertEquals(FormValidation.Kind.ERROR, JENKINS.jenkins.getDescriptorByType(GatewayTraffic.DescriptorImpl.class).doCheckRoute(null, "").kind);
    }

    private static KubeconfigAccess kubeconfig(String id, String context) {
        KubeconfigAccess cluster = new KubeconfigAccess(id);
        cluster.setContext(context);
        return cluster;
    }
}
