package io.jenkins.plugins.mldelivery.deploy.targets;

import static io.jenkins.plugins.mldelivery.deploy.targets.Calls.againOnConflict;
import static io.jenkins.plugins.mldelivery.deploy.targets.Calls.call;
import static io.jenkins.plugins.mldelivery.deploy.targets.Calls.run;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The Deployments of the two tracks: applied, scaled, promoted, and put back to what promotion has kept in an annotation. Nothing is written where all is as wanted. */
final class TrackDeployments {
    private static final String OWN_NOTES = "ml-delivery.io/";
    private static final String CONTROLLERS_NOTES = "deployment.kubernetes.io/";
    private static final String PREVIOUS = "ml-delivery.io/previous-template";
    private static final String APPLIED_BY = "ml-delivery.io/applied-by";
    /** Whether the stable version runs what nobody has judged yet, see {@link io.jenkins.plugins.mldelivery.deploy.Action.PromoteStable}. */
    private static final String UNJUDGED = "ml-delivery.io/unjudged";
    private static final String PREVIOUS_REVISION = "ml-delivery.io/previous-revision";

    private final KubernetesClient client;
    private final DeployModelRequest request;
    private final KubernetesObjects objects;
    private final String holder;
    private final String revision;
    private final boolean undo;

    /**
     * @param revision of what is rolled out
     * @param undo whether that is what the stable version ran before
     */
    TrackDeployments(KubernetesClient client, DeployModelRequest request, KubernetesObjects objects, String holder, String revision, boolean undo) {
        this.client = client;
        this.request = request;
        this.objects = objects;
        this.holder = holder;
        this.revision = revision;
        this.undo = undo;
    }

    /**
     * The Deployment of a track, or null; one of this name that selects other pods is somebody else's, and none of
     * ours.
     */
    Deployment read(Track track) {
        Deployment live = live(track);
        return live == null || isOurs(live, track) ? live : null;
    }

    /**
     * Fails when the track's name is taken.
     *
     * @throws DeliveryException when there is a Deployment of this name that selects other pods
     */
    void checkOurs(Track track) throws DeliveryException, InterruptedException {
        Deployment live = call("read Deployment " + name(track), () -> live(track));
        if (live != null && !isOurs(live, track)) {
            throw DeliveryException.invalid(
                    "name", "there is a Deployment " + name(track)
                            + " already that selects other pods than those of this model",
                    "Remove it, or choose another name; nothing was touched.");
        }
    }

    private Deployment live(Track track) {
        return client.apps().deployments().inNamespace(request.namespace()).withName(name(track)).get();
    }

    /** A Deployment's selector can't be changed, so it tells whose it is. */
    private boolean isOurs(Deployment live, Track track) {
        LabelSelector selector = live.getSpec().getSelector();
        return selector != null
                && selector.getMatchExpressions().isEmpty()
                && objects.selector(track).equals(selector.getMatchLabels());
    }

    /** What the stable version ran before the last rollout. */
    String previousRevision(Deployment stable) throws DeliveryException {
        String previous = stable == null || stable.getMetadata().getAnnotations() == null ? null : stable.getMetadata().getAnnotations().get(PREVIOUS_REVISION);
        if (previous == null) {
            throw DeliveryException.invalid(
                    "undo", "of " + request.namespace() + "/" + request.name() + " no version before the present one is known",
                    "Deploy the image that you want.");
        }
        return previous;
    }

    /** See {@link io.jenkins.plugins.mldelivery.deploy.Action.ApplyCanary}. */
    void applyCanary(int replicas) throws DeliveryException, InterruptedException {
        againOnConflict(() -> apply(Track.CANARY, replicas, true, Map.of()));
    }

    private void apply(Track track, int replicas, boolean inPlace, Map<String, String> extra)
            throws DeliveryException, InterruptedException {
        Deployment present = call("read Deployment " + name(track), () -> read(track));
        if (present != null
                && present.getMetadata().getDeletionTimestamp() == null
                && revision.equals(Revision.of(present))
                && present.getSpec().getReplicas() != null
                && present.getSpec().getReplicas() == replicas
                && KubernetesObjects.inPlace(present) == inPlace) {
            return;
        }
        Map<String, String> annotations = new LinkedHashMap<>(extra);
        annotations.put(Revision.ANNOTATION, revision);
        annotations.put(APPLIED_BY, holder);
        handOver(track, present);
        apply("apply Deployment " + name(track), undo ? undone(present, annotations) : objects.deployment(track, replicas, inPlace, annotations));
    }

