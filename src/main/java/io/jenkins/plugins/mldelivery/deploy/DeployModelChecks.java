package io.jenkins.plugins.mldelivery.deploy;

import io.fabric8.kubernetes.api.model.Quantity;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.ImageReference;
import io.jenkins.plugins.mldelivery.delivery.Names;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Checks a request before anything is touched, and parses what it holds as text. */
final class DeployModelChecks {
    private static final int MAX_NAMESPACE = 63;
    private static final int MAX_PORT = 65_535;

    private DeployModelChecks() {}

    /** The parsed parts of a request. */
    record Checked(List<Integer> steps, Duration hold, Duration progressDeadline, Duration timeout) {}

    static Checked check(DeployModelRequest request) throws DeliveryException {
        Names.dnsLabel("name", request.name(), DeployModelRequest.MAX_NAME_LENGTH);
        Names.dnsLabel("namespace", request.namespace(), MAX_NAMESPACE);
        ImageReference image = ImageReference.parse("image", request.image());
        if (request.requireDigest() && image.digest() == null) {
            throw DeliveryException.invalid(
                    "image", "'" + request.image() + "' has no digest, and requireDigest asks for one",
                    "Deploy the 'image' of mlBuildImage's result, which names its digest.");
        }
        if (request.replicas() < 1) {
            throw DeliveryException.invalid("replicas", "there must be at least 1, not " + request.replicas(), "Ask for 1 or more.");
        }
        if (request.port() < 1 || request.port() > MAX_PORT) {
            throw DeliveryException.invalid("port", request.port() + " is no port", "Give one from 1 to 65535.");
        }
        path("readyPath", request.readyPath());
        path("metricsPath", request.metricsPath());
        env(request.env());
        quantity("cpu", request.cpu());
        quantity("memory", request.memory());
        Strategy.Canary canary = (Strategy.Canary) request.strategy();
        int last = 0;
        for (Integer step : canary.steps()) {
            if (step == null || step < 1 || step > 99 || step <= last) {
                throw DeliveryException.invalid(
                        "steps", canary.steps() + " are no traffic steps", "Give rising percentages from 1 to 99, such as 10, 50.");
            }
            last = step;
        }
        if (canary.steps().isEmpty()) {
            throw DeliveryException.invalid("steps", "there is no traffic step", "Give rising percentages from 1 to 99, such as 10, 50.");
        }
        Duration progressDeadline = Durations.parse("progressDeadline", request.progressDeadline());
        if (progressDeadline.toSeconds() < 1) {
            throw DeliveryException.invalid("progressDeadline", "it is shorter than a second", "Give the pods time to start, such as 10m.");
        }
        Duration hold = Durations.parse("hold", canary.hold());
        Duration timeout = Durations.parse("timeout", request.timeout());
        if (timeout.compareTo(hold.multipliedBy(canary.steps().size())) <= 0) {
            throw DeliveryException.invalid(
                    "timeout", Durations.format(timeout) + " is not longer than the steps are held",
                    "Give the whole rollout more time, or hold its steps shorter.");
        }
        return new Checked(canary.steps(), hold, progressDeadline, timeout);
    }

    private static void env(Map<String, String> env) throws DeliveryException {
        for (String variable : env.keySet()) {
            if (!variable.matches("[A-Za-z_.-][A-Za-z0-9_.-]*")) {
                throw DeliveryException.invalid("env", "'" + variable + "' is no name of an environment variable", "Use letters, digits and '_'.");
            }
        }
    }

    private static void path(String parameter, String path) throws DeliveryException {
        if (path == null || !path.matches("/[A-Za-z0-9._~/-]*")) {
            throw DeliveryException.invalid(parameter, "'" + path + "' is no path", "Begin it with '/', such as /v2/health/ready.");
        }
    }

    private static void quantity(String parameter, String text) throws DeliveryException {
        if (text == null) {
            return;
        }
        try {
            if (Quantity.getAmountInBytes(new Quantity(text)).compareTo(BigDecimal.ZERO) <= 0) {
                throw new IllegalArgumentException("not positive");
            }
        } catch (RuntimeException e) {
            throw DeliveryException.invalid(parameter, "'" + text + "' is no Kubernetes quantity", "Write it like 500m, 2 or 1Gi.");
        }
    }
}
