package io.jenkins.plugins.mldelivery.deploy;

import io.fabric8.kubernetes.api.model.Quantity;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.math.BigDecimal;
import java.util.Map;

/** Checks what the pods of a model and their surroundings are to be like. */
final class ModelChecks {
    private static final int MAX_PORT = 65_535;

    private ModelChecks() {}

    static void check(DeployModelRequest request) throws DeliveryException {
        PodSettings pods = request.pods();
        if (request.model().replicas() < 1) {
            throw DeliveryException.invalid("replicas", "there must be at least 1, not " + request.model().replicas(), "Ask for 1 or more.");
        }
        if (Runtime.of(pods.runtime()).isEmpty()) {
            throw DeliveryException.invalid("runtime", "'" + pods.runtime() + "' is not known", "Choose one of: " + Runtime.words() + ".");
        }
        port("port", pods.port());
        port("metricsPort", pods.metricsPort());
        path("readyPath", pods.readyPath());
        path("livePath", pods.livePath());
        path("metricsPath", pods.metricsPath());
        env(pods.env());
        quantity("cpu", pods.cpu());
        quantity("memory", pods.memory());
    }

    private static void port(String parameter, Integer port) throws DeliveryException {
        if (port != null && (port < 1 || port > MAX_PORT)) {
            throw DeliveryException.invalid(parameter, port + " is no port", "Give one from 1 to 65535.");
        }
    }

    private static void env(Map<String, String> env) throws DeliveryException {
        for (String variable : env.keySet()) {
            if (!variable.matches("[A-Za-z_.-][A-Za-z0-9_.-]*")) {
                throw DeliveryException.invalid("env", "'" + variable + "' is no name of an environment variable", "Use letters, digits and '_'.");
            }
        }
    }

    private static void path(String parameter, String path) throws DeliveryException {
        if (path != null && !path.matches("/[A-Za-z0-9._~/-]*")) {
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