    /** What was added to the pod template by hand is taken away by the apply that follows, see {@link TemplateOwners}. */
    private void handOver(Track track, Deployment present) throws DeliveryException, InterruptedException {
        String patch = TemplateOwners.handOver(present);
        if (patch != null) {
            run("take over the pod template of Deployment " + name(track), () -> client.apps().deployments()
                    .inNamespace(request.namespace()).withName(name(track)).patch(PatchContext.of(PatchType.JSON_MERGE), patch));
        }
    }

    /** The stable Deployment as it is, but with the pod template that it had before. */
    private Deployment undone(Deployment present, Map<String, String> annotations) throws DeliveryException {
        if (present == null) {
            throw removed();
        }
        PodTemplateSpec template = revision.equals(Revision.of(present)) ? present.getSpec().getTemplate() : kept(present, revision);
        // What is not applied again is taken away; what the engine and the Deployment's controller have noted is theirs to write.
        Map<String, String> all = new LinkedHashMap<>(present.getMetadata().getAnnotations() == null ? Map.of() : present.getMetadata().getAnnotations());
        all.keySet().removeIf(key -> key.startsWith(OWN_NOTES) || key.startsWith(CONTROLLERS_NOTES));
        all.putAll(annotations);
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName(present.getMetadata().getName())
                .withNamespace(present.getMetadata().getNamespace())
                .withLabels(present.getMetadata().getLabels())
                .withAnnotations(all)
                .endMetadata()
                .withSpec(present.getSpec())
                .editSpec()
                .withTemplate(template)
                .endSpec()
                .build();
    }

    private DeliveryException removed() {
        return DeliveryException.failed(
                "name", "Deployment " + name(Track.STABLE) + " was removed by somebody else during the rollout", "Deploy the model again.", null);
    }

    private static Deployment with(Deployment whole, PodTemplateSpec template) {
        return new DeploymentBuilder(whole).editSpec().withTemplate(template).endSpec().build();
    }

    private void apply(String what, Deployment whole) throws DeliveryException, InterruptedException {
        run(what, () -> client.resource(whole).fieldManager(KubernetesTarget.FIELD_MANAGER).forceConflicts().serverSideApply());
    }

    /** Says which versions of ConfigMaps and Secrets the promoted pods read, or null; reads them. */
    interface ConfigVersions {
        String read() throws DeliveryException, InterruptedException;
    }

    /** See {@link io.jenkins.plugins.mldelivery.deploy.Action.PromoteStable}. */
    void promote(Integer replicas, boolean inPlace, boolean judged, ConfigVersions config)
            throws DeliveryException, InterruptedException {
        againOnConflict(() -> promoteOnce(replicas, inPlace, judged, config));
    }

    private void promoteOnce(Integer replicas, boolean inPlace, boolean judged, ConfigVersions config)
            throws DeliveryException, InterruptedException {
        Deployment present = call("read Deployment " + name(Track.STABLE), () -> read(Track.STABLE));
        Map<String, String> extra = new LinkedHashMap<>();
        if (present != null && !revision.equals(Revision.of(present))) {
            extra.put(PREVIOUS, KeptTemplate.write(present.getSpec().getTemplate()));
            extra.put(PREVIOUS_REVISION, Revision.of(present));
            if (!judged) {
                extra.put(UNJUDGED, revision);
            }
        }
        if (present == null || !revision.equals(Revision.of(present))) {
            String versions = config.read();
            if (versions != null) {
                extra.put(PodConfig.VERSIONS, versions);
            }
        } else if (present.getMetadata().getAnnotations() != null) {
            // Applied already: what was kept stays, or server-side apply would take it away.
            for (String key : judged
                    ? List.of(PREVIOUS, PREVIOUS_REVISION, PodConfig.VERSIONS)
                    : List.of(PREVIOUS, PREVIOUS_REVISION, UNJUDGED, PodConfig.VERSIONS)) {
                String value = present.getMetadata().getAnnotations().get(key);
                if (value != null) {
                    extra.put(key, value);
                }
            }
        }
        apply(Track.STABLE, replicas != null ? replicas : present == null ? objects.replicas() : count(present.getSpec().getReplicas()), inPlace, extra);
    }

