package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ApiKinds;
import java.util.List;
import java.util.regex.Pattern;

/** A kind of namespaced object. Its text form is <code>group/version/plural/Kind</code>, the group empty for the core. */
record ObjectKind(String group, String version, String plural, String kind) {
    static final ObjectKind SCALED_OBJECT = new ObjectKind("keda.sh", "v1alpha1", "scaledobjects", "ScaledObject");
    static final ObjectKind POD_AUTOSCALER = new ObjectKind("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler");

    private static final Pattern TEXT =
            Pattern.compile("(?:[a-z0-9][a-z0-9.-]{0,252})?/[a-z0-9]{1,63}/[a-z0-9-]{1,63}/[A-Za-z0-9]{1,63}");

    /** The kinds that surround a model, whether wanted now or not. */
    static final List<ObjectKind> SURROUNDINGS = List.of(
            new ObjectKind("", "v1", "services", "Service"),
            new ObjectKind("", "v1", "serviceaccounts", "ServiceAccount"),
            new ObjectKind("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy"),
            new ObjectKind("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget"),
            POD_AUTOSCALER,
            SCALED_OBJECT);

    /**
     * The kind of an object; asks the cluster when it is none of the usual ones.
     *
     * @throws DeliveryException when the cluster does not know it, or it belongs to the whole cluster, naming <code>manifests</code>
     */
    static ObjectKind of(KubernetesClient client, HasMetadata object) throws DeliveryException {
        for (ObjectKind known : SURROUNDINGS) {
            if (known.kind.equals(object.getKind()) && known.apiVersion().equals(object.getApiVersion())) {
                return known;
            }
        }
        if (!(object instanceof GenericKubernetesResource)) {
            throw new IllegalArgumentException("an unusual kind: " + object.getKind());
        }
        APIResource resource = ApiKinds.of(client, "manifests", (GenericKubernetesResource) object);
        if (!Boolean.TRUE.equals(resource.getNamespaced())) {
            throw DeliveryException.invalid(
                    "manifests", object.getKind() + " " + object.getMetadata().getName() + " belongs to the whole cluster", "Create it with `mlProvision`.");
        }
        String[] version = object.getApiVersion().split("/");
        ObjectKind kind = new ObjectKind(version.length == 1 ? "" : version[0], version[version.length - 1], resource.getName(), object.getKind());
        if (!TEXT.matcher(kind.text()).matches()) {
            throw DeliveryException.invalid(
                    "manifests", "the cluster's name for objects of the kind " + object.getKind() + " of " + object.getApiVersion() + " can't be part of an address",
                    "Correct its CustomResourceDefinition.");
        }
        return kind;
    }

    /**
     * From its text form, or null when the text is none: it is read from the cluster, and its parts become those of a
     * path.
     */
    static ObjectKind parse(String text) {
        if (!TEXT.matcher(text).matches()) {
            return null;
        }
        String[] parts = text.split("/", -1);
        return new ObjectKind(parts[0], parts[1], parts[2], parts[3]);
    }

    /** Whether the cluster has it, under this name and in namespaces: asks the cluster unless it is a usual one. */
    boolean isOf(KubernetesClient client) {
        if (SURROUNDINGS.contains(this)) {
            return true;
        }
        APIResource found = ApiKinds.find(client, apiVersion(), kind);
        return found != null && found.getName().equals(plural) && Boolean.TRUE.equals(found.getNamespaced());
    }

    String text() {
        return String.join("/", group, version, plural, kind);
    }

    String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** Of the list of such objects in a namespace. */
    String path(String namespace) {
        return (group.isEmpty() ? "/api/" : "/apis/") + apiVersion() + "/namespaces/" + namespace + "/" + plural;
    }

    ResourceDefinitionContext context() {
        return new ResourceDefinitionContext.Builder().withGroup(group).withVersion(version).withPlural(plural).withKind(kind).withNamespaced(true).build();
    }
}
