package io.jenkins.plugins.mldelivery.deploy;

import io.fabric8.kubernetes.api.model.Quantity;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.Names;
import io.jenkins.plugins.mldelivery.delivery.NearestName;
import io.jenkins.plugins.mldelivery.deploy.targets.AllowFrom;
import io.jenkins.plugins.mldelivery.deploy.targets.ModelManifests;
import io.jenkins.plugins.mldelivery.deploy.targets.Tolerations;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Checks what the pods of a model and their surroundings are to be like. */
final class ModelChecks {
    /** Pods of a track: larger numbers are slips, and would be asked of the cluster. */
    static final int MAX_PODS = 10_000;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_OBJECT_NAME = 253;
    private static final int MAX_QUANTITY = 40;

    private ModelChecks() {}

    static void check(DeployModelRequest request) throws DeliveryException {
        PodSettings pods = request.pods();
        int replicas = request.model().replicas();
        if (replicas < 1 || replicas > MAX_PODS) {
            throw DeliveryException.invalid(
                    "replicas", "it must be from 1 to " + MAX_PODS + ", not " + replicas, "Give a number of pods such as 3.");
        }
        if (Runtime.of(pods.runtime()).isEmpty()) {
            throw DeliveryException.invalid("runtime", "'" + Excerpt.of(pods.runtime()) + "' is not known", NearestName.hint(pods.runtime(), List.of(Runtime.words().split(", "))) + "Choose one of: " + Runtime.words() + ".");
        }
        port("port", pods.port());
        port("metricsPort", pods.metricsPort());
        path("readyPath", pods.readyPath());
        path("livePath", pods.livePath());
        path("metricsPath", pods.metricsPath());
        env(pods.env());
        quantity("cpu", pods.cpu());
        quantity("memory", pods.memory());
        config("configMaps", pods.configMaps());
        config("secrets", pods.secrets());
        scheduling(pods);
        surroundings(request.model());
        if (request.model().autoscale() != null) {
            AutoscaleChecks.check(request);
        }
        manifests(request);
    }

    private static void config(String parameter, List<String> names) throws DeliveryException {
        for (String name : names) {
            Names.dnsSubdomain(parameter, name, MAX_OBJECT_NAME);
        }
        if (Set.copyOf(names).size() < names.size()) {
            throw DeliveryException.invalid(parameter, names + " has a name twice", "Leave one of them out.");
        }
    }

    private static void scheduling(PodSettings pods) throws DeliveryException {
        if (pods.gpu() < 0) {
            throw DeliveryException.invalid("gpu", "it must be 0 or more, not " + pods.gpu(), "Give a number of GPUs such as 1.");
        }
        for (Map.Entry<String, String> label : pods.nodeSelector().entrySet()) {
            Names.qualified("nodeSelector", label.getKey());
            Names.labelValue("nodeSelector", label.getValue());
        }
        Tolerations.parse(pods.tolerations());
    }

    private static void surroundings(ModelSettings model) throws DeliveryException {
        if (model.disruptionBudget() == null || !model.disruptionBudget().matches("none|[0-9]{1,5}|[1-9]?[0-9]%|100%")) {
            throw DeliveryException.invalid("disruptionBudget", "'" + Excerpt.of(model.disruptionBudget()) + "' is not a valid number of pods", "Give a number such as 1, a percentage such as 25%, or none.");
        }
        AllowFrom.parse(model.allowFrom());
        if (model.serviceAccount() != null) {
            Names.dnsSubdomain("serviceAccount", model.serviceAccount(), MAX_OBJECT_NAME);
        }
        for (String annotation : model.identity().keySet()) {
            Names.qualified("identity", annotation);
        }
    }

    /** What the manifests say of the pods, the parameters would have no say in. */
    private static void manifests(DeployModelRequest request) throws DeliveryException {
        if (request.model().manifests() == null) {
            return;
        }
        ModelManifests manifests = ModelManifests.of(request);
        PodSettings pods = request.pods();
        without("livePath", pods.livePath() != null);
        without("readyPath", pods.readyPath() != null);
        without("env", !pods.env().isEmpty());
        without("configMaps", !pods.configMaps().isEmpty());
        without("secrets", !pods.secrets().isEmpty());
        without("cpu", pods.cpu() != null);
        without("memory", pods.memory() != null);
        without("gpu", pods.gpu() != 0);
        without("nodeSelector", !pods.nodeSelector().isEmpty());
        without("tolerations", !pods.tolerations().isEmpty());
        without("serviceAccount", request.model().serviceAccount() != null);
        without("identity", !request.model().identity().isEmpty());
        if (request.model().autoscale() != null && (manifests.has("HorizontalPodAutoscaler") || manifests.has("ScaledObject"))) {
            throw DeliveryException.invalid("autoscale", "the manifests have an autoscaler already, and two would fight", "Leave one of them out.");
        }
    }

    private static void without(String parameter, boolean given) throws DeliveryException {
        if (given) {
            throw DeliveryException.invalid(parameter, "with manifests, of which only image, labels and traffic are managed, it would do nothing", "Write it into the manifests, or leave them out.");
        }
    }

    private static void port(String parameter, Integer port) throws DeliveryException {
        if (port != null && (port < 1 || port > MAX_PORT)) {
            throw DeliveryException.invalid(parameter, "it must be from 1 to 65535, not " + port, "Give a port such as 8080.");
        }
    }

    private static void env(Map<String, String> env) throws DeliveryException {
        for (String variable : env.keySet()) {
            if (!variable.matches("[A-Za-z_.-][A-Za-z0-9_.-]*")) {
                throw DeliveryException.invalid("env", "'" + Excerpt.of(variable) + "' is not a valid name of an environment variable", "Use letters, digits and '_'.");
            }
        }
    }

    private static void path(String parameter, String path) throws DeliveryException {
        // It is put behind the path of the API server's proxy to a pod, from which dots would lead elsewhere.
        boolean dots = path != null && Stream.of(path.split("/")).anyMatch(part -> part.equals(".") || part.equals(".."));
        if (dots || path != null && !path.matches("/[A-Za-z0-9._~/-]*")) {
            throw DeliveryException.invalid(parameter, "'" + Excerpt.of(path) + "' is not a valid path", "Begin it with '/', such as /v2/health/ready.");
        }
    }

    static void quantity(String parameter, String text) throws DeliveryException {
        if (text == null) {
            return;
        }
        try {
            if (text.length() > MAX_QUANTITY) {
                throw new IllegalArgumentException("too long");
            }
            if (Quantity.getAmountInBytes(new Quantity(text)).compareTo(BigDecimal.ZERO) <= 0) {
                throw new IllegalArgumentException("not positive");
            }
        } catch (RuntimeException e) {
            throw DeliveryException.invalid(parameter, "'" + Excerpt.of(text) + "' is not a valid Kubernetes quantity", "Write it like 500m, 2 or 1Gi.");
        }
    }
}