    /** See {@link io.jenkins.plugins.mldelivery.deploy.Action.ApproveStable}. */
    void approve() throws DeliveryException, InterruptedException {
        Deployment present = call("read Deployment " + name(Track.STABLE), () -> read(Track.STABLE));
        if (present != null && unjudged(present) != null && revision.equals(Revision.of(present))) {
            run("note on Deployment " + name(Track.STABLE) + " that it was judged", () -> client.apps().deployments()
                    .inNamespace(request.namespace()).withName(name(Track.STABLE))
                    .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\": {\"annotations\": {\"" + UNJUDGED + "\": null}}}"));
        }
    }

    /** What a version that nobody has judged took the place of; null for every other version, and when that is not known. */
    static String unjudged(Deployment stable) {
        Map<String, String> annotations = stable.getMetadata().getAnnotations() == null ? Map.of() : stable.getMetadata().getAnnotations();
        return Revision.of(stable).equals(annotations.get(UNJUDGED)) && annotations.containsKey(PREVIOUS) ? annotations.get(PREVIOUS_REVISION) : null;
    }

    /** See {@link io.jenkins.plugins.mldelivery.deploy.Action.ScaleStable}. */
    void scale(int replicas) throws DeliveryException, InterruptedException {
        againOnConflict(() -> scaleOnce(replicas));
    }

    private void scaleOnce(int replicas) throws DeliveryException, InterruptedException {
        Deployment present = call("read Deployment " + name(Track.STABLE), () -> read(Track.STABLE));
        if (present == null) {
            throw removed();
        }
        if (count(present.getSpec().getReplicas()) != replicas) {
            run("scale Deployment " + name(Track.STABLE), () -> client.apps().deployments()
                    .inNamespace(request.namespace()).withName(name(Track.STABLE)).scale(replicas));
        }
    }

    /** See {@link io.jenkins.plugins.mldelivery.deploy.Action.RestoreStable}. */
    void restore(String oldRevision, Integer replicas, boolean inPlace) throws DeliveryException, InterruptedException {
        againOnConflict(() -> restoreOnce(oldRevision, replicas, inPlace));
    }

    private void restoreOnce(String oldRevision, Integer replicas, boolean inPlace) throws DeliveryException, InterruptedException {
        Deployment present = call("read Deployment " + name(Track.STABLE), () -> read(Track.STABLE));
        if (present == null || oldRevision.equals(Revision.of(present))) {
            if (replicas != null) {
                scaleOnce(replicas);
            }
            return;
        }
        int wanted = replicas != null ? replicas : count(present.getSpec().getReplicas());
        handOver(Track.STABLE, present);
        // Applied, not edited: the fields stay ours, so that the next rollout can take away what it does not want.
        apply("restore Deployment " + name(Track.STABLE), with(
                objects.deployment(Track.STABLE, wanted, inPlace, Map.of(Revision.ANNOTATION, oldRevision, APPLIED_BY, holder)), kept(present, oldRevision)));
    }

    /** The pod template of an older revision, as promotion has kept it on the stable Deployment. */
    private PodTemplateSpec kept(Deployment present, String oldRevision) throws DeliveryException {
        Map<String, String> annotations = present == null || present.getMetadata().getAnnotations() == null ? Map.of() : present.getMetadata().getAnnotations();
        if (!oldRevision.equals(annotations.get(PREVIOUS_REVISION))) {
            throw DeliveryException.failed(
                    "name", "the pod template of revision " + oldRevision + " is no longer noted on Deployment "
                            + name(Track.STABLE) + ", so it can't be put back",
                    "Deploy the old image again.", null);
        }
        PodTemplateSpec template = KeptTemplate.read(annotations.get(PREVIOUS));
        if (template == null) {
            throw DeliveryException.failed(
                    "name", "the pod template of revision " + oldRevision + " that is noted on Deployment "
                            + name(Track.STABLE)
                            + " can't be read, so it can't be put back",
                    "Deploy the old image again.", null);
        }
        return template;
    }

    /** Takes a track away; what is somebody else's stays. */
    void delete(Track track) throws DeliveryException, InterruptedException {
        if (call("read Deployment " + name(track), () -> read(track)) != null) {
            run("delete Deployment " + name(track), () -> client.apps().deployments()
                    .inNamespace(request.namespace()).withName(name(track)).delete());
        }
    }

    private String name(Track track) {
        return objects.deploymentName(track);
    }

    private static int count(Integer value) {
        return value == null ? 0 : value;
    }
}
