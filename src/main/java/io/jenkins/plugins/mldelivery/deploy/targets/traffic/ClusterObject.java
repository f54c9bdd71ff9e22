package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesErrors;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Objects;

/** One object of the user's that a router changes: it is read whole and written whole with the version that was read, so that nobody's change in between is lost. */
final class ClusterObject {
    private static final String FIELD_MANAGER = "ml-delivery";

    private final KubernetesClient client;
    private final ResourceDefinitionContext type;
    private final String namespace;
    private final String name;
    private final String parameter;

    /** @param parameter the parameter that names the object */
    ClusterObject(KubernetesClient client, ResourceDefinitionContext type, String namespace, String name, String parameter) {
        this.client = client;
        this.type = type;
        this.namespace = namespace;
        this.name = name;
        this.parameter = parameter;
    }

    static ResourceDefinitionContext type(String group, String version, String plural, String kind, boolean namespaced) {
        return new ResourceDefinitionContext.Builder().withGroup(group).withVersion(version).withPlural(plural).withKind(kind).withNamespaced(namespaced).build();
    }

    /** Kind and name, for messages. */
    String title() {
        return type.getKind() + " '" + name + "'";
    }

    Right right(String... verbs) {
        return new Right(type.getGroup(), type.getPlural(), List.of(verbs), List.of(name));
    }

    /** The object, or null. */
    GenericKubernetesResource read() {
        return at().get();
    }

    /**
     * The object.
     *
     * @param remedy what to do where its kind is not there
     */
    GenericKubernetesResource require(String remedy) throws DeliveryException {
        if (kindIsMissing()) {
            throw DeliveryException.invalid(
                    "traffic", "the cluster has no " + type.getKind() + " of " + type.getGroup() + "/" + type.getVersion(), remedy);
        }
        GenericKubernetesResource found = read();
        if (found == null) {
            throw missing();
        }
        return found;
    }

    DeliveryException missing() {
        return wrong("there is no " + title() + " in namespace '" + namespace + "'", "Create it first; a rollout changes it, but does not make it.");
    }

    DeliveryException wrong(String problem, String remedy) {
        return DeliveryException.invalid(parameter, problem, remedy);
    }

    private boolean kindIsMissing() {
        try {
            APIResourceList found = client.getApiResources(type.getGroup() + "/" + type.getVersion());
            return found == null || found.getResources().stream().noneMatch(r -> r.getName().equals(type.getPlural()));
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                return false; // Not to be told; then there seems to be no such object.
            }
            throw e;
        }
    }

    /** Writes it if it differs from what was read. Fails with 409 when somebody has written it meanwhile. */
    void write(GenericKubernetesResource read, GenericKubernetesResource wanted) {
        if (differ(read, wanted)) {
            client.genericKubernetesResources(type).inNamespace(namespace).resource(wanted).update();
        }
    }

    /** Applies an object of the rollout's own. */
    void apply(GenericKubernetesResource wanted) {
        client.genericKubernetesResources(type).inNamespace(namespace).resource(wanted).fieldManager(FIELD_MANAGER).forceConflicts().serverSideApply();
    }

    /** Removes an object of the rollout's own; it may be gone already. Fails with 409 when somebody has written it since it was read. */
    void delete(GenericKubernetesResource read) {
        at().lockResourceVersion(read.getMetadata().getResourceVersion()).delete();
    }

    /** What the server would make of it; null when it can't be tried. */
    GenericKubernetesResource rehearse(GenericKubernetesResource wanted) throws DeliveryException {
        try {
            return client.genericKubernetesResources(type).inNamespace(namespace).resource(wanted).dryRun().update();
        } catch (KubernetesClientException e) {
            if (KubernetesErrors.isTransient(e) || KubernetesErrors.isForeign(e) || e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            if (e.getCode() == HttpURLConnection.HTTP_BAD_REQUEST) {
                return null; // Admission webhooks with side effects answer a dry run so.
            }
            String why =
                    "the cluster would refuse to divide the traffic in " + title() + ": " + KubernetesErrors.said(e);
            throw wrong(why, "Nothing was touched.");
        }
    }

    private static boolean differ(GenericKubernetesResource one, GenericKubernetesResource other) {
        return !Objects.equals(one.getAdditionalProperties(), other.getAdditionalProperties())
                || !Objects.equals(one.getMetadata(), other.getMetadata());
    }

    private Resource<GenericKubernetesResource> at() {
        return client.genericKubernetesResources(type).inNamespace(namespace).withName(name);
    }
}
