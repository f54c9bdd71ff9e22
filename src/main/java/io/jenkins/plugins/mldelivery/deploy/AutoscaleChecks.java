package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.regex.Pattern;

/** Checks how a model is to scale by itself. */
final class AutoscaleChecks {
    private static final String PARAMETER = "autoscale";
    private static final Pattern NUMBER = Pattern.compile("(?:[0-9]*+[.])?[0-9]++");
    private static final int MAX_NUMBER = 40;

    private AutoscaleChecks() {}

    static void check(DeployModelRequest request) throws DeliveryException {
        Autoscale autoscale = request.model().autoscale();
        if (autoscale.min() < 1) {
            throw bad("min is " + autoscale.min(), "Give 1 or more, so that somebody answers.");
        }
        if (autoscale.max() > ModelChecks.MAX_PODS) {
            throw bad("max is " + autoscale.max(), "Give at most " + ModelChecks.MAX_PODS + ".");
        }
        if (autoscale.max() < autoscale.min()) {
            throw bad("max " + autoscale.max() + " is less than min " + autoscale.min(), "Give a max of at least " + autoscale.min() + ".");
        }
        utilization("cpu", autoscale.cpu(), request.pods().cpu(), request);
        utilization("memory", autoscale.memory(), request.pods().memory(), request);
        values("metrics", autoscale.metrics());
        values("queries", autoscale.queries());
        if (autoscale.cpu() == null && autoscale.memory() == null && autoscale.metrics().isEmpty() && autoscale.queries().isEmpty()) {
            throw bad("there is nothing to scale by", "Give cpu, memory, metrics or queries.");
        }
        if (autoscale.byKeda() && !autoscale.metrics().isEmpty()) {
            throw bad("metrics are for a HorizontalPodAutoscaler, queries for KEDA", "Give one of them, such as the metric as a query.");
        }
        prometheus(autoscale);
    }

    private static void utilization(String resource, Integer percent, String requested, DeployModelRequest request) throws DeliveryException {
        if (percent == null) {
            return;
        }
        if (percent < 1) {
            throw bad(resource + " is " + percent + " %", "Give the wanted use in percent, such as 80.");
        }
        if (requested == null && request.model().manifests() == null) {
            throw bad(
                    percent + " % of the requested " + resource + (percent.equals(Autoscale.DEFAULT_CPU) && resource.equals("cpu") ? ", the default," : "") + " needs a request",
                    "Give the request of a pod as `" + resource + "` of `mlDeployModel`, or scale by something else.");
        }
    }

    private static void values(String what, Map<String, String> values) throws DeliveryException {
        for (Map.Entry<String, String> entry : values.entrySet()) {
            if (entry.getKey().isBlank()) {
                throw bad("there is an empty name in " + what, "Name each.");
            }
            if (what.equals("metrics")) {
                ModelChecks.quantity(PARAMETER, entry.getValue());
            } else if (entry.getValue() == null || entry.getValue().length() > MAX_NUMBER
                    || !NUMBER.matcher(entry.getValue()).matches() || Double.parseDouble(entry.getValue()) <= 0) {
                throw bad("'" + Excerpt.of(entry.getValue()) + "' for '" + entry.getKey() + "' is not a number above 0", "Give the value wanted per pod, such as 20.");
            }
        }
    }

    private static void prometheus(Autoscale autoscale) throws DeliveryException {
        if (autoscale.prometheus() == null && autoscale.queries().isEmpty()) {
            return;
        }
        if (autoscale.queries().isEmpty()) {
            throw bad("prometheus is given, but no queries", "Add queries, or leave prometheus out.");
        }
        try {
            URI uri = new URI(autoscale.prometheus() == null ? "" : autoscale.prometheus());
            if (uri.getHost() == null || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                throw bad("queries need the address of a Prometheus server, not '" + autoscale.prometheus() + "'", "Give `prometheus`, such as http://prometheus.monitoring:9090.");
            }
        } catch (URISyntaxException e) {
            throw bad("'" + autoscale.prometheus() + "' is not an address", "Give `prometheus`, such as http://prometheus.monitoring:9090.");
        }
    }

    private static DeliveryException bad(String problem, String remedy) {
        return DeliveryException.invalid(PARAMETER, problem, remedy);
    }
}
