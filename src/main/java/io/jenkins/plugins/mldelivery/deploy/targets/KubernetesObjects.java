package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategy;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ModelWatch;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import java.util.LinkedHashMap;
import java.util.Map;

/** The Deployments of a model, and the labels of all its objects. What surrounds them is in {@link ModelObjects}. */
final class KubernetesObjects {
    static final String MODEL_LABEL = ModelWatch.MODEL_LABEL;
    static final String TRACK_LABEL = "ml-delivery.io/track";
    static final String NAME_LABEL = "app.kubernetes.io/name";
    static final String MANAGED_BY_LABEL = "app.kubernetes.io/managed-by";
    static final String MANAGER = "ml-delivery";

    private final DeployModelRequest request;
    private final int progressDeadlineSeconds;
    private final ModelManifests manifests;
    private final PodTemplates templates;
    private final String configHash;

    private KubernetesObjects(DeployModelRequest request, int progressDeadlineSeconds, ModelManifests manifests, PodTemplates templates, String configHash) {
        this.request = request;
        this.progressDeadlineSeconds = progressDeadlineSeconds;
        this.manifests = manifests;
        this.templates = templates;
        this.configHash = configHash;
    }

    /**
     * Those of a request, before it is known what is in its ConfigMaps and Secrets.
     *
     * @throws DeliveryException when its manifests or other texts can't be read
     */
    static KubernetesObjects of(DeployModelRequest request, int progressDeadlineSeconds) throws DeliveryException {
        ModelManifests manifests = ModelManifests.of(request);
        PodTemplateSpec given = manifests.deployment() == null ? null : manifests.deployment().getSpec().getTemplate();
        return new KubernetesObjects(request, progressDeadlineSeconds, manifests, new PodTemplates(request, given, progressDeadlineSeconds), null);
    }

    /** The same with the hash of the ConfigMaps' and Secrets' data, see {@link PodConfig#hash}; null when the pods read none. */
    KubernetesObjects withConfigHash(String hash) {
        return new KubernetesObjects(request, progressDeadlineSeconds, manifests, templates, hash);
    }

    /** The same with another image. */
    KubernetesObjects withImage(String image) throws DeliveryException {
        return of(request.withImage(image), progressDeadlineSeconds).withConfigHash(configHash);
    }

    /** The image that the pods run. */
    String image() {
        return request.image();
    }

    /** The user's manifests; empty ones when there are none. */
    ModelManifests manifests() {
        return manifests;
    }

    /** The replicas that the request asks for: those of the manifests' Deployment, or else <code>replicas</code>. */
    int replicas() {
        Integer given = manifests.replicas();
        return given != null ? given : request.model().replicas();
    }

    String deploymentName(Track track) {
        return track == Track.STABLE ? request.name() : request.name() + "-canary";
    }

    /** The labels of a track's Deployment and pods. */
    Map<String, String> labels(Track track) {
        Map<String, String> labels = labels();
        labels.putAll(selector(track));
        return labels;
    }

    /** The labels of everything that is the model's. */
    Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(NAME_LABEL, request.name());
        labels.put(MANAGED_BY_LABEL, MANAGER);
        labels.put(MODEL_LABEL, request.name());
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
        DeploymentBuilder deployment = manifests.deployment() == null ? new DeploymentBuilder() : new DeploymentBuilder(manifests.deployment());
        deployment.editOrNewMetadata()
                .withName(deploymentName(track))
                .withNamespace(request.namespace())
                .addToLabels(labels(track))
                .addToAnnotations(annotations)
                .endMetadata()
                .editOrNewSpec()
                .withReplicas(replicas)
                .withProgressDeadlineSeconds(progressDeadlineSeconds)
                .withNewSelector()
                .withMatchLabels(selector(track))
                .endSelector()
                .withTemplate(template(track))
                .endSpec();
        if (inPlace || deployment.buildSpec().getStrategy() == null) {
            deployment.editSpec()
                    .withNewStrategy()
                    .withType("RollingUpdate")
                    .withNewRollingUpdate()
                    .withNewMaxSurge(inPlace ? 0 : 1)
                    .withNewMaxUnavailable(inPlace ? 1 : 0)
                    .endRollingUpdate()
                    .endStrategy()
                    .endSpec();
        }
        return deployment.build();
    }

    /** Whether the pods of this Deployment are replaced without a pod more. */
    static boolean inPlace(Deployment deployment) {
        DeploymentStrategy strategy = deployment.getSpec().getStrategy();
        IntOrString surge = strategy == null || strategy.getRollingUpdate() == null ? null : strategy.getRollingUpdate().getMaxSurge();
        return surge != null && Integer.valueOf(0).equals(surge.getIntVal());
    }

    /** The pod template of a track; the two differ only in the track's label. */
    PodTemplateSpec template(Track track) {
        return templates.template(labels(track), selector(track), configHash);
    }
}
