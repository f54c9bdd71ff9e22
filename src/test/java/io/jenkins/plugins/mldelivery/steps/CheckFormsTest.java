package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import hudson.Util;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.verify.Check;
import java.util.List;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.workflow.cps.SnippetizerTester;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.kohsuke.stapler.Stapler;

/** Every kind of check goes through its form and through the snippet generator unchanged, and its fields are checked. */
public class CheckFormsTest {
    @ClassRule
    public static final FormsRule JENKINS = new FormsRule();

    static {
        // The time of the whole class, as in RoundTripTest.
        JENKINS.timeout = 600;
    }

    private final SnippetizerTester snippets = new SnippetizerTester(JENKINS);
    private final StepConfigTester forms = new StepConfigTester(JENKINS);

    /** One check of each kind with a value of its own for every parameter. */
    private static List<MetricCheck> fullChecks() {
        ErrorRateCheck rate = new ErrorRateCheck();
        rate.setName("failures");
        rate.setPreset("vllm");
        rate.setMetric("predictions_total");
        rate.setLabels("model=\"churn\"");
        rate.setErrors("outcome=~\"error|timeout\"");
        rate.setMargin(1.3);
        rate.setAcceptable(0);
        rate.setMinRequests(1000);
        LatencyCheck latency = new LatencyCheck();
        latency.setName("slow");
        latency.setPreset("vllm");
        latency.setMetric("predict_seconds");
        latency.setLabels("model=\"churn\"");
        latency.setQuantile(0.95);
        latency.setBound(0.5);
        latency.setMargin(2);
        latency.setAcceptable(0.01);
        latency.setMinRequests(1000);
        DistributionCheck distribution = new DistributionCheck("scores", "prediction_score");
        distribution.setLabels("model=\"churn\"");
        distribution.setFloor(0.25);
        distribution.setMinSamples(5_000_000_000L);
        GaugeCheck gauge = new GaugeCheck("accuracy");
        gauge.setMetric("model_accuracy");
        gauge.setLabels("model=\"churn\"");
        gauge.setQuery("avg(model_accuracy{TRACK})");
        gauge.setWorse("lower");
        gauge.setTolerance(0.02);
        gauge.setLow(0.0);
        gauge.setHigh(1.0);
        gauge.setMinSamples(9);
        ThresholdCheck threshold = new ThresholdCheck("memory", "max(memory)");
        threshold.setMin(0.0);
        threshold.setMax(2e9);
        ExpressionCheck expression = new ExpressionCheck("cost");
        expression.setQueries(List.of(new Setting("canary", "sum(cost{track=\"canary\"})"), new Setting("stable", "sum(cost)")));
        expression.setPass("canary < 1.2 * stable");
        expression.setFail("canary > 2 * stable && stable > 0");
        for (ComparisonCheck comparison : List.of(rate, latency, distribution, gauge)) {
            comparison.setAlpha(0.001);
            comparison.setBeta(0.1);
            comparison.setWeight(2.5);
        }
        for (MeasuredCheck measured : List.of(threshold, expression)) {
            measured.setCount(5);
            measured.setFailureLimit(-1);
            measured.setConsecutiveFailureLimit(0);
            measured.setConsecutiveSuccessLimit(2);
            measured.setInconclusiveLimit(-1);
            measured.setOnNoData("pass");
            measured.setOnNaN("inconclusive");
            measured.setOnError("fail");
        }
        List<MetricCheck> checks = List.of(rate, latency, distribution, gauge, threshold, expression);
        checks.forEach(check -> {
            check.setImportance("warning");
            check.setWarmUp("30s");
        });
        return checks;
    }

    private static List<MetricCheck> bareChecks() {
        return List.of(
                new ErrorRateCheck(), new LatencyCheck(), new DistributionCheck("scores", "prediction_score"), new GaugeCheck("accuracy"), new ThresholdCheck("memory", "max(memory)"),
                new ExpressionCheck("cost"));
    }

    private static VerifyMetricsStep verify(List<MetricCheck> checks) {
        VerifyMetricsStep step = new VerifyMetricsStep();
        step.setChecks(checks);
        return step;
    }

