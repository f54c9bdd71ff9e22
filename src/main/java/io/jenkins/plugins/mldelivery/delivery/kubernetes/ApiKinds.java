package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.util.function.Supplier;

/** What a cluster says of the kinds that it knows. Every user may ask for it. */
public final class ApiKinds {
    /** What helps in most cases when the cluster does not know a kind. */
    public static final String REMEDY = "Install its CustomResourceDefinition first, or correct apiVersion and kind.";

    private ApiKinds() {}

    /**
     * The kind of an object.
     *
     * @param parameter the parameter that gave the object, for the error
     * @throws DeliveryException when the cluster does not know it
     */
    public static APIResource of(KubernetesClient client, String parameter, GenericKubernetesResource object) throws DeliveryException {
        return of(client, parameter, object, () -> REMEDY);
    }

    /**
     * The same, where the remedy is found out when there is need for one.
     *
     * @throws DeliveryException when the cluster does not know it
     */
    public static APIResource of(
            KubernetesClient client, String parameter, GenericKubernetesResource object, Supplier<String> remedy)
            throws DeliveryException {
        APIResource found = find(client, object.getApiVersion(), object.getKind());
        if (found == null) {
            throw DeliveryException.invalid(
                    parameter, "the cluster does not know " + object.getKind() + " of " + object.getApiVersion() + " (object " + object.getMetadata().getName() + ")",
                    remedy.get());
        }
        return found;
    }

    /** The kind, or null when the cluster does not know it. */
    public static APIResource find(KubernetesClient client, String apiVersion, String kind) {
        var resources = client.getApiResources(apiVersion);
        return resources == null ? null : resources.getResources().stream().filter(r -> r.getKind().equals(kind) && !r.getName().contains("/")).findFirst().orElse(null);
    }
}
