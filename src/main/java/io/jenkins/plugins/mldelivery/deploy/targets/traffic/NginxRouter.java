package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.IngressClass;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.deploy.TrafficSplit;
import io.jenkins.plugins.mldelivery.deploy.TrafficStatus;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Divides traffic by the canary annotations of ingress-nginx: a second Ingress <code>INGRESS-canary</code> with the paths of the user's that lead to the model. The user's own Ingress is only read.
 * ingress-nginx writes nothing of it anywhere, so a split counts as confirmed when it is read back.
 */
public final class NginxRouter implements ClusterRouter {
    private static final String PREFIX = "nginx.ingress.kubernetes.io/";
    private static final String CANARY = PREFIX + "canary";
    private static final String WEIGHT = PREFIX + "canary-weight";
    private static final String CLASS_ANNOTATION = "kubernetes.io/ingress.class";
    private static final String CONTROLLER = "ingress-nginx";
    private static final String MODEL_LABEL = "ml-delivery.io/model";
    private static final ResourceDefinitionContext TYPE = ClusterObject.type("networking.k8s.io", "v1", "ingresses", "Ingress", true);

    private final KubernetesClient client;
    private final ClusterObject ingress;
    private final ClusterObject canary;
    private final String namespace;
    private final String model;
    private final String canaryName;

    /** @param name of the user's Ingress */
    NginxRouter(KubernetesClient client, String namespace, String model, String name) {
        this.client = client;
        this.namespace = namespace;
        this.model = model;
        this.canaryName = name + "-canary";
        this.ingress = new ClusterObject(client, TYPE, namespace, name, "ingress");
        this.canary = new ClusterObject(client, TYPE, namespace, canaryName, "ingress");
    }

    @Override
    public List<Right> rights() {
        return List.of(ingress.right("get"), canary.right("get", "create", "patch", "delete"));
    }

    /** Only reads. */
    @Override
    public void checkAccess() throws DeliveryException {
        GenericKubernetesResource found = ingress.require("Choose another kind of traffic.");
        if (paths(found).isEmpty() && defaultBackend(found) == null) {
            throw ingress.wrong("no path of " + ingress.title() + " leads to Service '" + model + "'", "Add the Service as the backend of a path.");
        }
        if ("true".equals(annotations(found).get(CANARY))) {
            throw ingress.wrong(ingress.title() + " is a canary itself", "Name the Ingress that it is the canary of.");
        }
        String controller = controller(found);
        if (controller != null && !controller.contains(CONTROLLER)) {
            throw ingress.wrong("the class of " + ingress.title() + " belongs to the controller " + controller + ", which knows no canaries of ingress-nginx", "Choose another kind of traffic.");
        }
        GenericKubernetesResource present = canary.read();
        if (present != null && !isOurs(present)) {
            throw othersCanary(present);
        }
    }

    private DeliveryException othersCanary(GenericKubernetesResource present) {
        String owner = labels(present).get(MODEL_LABEL);
        return ingress.wrong(
                canary.title() + (owner == null ? " is there already, and was not made by a rollout" : " belongs to a rollout of '" + owner + "'"),
                owner == null ? "Remove it, or give the model an Ingress of its own." : "Wait for its end, or give the model an Ingress of its own.");
    }