    @Test
    public void formsOfChecksKeepEverything() throws Exception {
        for (List<MetricCheck> checks : List.of(fullChecks(), bareChecks())) {
            VerifyMetricsStep step = verify(checks);
            assertEquals(step.request(), forms.configRoundTrip(step).request());
        }
        // The same forms one level deeper, where the list of checks is not the step's own.
        DeployModelStep deploy = new DeployModelStep("churn", "a/b:1");
        deploy.setVerify(new VerifySettings());
        deploy.getVerify().setChecks(fullChecks());
        assertEquals(deploy.request(null), forms.configRoundTrip(deploy).request(null));
    }

    /** As the form sends it when a person has emptied each field, or has written something else than a number. */
    @Test
    public void emptyFieldsAreDefaultsAndWrongNumbersAreRefused() throws Exception {
        JSONObject empty = new JSONObject();
        for (DescribableParameter parameter : DescribableModel.of(LatencyCheck.class).getParameters()) {
            empty.put(parameter.getName(), "");
        }
        assertEquals(Check.Latency.defaults(), bound(LatencyCheck.class, empty).check());
        empty.put("minRequests", " 7 ");
        assertEquals(7, ((Check.Latency) bound(LatencyCheck.class, empty).check()).minRequests());
        for (String[] wrong : new String[][] {{"bound", "0,5"}, {"alpha", "small"}, {"minRequests", "1.5"}}) {
            JSONObject form = new JSONObject();
            form.put(wrong[0], wrong[1]);
            Descriptor.FormException refused = assertThrows(Descriptor.FormException.class, () -> bound(LatencyCheck.class, form));
            assertEquals("'" + wrong[1] + "' is not a number. Write it like 10 or 0.5.", refused.getMessage());
            assertEquals(wrong[0], refused.getFormField());
        }
    }

    private static MetricCheck bound(Class<? extends MetricCheck> type, JSONObject form) throws Exception {
        return JENKINS.executeOnServer(() -> ((MetricCheck.MetricCheckDescriptor) JENKINS.jenkins.getDescriptorOrDie(type)).newInstance(Stapler.getCurrentRequest2(), form));
    }

    @Test
    public void snippetsOfChecksAreWhatAPersonWouldWrite() throws Exception {
        String common = "importance: 'warning', ";
        String measured = "consecutiveFailureLimit: 0, consecutiveSuccessLimit: 2, count: 5, ";
        String policies = "onError: 'fail', onNaN: 'inconclusive', onNoData: 'pass', ";
        List<String> full = List.of(
                "errorRate(acceptable: 0.0, alpha: 0.001, beta: 0.1, errors: 'outcome=~\"error|timeout\"', " + common + "labels: 'model=\"churn\"', margin: 1.3, metric: 'predictions_total', minRequests: 1000, "
                        + "name: 'failures', preset: 'vllm', warmUp: '30s', weight: 2.5)",
                "latency(acceptable: 0.01, alpha: 0.001, beta: 0.1, bound: 0.5, " + common + "labels: 'model=\"churn\"', margin: 2.0, metric: 'predict_seconds', minRequests: 1000, name: 'slow', "
                        + "preset: 'vllm', quantile: 0.95, warmUp: '30s', weight: 2.5)",
                "distribution(alpha: 0.001, beta: 0.1, floor: 0.25, " + common + "labels: 'model=\"churn\"', metric: 'prediction_score', minSamples: 5000000000, name: 'scores', warmUp: '30s', weight: 2.5)",
                "gauge(alpha: 0.001, beta: 0.1, high: 1.0, " + common + "labels: 'model=\"churn\"', low: 0.0, metric: 'model_accuracy', minSamples: 9, name: 'accuracy', query: 'avg(model_accuracy{TRACK})', "
                        + "tolerance: 0.02, warmUp: '30s', weight: 2.5, worse: 'lower')",
                "threshold(" + measured + "failureLimit: -1, " + common + "inconclusiveLimit: -1, max: 2.0E9, min: 0.0, name: 'memory', " + policies + "query: 'max(memory)', warmUp: '30s')",
                "expression(" + measured + "fail: 'canary > 2 * stable && stable > 0', failureLimit: -1, " + common + "inconclusiveLimit: -1, name: 'cost', " + policies
                        + "pass: 'canary < 1.2 * stable', queries: [canary: 'sum(cost{track=\"canary\"})', stable: 'sum(cost)'], warmUp: '30s')");
        for (int i = 0; i < full.size(); i++) {
            snippets.assertRoundTrip(verify(List.of(fullChecks().get(i))), "mlVerifyMetrics(checks: [" + full.get(i) + "])");
        }
        snippets.assertRoundTrip(verify(bareChecks()),
                "mlVerifyMetrics(checks: [errorRate(), latency(), distribution(metric: 'prediction_score', name: 'scores'), gauge('accuracy'), threshold(name: 'memory', query: 'max(memory)'), expression('cost')])");
    }

