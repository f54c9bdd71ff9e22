package io.jenkins.plugins.mldelivery.playground.kube;

import java.util.List;

/**
 * A kind of object that the API server knows.
 *
 * @param group API group, empty for the core
 * @param version API version
 * @param plural name in paths
 * @param kind its kind
 * @param namespaced whether its objects live in namespaces
 */
record ResourceType(String group, String version, String plural, String kind, boolean namespaced) {
    static final ResourceType NAMESPACES = new ResourceType("", "v1", "namespaces", "Namespace", false);
    static final ResourceType PODS = new ResourceType("", "v1", "pods", "Pod", true);
    static final ResourceType SERVICES = new ResourceType("", "v1", "services", "Service", true);
    static final ResourceType DEPLOYMENTS = new ResourceType("apps", "v1", "deployments", "Deployment", true);
    static final ResourceType REPLICA_SETS = new ResourceType("apps", "v1", "replicasets", "ReplicaSet", true);
    static final ResourceType HTTP_ROUTES = new ResourceType("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute", true);

    static final ResourceType ENDPOINT_SLICES =
            new ResourceType("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", true);

    /** Every kind. */
    static final List<ResourceType> ALL = List.of(
            NAMESPACES, PODS, SERVICES, DEPLOYMENTS, REPLICA_SETS, ENDPOINT_SLICES,
            new ResourceType("", "v1", "configmaps", "ConfigMap", true),
            new ResourceType("", "v1", "secrets", "Secret", true),
            new ResourceType("", "v1", "serviceaccounts", "ServiceAccount", true),
            new ResourceType("", "v1", "events", "Event", true),
            new ResourceType("", "v1", "endpoints", "Endpoints", true),
            new ResourceType("", "v1", "resourcequotas", "ResourceQuota", true),
            new ResourceType("", "v1", "limitranges", "LimitRange", true),
            new ResourceType("coordination.k8s.io", "v1", "leases", "Lease", true),
            new ResourceType("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", true),
            new ResourceType("keda.sh", "v1alpha1", "scaledobjects", "ScaledObject", true),
            new ResourceType("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", true),
            new ResourceType("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", true),
            new ResourceType("networking.k8s.io", "v1", "ingresses", "Ingress", true),
            new ResourceType("networking.k8s.io", "v1", "ingressclasses", "IngressClass", false),
            HTTP_ROUTES,
            new ResourceType("networking.istio.io", "v1", "virtualservices", "VirtualService", true),
            new ResourceType("networking.istio.io", "v1", "destinationrules", "DestinationRule", true),
            new ResourceType("rbac.authorization.k8s.io", "v1", "roles", "Role", true),
            new ResourceType("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", true));

    String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** The path of its objects of all namespaces. */
    String path() {
        return (group.isEmpty() ? "/api/" : "/apis/" + group + "/") + version + "/" + plural;
    }
}
