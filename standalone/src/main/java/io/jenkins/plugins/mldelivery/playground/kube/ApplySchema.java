package io.jenkins.plugins.mldelivery.playground.kube;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which parts of an object server-side apply merges, and which it replaces as one value. Source: the schema of
 * Kubernetes 1.33 (<code>x-kubernetes-list-type</code>, <code>x-kubernetes-list-map-keys</code> and
 * <code>x-kubernetes-map-type</code> of its OpenAPI document), for the kinds of {@link ResourceType}; the lists of
 * custom resources are atomic unless they say otherwise, and those of the Gateway API, Istio and KEDA that are applied
 * do not.
 *
 * <p>Simpler than the real one in this: finalizers, which are a set there, are one value.
 */
final class ApplySchema {
    private static final Set<String> CUSTOM = Set.of("gateway.networking.k8s.io", "networking.istio.io", "keda.sh");
    private static final List<String> BY_NAME = List.of("name");
    private static final List<String> CONTAINER_PORTS = List.of("containerPort", "protocol");
    private static final List<String> SERVICE_PORTS = List.of("port", "protocol");
    private static final Set<String> CONTAINERS = Set.of("containers", "initContainers", "ephemeralContainers");
    private static final Set<String> SELECTED_BY_LABELS =
            Set.of("Service", "Deployment", "ReplicaSet", "PodDisruptionBudget");

    /** Lists of the same keys wherever they are. */
    private static final Map<String, List<String>> KEYS = Map.ofEntries(
            Map.entry("containers", BY_NAME),
            Map.entry("initContainers", BY_NAME),
            Map.entry("ephemeralContainers", BY_NAME),
            Map.entry("env", BY_NAME),
            Map.entry("volumes", BY_NAME),
            Map.entry("claims", BY_NAME),
            Map.entry("resourceClaims", BY_NAME),
            Map.entry("schedulingGates", BY_NAME),
            Map.entry("volumeMounts", List.of("mountPath")),
            Map.entry("volumeDevices", List.of("devicePath")),
            Map.entry("hostAliases", List.of("ip")),
            Map.entry("topologySpreadConstraints", List.of("topologyKey", "whenUnsatisfiable")),
            Map.entry("conditions", List.of("type")));

    /** Objects that are one value wherever they are. */
    private static final Set<String> ATOMIC = Set.of(
            "nodeSelector", "podSelector", "namespaceSelector", "labelSelector", "scopeSelector", "configMapKeyRef",
            "secretKeyRef", "fieldRef", "resourceFieldRef", "secretRef", "nodePublishSecretRef", "dataSource",
            "roleRef", "involvedObject", "related");

    private ApplySchema() {}

    /**
     * The fields that tell the elements of a list apart, in the order of their names; null for a list that is one value.
     *
     * @param path of the list, see {@link Fields}
     */
    static List<String> keys(ResourceType type, List<String> path) {
        String field = path.get(path.size() - 1);
        if (field.equals("ownerReferences") && path.size() == 2) {
            return List.of("uid");
        }
        if (CUSTOM.contains(type.group())) {
            return null;
        }
        return switch (field) {
            case "ports" -> isInContainer(path)
                    ? CONTAINER_PORTS : type == ResourceType.SERVICES && path.size() == 2 ? SERVICE_PORTS : null;
            case "secrets" -> type.kind().equals("ServiceAccount") ? BY_NAME : null;
            case "imagePullSecrets" -> type.kind().equals("ServiceAccount") ? null : BY_NAME;
            default -> KEYS.get(field);
        };
    }

    /** Whether an object is one value, and not a map of fields that may belong to several managers. */
    static boolean isAtomic(ResourceType type, List<String> path) {
        String field = path.get(path.size() - 1);
        if (Fields.isElement(field)) {
            String list = path.get(path.size() - 2);
            return Set.of("ownerReferences", "imagePullSecrets", "secrets").contains(list);
        }
        if (CUSTOM.contains(type.group()) || !path.get(0).equals("spec") && !path.get(0).equals("roleRef")) {
            return false;
        }
        boolean spec = path.size() == 2;
        return switch (field) {
            case "selector" -> spec && SELECTED_BY_LABELS.contains(type.kind());
            case "port", "resource" -> type.kind().equals("Ingress");
            case "requiredDuringSchedulingIgnoredDuringExecution" -> path.contains("nodeAffinity");
            default -> ATOMIC.contains(field);
        };
    }

    private static boolean isInContainer(List<String> path) {
        return path.size() > 2 && CONTAINERS.contains(path.get(path.size() - 3));
    }
}
