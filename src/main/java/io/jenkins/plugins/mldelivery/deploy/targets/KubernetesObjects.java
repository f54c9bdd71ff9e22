package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategy;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ModelWatch;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The objects of a model, as they are applied. Pods pass the Pod Security Standard "restricted". */
final class KubernetesObjects {
    static final String MODEL_LABEL = ModelWatch.MODEL_LABEL;
    static final String TRACK_LABEL = "ml-delivery.io/track";
    private static final int HTTP_PORT = 80;
    private static final long RUN_AS = 65_532;

    private final DeployModelRequest request;
    private final int progressDeadlineSeconds;

    KubernetesObjects(DeployModelRequest request, int progressDeadlineSeconds) {
        this.request = request;
        this.progressDeadlineSeconds = progressDeadlineSeconds;
    }

    String deploymentName(Track track) {
        return track == Track.STABLE ? request.name() : request.name() + "-canary";
    }

    Map<String, String> labels(Track track) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("app.kubernetes.io/name", request.name());
        labels.put("app.kubernetes.io/managed-by", "ml-delivery");
        labels.putAll(selector(track));
        return labels;
    }

    Map<String, String> selector(Track track) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(MODEL_LABEL, request.name());
        labels.put(TRACK_LABEL, track.word());
        return labels;
    }

    /** @param inPlace whether its pods are replaced without a pod more, one at a time */
    Deployment deployment(Track track, int replicas, boolean inPlace, Map<String, String> annotations) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName(deploymentName(track))
                .withNamespace(request.namespace())
                .withLabels(labels(track))
                .withAnnotations(annotations)
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withProgressDeadlineSeconds(progressDeadlineSeconds)
                .withNewSelector()
                .withMatchLabels(selector(track))
                .endSelector()
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withNewMaxSurge(inPlace ? 0 : 1)
                .withNewMaxUnavailable(inPlace ? 1 : 0)
                .endRollingUpdate()
                .endStrategy()
                .withTemplate(template(track))
                .endSpec()
                .build();
    }

    /** Whether the pods of this Deployment are replaced without a pod more. */
    static boolean inPlace(Deployment deployment) {
        DeploymentStrategy strategy = deployment.getSpec().getStrategy();
        IntOrString surge = strategy == null || strategy.getRollingUpdate() == null ? null : strategy.getRollingUpdate().getMaxSurge();
        return surge != null && Integer.valueOf(0).equals(surge.getIntVal());
    }

    /** The pod template of a track; the two differ only in the track's label. */
    PodTemplateSpec template(Track track) {
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(labels(track))
                .endMetadata()
                .withNewSpec()
                .withAutomountServiceAccountToken(false)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(RUN_AS)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewContainer()
                .withName("model")
                .withImage(request.image())
                .withEnv(env())
                .withResources(resources())
                .addNewPort()
                .withName("http")
                .withContainerPort(request.pods().server().port(request.pods()))
                .withProtocol("TCP")
                .endPort()
                .withNewReadinessProbe()
                .withNewHttpGet()
                .withPath(request.pods().server().readyPath(request.pods()))
                .withNewPort("http")
                .endHttpGet()
                .withPeriodSeconds(2)
                .withTimeoutSeconds(2)
                .withFailureThreshold(3)
                .endReadinessProbe()
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .endContainer()
                .endSpec()
                .build();
    }

    Service service() {
        return new ServiceBuilder()
                .withNewMetadata()
                .withName(request.name())
                .withNamespace(request.namespace())
                .addToLabels("app.kubernetes.io/name", request.name())
                .addToLabels("app.kubernetes.io/managed-by", "ml-delivery")
                .endMetadata()
                .withNewSpec()
                .addToSelector(MODEL_LABEL, request.name())
                .addNewPort()
                .withName("http")
                .withPort(HTTP_PORT)
                .withProtocol("TCP")
                .withNewTargetPort("http")
                .endPort()
                .endSpec()
                .build();
    }

    private List<EnvVar> env() {
        return request.pods().env().entrySet().stream()
                .map(e -> new EnvVarBuilder().withName(e.getKey()).withValue(e.getValue()).build())
                .toList();
    }

    private ResourceRequirements resources() {
        if (request.pods().cpu() == null && request.pods().memory() == null) {
            return null;
        }
        ResourceRequirementsBuilder resources = new ResourceRequirementsBuilder();
        if (request.pods().cpu() != null) {
            resources.addToRequests("cpu", new Quantity(request.pods().cpu()));
        }
        if (request.pods().memory() != null) {
            resources.addToRequests("memory", new Quantity(request.pods().memory()));
            resources.addToLimits("memory", new Quantity(request.pods().memory()));
        }
        return resources.build();
    }
}