    /** Jenkins looks for it in the folders of the superclasses as well, and so does the reference of steps. */
    @Test
    public void theHelpOfInheritedFieldsIsFound() throws Exception {
        JenkinsRule.WebClient browser = JENKINS.createWebClient();
        for (MetricCheck check : bareChecks()) {
            DescribableModel<?> model = DescribableModel.of(check.getClass());
            for (DescribableParameter parameter : model.getParameters()) {
                String help = parameter.getHelp();
                assertNotNull(check.getClass().getSimpleName() + "." + parameter.getName(), help);
                String page = JENKINS.executeOnServer(() -> check.getDescriptor().getHelpFile(parameter.getName()));
                assertEquals(help.strip(), browser.goTo(page.substring(1)).getWebResponse().getContentAsString().strip());
            }
        }
    }

    @Test
    public void theFieldsOfChecksAreCheckedByTheEnginesRules() {
        ErrorRateCheck.DescriptorImpl rate = descriptor(ErrorRateCheck.DescriptorImpl.class);
        error("it must be above 1 and at most 32, not 1.0. Give a ratio such as 1.5.", rate.doCheckMargin(null, "1"));
        error("'x' is not a number. Write it like 10 or 0.5.", rate.doCheckMargin(null, "x"));
        error("there must be at least 1. Give 1 or more.", rate.doCheckMinRequests(null, "0"));
        error("it must be between 0 and 1, not 2.0. Give an error probability such as 0.01.", rate.doCheckAlpha(null, "2"));
        error("it must be above 0, not 0.0. Give a number such as 1.", rate.doCheckWeight(null, "0"));
        error("'http requests' is not a valid name of a metric. Give the request counter's name, such as http_requests_total.", rate.doCheckMetric(null, "http requests"));
        error("'x_total' is given, and not which of its series are failed requests. Write label matchers, such as code=~\"5..\".", rate.doCheckErrors(null, "", "x_total"));
        error("'code' are not valid label matchers. Write them as in PromQL without the braces, such as code=~\"5..\".", rate.doCheckErrors(null, "code", "x_total"));
        right(rate.doCheckMargin(null, ""), rate.doCheckMargin(null, " 2 "), rate.doCheckErrors(null, "", ""), rate.doCheckLabels(null, "a=\"b\""), rate.doCheckMetric(null, "x_total"), rate.doCheckAcceptable(null, "0"));
        error("'http' is given, and the metric 'x_total' as well. Give one of them.", rate.doCheckPreset(null, "http", "x_total"));
        assertEquals(FormValidation.Kind.ERROR, rate.doCheckPreset(null, "apache", "").kind);
        right(rate.doCheckPreset(null, "auto", "x_total"), rate.doCheckPreset(null, "istio", ""), rate.doCheckPreset(null, "", ""));
        // Each that is offered is one that works.
        for (ListBoxModel.Option preset : rate.doFillPresetItems()) {
            right(rate.doCheckPreset(null, preset.value, ""));
        }
        assertTrue(rate.doFillPresetItems().size() > 10);
        LatencyCheck.DescriptorImpl latency = descriptor(LatencyCheck.DescriptorImpl.class);
        error("the check 'latency' has a quantile and a bound. Give one of them.", latency.doCheckBound(null, "0.5", "0.9"));
        for (ListBoxModel.Option preset : latency.doFillPresetItems()) {
            right(latency.doCheckPreset(null, preset.value, ""));
        }
        error("it must be between 0 and 1, not 1.0. Give a quantile such as 0.99.", latency.doCheckQuantile(null, "1"));
        right(latency.doCheckBound(null, "0.5", ""), latency.doCheckBound(null, "", "0.9"), latency.doCheckBound(null, "0.5", "many"), latency.doCheckLabels(null, ""));
        DistributionCheck.DescriptorImpl distribution = descriptor(DistributionCheck.DescriptorImpl.class);
        error("There is no name. Give one, which the log and the charts show.", distribution.doCheckName(null, " "));
        error("no metric is given. Give the histogram's name, such as prediction_score.", distribution.doCheckMetric(null, ""));
        right(distribution.doCheckName(null, "x"), distribution.doCheckMetric(null, "x"), distribution.doCheckFloor(null, "0.2"), distribution.doCheckMinSamples(null, "1"));
    }