    /** The controller of the Ingress' class, or null when it can't be told: classes may not be readable, and none may be named. */
    private String controller(GenericKubernetesResource found) {
        String name = Json.text(spec(found).getOrDefault("ingressClassName", annotations(found).get(CLASS_ANNOTATION)));
        try {
            IngressClass type = name.isEmpty() ? null : client.network().v1().ingressClasses().withName(name).get();
            return type == null || type.getSpec() == null ? null : type.getSpec().getController();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                return null;
            }
            throw e;
        }
    }

    @Override
    public TrafficStatus observe() {
        GenericKubernetesResource present = canary.read();
        if (present == null || !isOurs(present)) {
            return TrafficStatus.stableOnly();
        }
        int weight = (int) Math.max(0, Math.min(100, Json.number(annotations(present).get(WEIGHT), 0)));
        TrafficSplit split = new TrafficSplit(weight, 0);
        GenericKubernetesResource found = ingress.read();
        if (found == null) {
            return new TrafficStatus(split, false, "there is no " + ingress.title());
        }
        return new TrafficStatus(split, weight > 0 && !differ(present, wanted(found, split)), null);
    }

    @Override
    public void route(TrafficSplit split) throws DeliveryException {
        if (split.mirror() > 0) {
            throw new IllegalArgumentException("ingress-nginx mirrors nothing by a canary: " + split);
        }
        GenericKubernetesResource present = canary.read();
        if (split.stableOnly()) {
            if (present != null && isOurs(present)) {
                canary.delete(present);
            }
            return;
        }
        if (present != null && !isOurs(present)) {
            throw othersCanary(present);
        }
        GenericKubernetesResource found = ingress.read();
        if (found == null) {
            throw ingress.missing();
        }
        GenericKubernetesResource wanted = wanted(found, split);
        if (present == null || differ(present, wanted)) {
            canary.apply(wanted);
        }
    }

    private static boolean differ(GenericKubernetesResource present, GenericKubernetesResource wanted) {
        return !Objects.equals(spec(present), spec(wanted)) || !annotations(present).entrySet().containsAll(annotations(wanted).entrySet());
    }

    /** ingress-nginx takes what is not said of a canary, TLS too, from the main Ingress; annotations of others (of cert-manager, say) must not be there twice. */
    private GenericKubernetesResource wanted(GenericKubernetesResource found, TrafficSplit split) {
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations(found).forEach((key, value) -> {
            if (key.equals(CLASS_ANNOTATION) || key.startsWith(PREFIX) && !key.startsWith(CANARY)) {
                annotations.put(key, value);
            }
        });
        annotations.put(CANARY, "true");
        annotations.put(WEIGHT, String.valueOf(split.weight()));
        Map<String, Object> spec = new LinkedHashMap<>();
        if (spec(found).containsKey("ingressClassName")) {
            spec.put("ingressClassName", spec(found).get("ingressClassName"));
        }
        if (defaultBackend(found) != null) {
            spec.put("defaultBackend", redirected(defaultBackend(found)));
        }
        if (!paths(found).isEmpty()) {
            spec.put("rules", paths(found));
        }
        GenericKubernetesResource wanted = new GenericKubernetesResource();
        wanted.setApiVersion("networking.k8s.io/v1");
        wanted.setKind("Ingress");
        wanted.setMetadata(new ObjectMetaBuilder()
                .withName(canaryName)
                .withNamespace(namespace)
                .withLabels(Map.of("app.kubernetes.io/name", model, "app.kubernetes.io/managed-by", "ml-delivery", MODEL_LABEL, model))
                .withAnnotations(annotations)
                .build());
        wanted.setAdditionalProperty("spec", spec);
        return wanted;
    }

    /** The rules with the paths that lead to the model, which lead to the canary instead. */
    private List<Map<String, Object>> paths(GenericKubernetesResource found) {
        List<Map<String, Object>> rules = new ArrayList<>();
        for (Map<String, Object> rule : Json.maps(spec(found).get("rules"))) {
            List<Map<String, Object>> paths = new ArrayList<>();
            for (Map<String, Object> path : Json.maps(Json.map(rule.get("http")).get("paths"))) {
                if (isModel(Json.map(path.get("backend")))) {
                    Map<String, Object> other = new LinkedHashMap<>(path);
                    other.put("backend", redirected(Json.map(path.get("backend"))));
                    paths.add(other);
                }
            }
            if (!paths.isEmpty()) {
                Map<String, Object> other = new LinkedHashMap<>(rule);
                other.put("http", new LinkedHashMap<>(Map.of("paths", paths)));
                rules.add(other);
            }
        }
        return rules;
    }

    private Map<String, Object> defaultBackend(GenericKubernetesResource found) {
        Map<String, Object> backend = Json.map(spec(found).get("defaultBackend"));
        return isModel(backend) ? backend : null;
    }

    private boolean isModel(Map<String, Object> backend) {
        return model.equals(Json.map(backend.get("service")).get("name"));
    }

    private Map<String, Object> redirected(Map<String, Object> backend) {
        Map<String, Object> service = new LinkedHashMap<>(Json.map(backend.get("service")));
        service.put("name", model + "-canary");
        Map<String, Object> other = new LinkedHashMap<>(backend);
        other.put("service", service);
        return other;
    }

    private boolean isOurs(GenericKubernetesResource present) {
        return labels(present).entrySet().containsAll(Set.of(Map.entry("app.kubernetes.io/managed-by", "ml-delivery"), Map.entry(MODEL_LABEL, model)));
    }

    private static Map<String, Object> spec(GenericKubernetesResource found) {
        return Json.map(found.getAdditionalProperties().get("spec"));
    }

    private static Map<String, String> annotations(GenericKubernetesResource found) {
        return found.getMetadata().getAnnotations() == null ? Map.of() : found.getMetadata().getAnnotations();
    }

    private static Map<String, String> labels(GenericKubernetesResource found) {
        return found.getMetadata().getLabels() == null ? Map.of() : found.getMetadata().getLabels();
    }
}
