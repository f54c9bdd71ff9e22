package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ManifestReader;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.SecretManifests;
import io.jenkins.plugins.mldelivery.delivery.yaml.YamlLimits;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The user's own manifests: one Deployment, and whatever else belongs to the model. The Deployment's name is set to the model's, and with it the target of a HorizontalPodAutoscaler or ScaledObject
 * that names it; everything else is applied as it is, in the model's namespace.
 */
public final class ModelManifests {
    private static final String PARAMETER = "manifests";
    private static final String MODEL_CONTAINER = "model";
    private static final Set<String> CLUSTER_SCOPED = Set.of(
            "Namespace", "Node", "PersistentVolume", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "StorageClass", "PriorityClass", "RuntimeClass", "IngressClass",
            "GatewayClass", "APIService", "CSIDriver", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding");
    private static final Set<String> OTHER_PODS = Set.of("Pod", "Job", "CronJob", "ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet");
    private static final Set<String> SCALERS = Set.of("HorizontalPodAutoscaler", "ScaledObject");

    private final Deployment deployment;
    private final List<GenericKubernetesResource> others;

    private ModelManifests(Deployment deployment, List<GenericKubernetesResource> others) {
        this.deployment = deployment;
        this.others = List.copyOf(others);
    }

    /** Has the values of the Secrets among them masked. */
    public void learnSecrets(Environment environment) {
        SecretManifests.learn(others, environment, Event.Stage.DEPLOY);
    }

    /**
     * Reads and checks them; a request without any gives empty ones.
     *
     * @throws DeliveryException naming <code>manifests</code>
     */
    public static ModelManifests of(DeployModelRequest request) throws DeliveryException {
        if (request.model().manifests() == null) {
            return new ModelManifests(null, List.of());
        }
        List<GenericKubernetesResource> others = new ArrayList<>();
        GenericKubernetesResource found = null;
        Set<String> seen = new HashSet<>();
        for (GenericKubernetesResource object : new ManifestReader(PARAMETER, YamlLimits.MODEL).read("the text", request.model().manifests())) {
            refuse(request, object);
            clean(request, object);
            if (!seen.add(object.getKind() + " " + object.getMetadata().getName())) {
                throw refusal(object, "is there twice", "Leave one of them out.");
            }
            if (!isDeployment(object)) {
                others.add(object);
            } else if (found != null) {
                throw DeliveryException.invalid(PARAMETER, "there is more than one Deployment: " + found.getMetadata().getName() + " and " + object.getMetadata().getName(), "Leave in the model's own.");
            } else {
                found = object;
            }
        }
        if (found == null) {
            throw DeliveryException.invalid(PARAMETER, "there is no Deployment (apps/v1)", "Add the one whose pods serve the model.");
        }
        Deployment deployment = typed(found);
        if (deployment.getSpec().getReplicas() != null && deployment.getSpec().getReplicas() < 1) {
            throw refusal(found, "asks for no replicas", "Ask for 1 or more, or leave them to the parameter 'replicas'.");
        }
        if (Boolean.TRUE.equals(deployment.getSpec().getPaused())) {
            throw refusal(found, "is paused (spec.paused), so its pods would never be replaced", "Leave spec.paused out.");
        }
        String was = deployment.getMetadata().getName();
        deployment.getMetadata().setName(request.name());
        modelContainer(deployment.getSpec().getTemplate());
        others.forEach(other -> retarget(other, was, request.name()));
        ManifestReader.sort(others);
        return new ModelManifests(deployment, others);
    }

    private static void refuse(DeployModelRequest request, GenericKubernetesResource object) throws DeliveryException {
        String namespace = object.getMetadata().getNamespace();
        if (CLUSTER_SCOPED.contains(object.getKind())) {
            throw refusal(object, "belongs to the whole cluster", "Create it with `mlProvision`.");
        }
        if (OTHER_PODS.contains(object.getKind())) {
            throw refusal(object, "makes pods beside the model's Deployment", "Create it with `mlProvision`.");
        }
        if (namespace != null && !namespace.equals(request.namespace())) {
            throw refusal(object, "is for the namespace '" + namespace + "', the model is for '" + request.namespace() + "'", "Leave metadata.namespace out.");
        }
    }

    /** Whether manifests may hold objects of this kind beside the Deployment. */
    static boolean mayHold(String kind) {
        return !CLUSTER_SCOPED.contains(kind) && !OTHER_PODS.contains(kind) && !kind.equals("Deployment");
    }

    private static DeliveryException refusal(GenericKubernetesResource object, String problem, String remedy) {
        return DeliveryException.invalid(PARAMETER, object.getKind() + " " + object.getMetadata().getName() + " " + problem, remedy);
    }

    private static boolean isDeployment(GenericKubernetesResource object) {
        return object.getKind().equals("Deployment") && object.getApiVersion().equals("apps/v1");
    }

    /** Takes away what a server wrote, when the manifest was made from a live object. */
    private static void clean(DeployModelRequest request, GenericKubernetesResource object) {
        ObjectMeta given = object.getMetadata();
        object.setMetadata(new ObjectMetaBuilder()
                .withName(given.getName())
                .withNamespace(request.namespace())
                .withLabels(given.getLabels())
                .withAnnotations(given.getAnnotations())
                .withFinalizers(given.getFinalizers())
                .build());
        object.getAdditionalProperties().remove("status");
    }

    private static Deployment typed(GenericKubernetesResource object) throws DeliveryException {
        Deployment deployment;
        try {
            deployment = Serialization.unmarshal(Serialization.asJson(object), Deployment.class);
        } catch (RuntimeException e) {
            throw new DeliveryException(DeliveryException.Kind.INVALID_INPUT, PARAMETER, "Deployment " + object.getMetadata().getName() + " can't be read", "Correct the manifest.", e);
        }
        if (deployment.getSpec() == null || deployment.getSpec().getTemplate() == null || deployment.getSpec().getTemplate().getSpec() == null) {
            throw refusal(object, "has no pod template", "Correct the manifest.");
        }
        return deployment;
    }

    /** The container whose image is managed: the one named <code>model</code>, or the only one. */
    static Container modelContainer(PodTemplateSpec template) throws DeliveryException {
        List<Container> containers = template.getSpec().getContainers();
        if (containers.size() == 1) {
            return containers.get(0);
        }
        return containers.stream().filter(c -> MODEL_CONTAINER.equals(c.getName())).findFirst().orElseThrow(() -> DeliveryException.invalid(
                PARAMETER, "the Deployment has " + containers.size() + " containers, and none is named 'model'", "Name the container 'model' whose image is the model's."));
    }

    @SuppressWarnings("unchecked")
    private static void retarget(GenericKubernetesResource object, String was, String name) {
        if (SCALERS.contains(object.getKind())
                && object.getAdditionalProperties().get("spec") instanceof Map<?, ?> spec
                && spec.get("scaleTargetRef") instanceof Map<?, ?> target
                && was.equals(target.get("name"))) {
            ((Map<String, Object>) target).put("name", name);
        }
    }

    /** The user's Deployment, with the model's name; null when there are no manifests. */
    Deployment deployment() {
        return deployment;
    }

    /** The replicas that its Deployment asks for, or null. */
    public Integer replicas() {
        return deployment == null ? null : deployment.getSpec().getReplicas();
    }

    /** Everything else, in the order in which it is applied. */
    List<GenericKubernetesResource> others() {
        return others;
    }

    /** Whether there are objects of this kind. */
    public boolean has(String kind) {
        return others.stream().anyMatch(o -> o.getKind().equals(kind));
    }

    /** The object of this kind and name, or null. */
    GenericKubernetesResource find(String kind, String name) {
        return others.stream().filter(o -> o.getKind().equals(kind) && o.getMetadata().getName().equals(name)).findFirst().orElse(null);
    }
}
