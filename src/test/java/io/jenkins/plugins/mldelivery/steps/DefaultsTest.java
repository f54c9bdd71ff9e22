package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.deploy.Autoscale;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import io.jenkins.plugins.mldelivery.image.BuildImageRequest;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import io.jenkins.plugins.mldelivery.verify.source.PrometheusAccess;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** A step without parameters asks the engine for just what the engine's own defaults are, so that the command line and Jenkins agree. */
public class DefaultsTest {
    @Test
    public void stepsHaveTheEnginesDefaults() {
        assertEquals(BuildImageRequest.of("m", "i"), new BuildImageStep("m", "i").request());
        assertEquals(ProvisionRequest.of("d"), new ProvisionStep("d").request());
        assertEquals(DeployModelRequest.of("n", "i"), new DeployModelStep("n", "i").request(null));
        assertTrue(new DeployModelStep("n", "i").isResolveTag());
        assertEquals(VerifyMetricsRequest.of(List.of(Check.ErrorRate.defaults())), new VerifyMetricsStep().request());
        assertEquals(VerifyMetricsRequest.of(List.of(Check.ErrorRate.defaults())), new VerifySettings().request());
    }

    @Test
    public void describablesHaveTheEnginesDefaults() {
        assertEquals(Strategy.Canary.defaults(), new CanaryStrategy().strategy());
        assertEquals(Strategy.BlueGreen.defaults(), new BlueGreenStrategy().strategy());
        assertEquals(Strategy.Shadow.defaults(), new ShadowStrategy().strategy());
        assertEquals(Strategy.Rolling.defaults(), new RollingStrategy().strategy());
        assertEquals(Autoscale.defaults(), new AutoscaleSettings().autoscale());
        assertEquals(new PrometheusAccess.OAuth2("u", "c", List.of(), null), new OAuth2Auth("u", "c").authentication());
        assertEquals(new PrometheusAccess.SigV4("r", "c", null, null), new SigV4Auth("r", "c").authentication());
        assertEquals(new TrafficKind.Istio("v", null), new IstioTraffic("v").traffic());
    }

    @Test
    public void checksHaveTheEnginesDefaults() {
        assertEquals(Check.ErrorRate.defaults(), new ErrorRateCheck().check());
        assertEquals(Check.Latency.defaults(), new LatencyCheck().check());
        assertEquals(Check.Distribution.of("n", "m"), new DistributionCheck("n", "m").check());
        assertEquals(Check.Gauge.of("n", null, null), new GaugeCheck("n").check());
        assertEquals(Check.Threshold.of("n", "q", null, null), new ThresholdCheck("n", "q").check());
        assertEquals(Check.Expression.of("n", Map.of(), null, null), new ExpressionCheck("n").check());
    }

    /** A text that is empty in a form is one that was not given. */
    @Test
    public void blankTextsAreNotGiven() {
        ErrorRateCheck rate = new ErrorRateCheck();
        rate.setName(" ");
        rate.setPreset("");
        rate.setMetric("");
        rate.setLabels(" ");
        rate.setErrors("");
        rate.setImportance("");
        rate.setWarmUp("");
        assertEquals(Check.ErrorRate.defaults(), rate.check());
        GaugeCheck gauge = new GaugeCheck("n");
        gauge.setMetric("");
        gauge.setLabels("");
        gauge.setQuery(" ");
        gauge.setWorse("");
        assertEquals(Check.Gauge.of("n", null, null), gauge.check());
        ExpressionCheck expression = new ExpressionCheck("n");
        expression.setPass(" ");
        expression.setFail("");
        expression.setOnNoData("");
        expression.setOnNaN("");
        expression.setOnError("");
        assertEquals(Check.Expression.of("n", Map.of(), null, null), expression.check());
    }
}