    @Test
    public void theFieldsOfGaugesAndMeasuredChecksAreCheckedByTheEnginesRules() {
        GaugeCheck.DescriptorImpl gauge = descriptor(GaugeCheck.DescriptorImpl.class);
        error("the check 'gauge' must have either a metric or a query, and has neither. Give one of them.", gauge.doCheckMetric(null, "", ""));
        error("the check 'gauge' must have either a metric or a query, and has both. Give one of them.", gauge.doCheckQuery(null, "avg(x{TRACK})", "x"));
        error("the check 'gauge' has none. Give the difference of the means that does not matter, above 0, such as 0.01.", gauge.doCheckTolerance(null, ""));
        assertEquals(FormValidation.Kind.ERROR, gauge.doCheckQuery(null, "avg(x)", "").kind);
        assertEquals(FormValidation.Kind.ERROR, gauge.doCheckLow(null, "2", "1").kind);
        error("only one of the bounds of the check 'gauge' is given. Give both, or none.", gauge.doCheckHigh(null, "", "1"));
        right(gauge.doCheckMetric(null, "x", ""), gauge.doCheckMetric(null, "", "avg(x{TRACK})"), gauge.doCheckLow(null, "0", "1"), gauge.doCheckHigh(null, "", ""), gauge.doCheckTolerance(null, "5"));
        ThresholdCheck.DescriptorImpl threshold = descriptor(ThresholdCheck.DescriptorImpl.class);
        error("the check 'threshold' has no bound. Give min, max or both.", threshold.doCheckMax(null, "", ""));
        error("min is above max in the check 'threshold'. Exchange them.", threshold.doCheckMin(null, "2", "1"));
        error("the check 'threshold' has no query. Give a PromQL query.", threshold.doCheckQuery(null, ""));
        error("the check 'threshold' takes no measurement. Give 1 or more.", threshold.doCheckCount(null, "0"));
        error("it must be 0 or more, or -1 for no limit, not -2. Correct it in the check 'threshold'.", threshold.doCheckConsecutiveFailureLimit(null, "-2"));
        error("it must be 1 or more, or -1 for no limit, not 0. Correct it in the check 'threshold'.", threshold.doCheckConsecutiveSuccessLimit(null, "0"));
        error("it must be 0 or more, or -1 for no limit, not -2. Correct it in the check 'threshold'.", threshold.doCheckFailureLimit(null, "-2"));
        assertEquals(FormValidation.Kind.ERROR, threshold.doCheckWarmUp(null, "soon").kind);
        right(threshold.doCheckMin(null, "", ""), threshold.doCheckMax(null, "1", ""), threshold.doCheckFailureLimit(null, "7"), threshold.doCheckFailureLimit(null, "-1"),
                threshold.doCheckConsecutiveSuccessLimit(null, "9"), threshold.doCheckInconclusiveLimit(null, "-1"), threshold.doCheckWarmUp(null, "2m"));
        ExpressionCheck.DescriptorImpl expression = descriptor(ExpressionCheck.DescriptorImpl.class);
        error("the check 'expression' has no condition. Give pass, fail or both.", expression.doCheckPass(null, "", ""));
        error("'a +' is not a valid condition: it ends too early. Write it like errors < 0.01 && p99 < 0.5.", expression.doCheckFail(null, "a +"));
        right(expression.doCheckPass(null, "a < 1", ""), expression.doCheckPass(null, "", "a < 1"), expression.doCheckFail(null, ""), expression.doCheckFail(null, "a < 1"));
    }

    private static <D extends Descriptor<?>> D descriptor(Class<D> type) {
        return JENKINS.jenkins.getDescriptorByType(type);
    }

    private static void error(String text, FormValidation validation) {
        assertEquals(FormValidation.Kind.ERROR, validation.kind);
        assertEquals(Util.escape(text), validation.getMessage());
    }

    private static void right(FormValidation... validations) {
        for (FormValidation validation : validations) {
            assertEquals(validation.getMessage(), FormValidation.Kind.OK, validation.kind);
        }
    }
}
