package io.jenkins.plugins.mldelivery.deploy.targets;

import static io.jenkins.plugins.mldelivery.deploy.targets.Calls.againOnConflict;
import static io.jenkins.plugins.mldelivery.deploy.targets.Calls.call;
import static io.jenkins.plugins.mldelivery.deploy.targets.Calls.run;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.Target;
import java.util.HashMap;
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
    private final TemplateDrift drift;
    private final String holder;
    private final String revision;
    private final boolean undo;

    /**
     * @param drift of these objects
     * @param revision of what is rolled out
     * @param undo whether that is what the stable version ran before
     */
    TrackDeployments(
            KubernetesClient client, DeployModelRequest request, KubernetesObjects objects, TemplateDrift drift, String holder,
            String revision, boolean undo) {
        this.client = client;
        this.request = request;
        this.objects = objects;
        this.drift = drift;
        this.holder = holder;
        this.revision = revision;
        this.undo = undo;
    }

    /** Where nobody else looks at what was changed by hand. */
    TrackDeployments(KubernetesClient client, DeployModelRequest request, KubernetesObjects objects, String holder, String revision, boolean undo) {
        this(client, request, objects, new TemplateDrift(client, objects), holder, revision, undo);
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
     * Fails when the track's name is taken, or when its pods would not be replaced.
     *
     * @throws DeliveryException when there is a Deployment of this name that selects other pods, or that is paused
     */
    void checkOurs(Track track) throws DeliveryException, InterruptedException {
        Deployment live = call("read Deployment " + name(track), () -> live(track));
        if (live != null && !isOurs(live, track)) {
            throw DeliveryException.invalid(
                    "name", "there is a Deployment " + name(track)
                            + " already that selects other pods than those of this model",
                    "Remove it, or choose another name; nothing was touched.");
        }
        if (live != null && Boolean.TRUE.equals(live.getSpec().getPaused())) {
            throw DeliveryException.invalid(
                    "name", "Deployment " + name(track) + " is paused (spec.paused), so Kubernetes would not replace its pods",
                    "Resume it with 'kubectl rollout resume deployment/" + name(track) + "'; nothing was touched.");
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
        againOnConflict(() -> apply(Track.CANARY, replicas, true, Map.of(), null));
    }

    /** @param basis the Deployment that the change was decided on, which must not have changed since; null for any */
    private void apply(Track track, int replicas, boolean inPlace, Map<String, String> extra, Deployment basis)
            throws DeliveryException, InterruptedException {
        Deployment present = basis != null ? basis : call("read Deployment " + name(track), () -> read(track));
        if (present != null
                && present.getMetadata().getDeletionTimestamp() == null
                && revision.equals(Revision.of(present))
                && present.getSpec().getReplicas() != null
                && present.getSpec().getReplicas() == replicas
                && KubernetesObjects.inPlace(present) == inPlace
                && !edited(track, present)) {
            return;
        }
        Map<String, String> annotations = new LinkedHashMap<>(extra);
        annotations.put(Revision.ANNOTATION, revision);
        annotations.put(APPLIED_BY, holder);
        String version = handOver(track, present);
        Deployment wanted = undo ? undone(present, annotations) : objects.deployment(track, replicas, inPlace, annotations);
        if (basis != null) {
            wanted.getMetadata().setResourceVersion(version);
        }
        apply("apply Deployment " + name(track), wanted);
    }

    private boolean edited(Track track, Deployment present) throws InterruptedException {
        return !undo && drift.edited(track, present, revision);
    }

    /**
     * What was added to the pod template by hand is taken away by the apply that follows, see {@link TemplateOwners}.
     *
     * @return the resource version of the Deployment afterwards, or null when there is none
     */
    private String handOver(Track track, Deployment present) throws DeliveryException, InterruptedException {
        String patch = TemplateOwners.handOver(present);
        if (patch == null) {
            return present == null ? null : present.getMetadata().getResourceVersion();
        }
        return call("take over the pod template of Deployment " + name(track), () -> client.apps().deployments()
                .inNamespace(request.namespace()).withName(name(track)).patch(PatchContext.of(PatchType.JSON_MERGE), patch))
                .getMetadata().getResourceVersion();
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
        String read(boolean judged) throws DeliveryException, InterruptedException;
    }

    /**
     * See {@link io.jenkins.plugins.mldelivery.deploy.Action.PromoteStable}. The pod template is replaced only on the
     * conditions on which that was decided, and the server checks the last of them: the canary has the template that
     * was judged, and the stable Deployment is as it was seen.
     *
     * @param canary the template of the canary that was judged, or null
     * @param seen the stable Deployment as it was when this was decided, or null when there was none
     */
    void promote(Integer replicas, boolean inPlace, boolean judged, String canary, Deployment seen, ConfigVersions config)
            throws DeliveryException, InterruptedException {
        againOnConflict(() -> promoteOnce(replicas, inPlace, judged, canary, seen, config));
    }

    private void promoteOnce(Integer replicas, boolean inPlace, boolean judged, String canary, Deployment seen, ConfigVersions config)
            throws DeliveryException, InterruptedException {
        Deployment present = call("read Deployment " + name(Track.STABLE), () -> read(Track.STABLE));
        boolean first = present == null || !revision.equals(Revision.of(present));
        Map<String, String> extra = new LinkedHashMap<>();
        if (first) {
            if (present != null) {
                checkSeen(present, seen);
                extra.put(PREVIOUS, KeptTemplate.write(present.getSpec().getTemplate()));
                extra.put(PREVIOUS_REVISION, Revision.of(present));
                if (!judged) {
                    extra.put(UNJUDGED, revision);
                }
            }
            String versions = config.read(canary != null);
            if (versions != null) {
                extra.put(PodConfig.VERSIONS, versions);
            }
            if (canary != null) {
                checkJudged(canary);
            }
        } else {
            // Applied already: what was kept stays, or server-side apply would take it away.
            extra.putAll(notes(present));
            if (judged) {
                extra.remove(UNJUDGED);
            }
        }
        int wanted = replicas != null ? replicas : present == null ? objects.replicas() : count(present.getSpec().getReplicas());
        apply(Track.STABLE, wanted, inPlace, extra, first ? present : null);
    }

    /** What the engine has noted of the version before. */
    private static Map<String, String> notes(Deployment present) {
        Map<String, String> notes = new LinkedHashMap<>();
        Map<String, String> annotations = present.getMetadata().getAnnotations();
        for (String key : List.of(PREVIOUS, PREVIOUS_REVISION, UNJUDGED, PodConfig.VERSIONS)) {
            if (annotations != null && annotations.get(key) != null) {
                notes.put(key, annotations.get(key));
            }
        }
        return notes;
    }

    /** Whoever decided this may have slept since: what another one has made of the stable version meanwhile is not written over. */
    private void checkSeen(Deployment present, Deployment seen) {
        boolean same = seen != null
                && present.getMetadata().getUid().equals(seen.getMetadata().getUid())
                && Revision.of(present).equals(Revision.of(seen))
                && present.getSpec().getTemplate().equals(seen.getSpec().getTemplate());
        if (!same) {
            throw new Target.TransientException("Deployment " + name(Track.STABLE) + " was changed while it was to be promoted", null);
        }
    }

    private void checkJudged(String template) throws DeliveryException, InterruptedException {
        Deployment live = call("read Deployment " + name(Track.CANARY), () -> read(Track.CANARY));
        boolean same = live != null
                && live.getMetadata().getDeletionTimestamp() == null
                && revision.equals(Revision.of(live))
                && template.equals(DeploymentView.template(live))
                && !edited(Track.CANARY, live);
        if (!same) {
            throw new Target.TransientException("Deployment " + name(Track.CANARY) + " was changed while it was to be promoted", null);
        }
    }

    /** See {@link io.jenkins.plugins.mldelivery.deploy.Action.ApproveStable}. */
    void approve() throws DeliveryException, InterruptedException {
        againOnConflict(this::approveOnce);
    }

    private void approveOnce() throws DeliveryException, InterruptedException {
        Deployment present = call("read Deployment " + name(Track.STABLE), () -> read(Track.STABLE));
        // What somebody has changed since was not judged: whoever finds it goes back to the version before.
        if (present != null && unjudged(present) != null && revision.equals(Revision.of(present)) && !edited(Track.STABLE, present)) {
            note(present, "it was judged", UNJUDGED, null);
        }
    }

    /** See {@link io.jenkins.plugins.mldelivery.deploy.Action.NoteEdit}. */
    void noteEdit() throws DeliveryException, InterruptedException {
        againOnConflict(() -> {
            Deployment present = call("read Deployment " + name(Track.STABLE), () -> read(Track.STABLE));
            if (edited(Track.STABLE, present)) {
                note(present, "somebody has changed it", Revision.ANNOTATION, revision + Revision.EDITED);
            }
        });
    }

    /** Only on the Deployment as it was looked at. Null takes the note away. */
    private void note(Deployment present, String what, String key, String value) throws DeliveryException, InterruptedException {
        Map<String, String> notes = new HashMap<>();
        notes.put(key, value);
        String version = present.getMetadata().getResourceVersion();
        String patch = Serialization.asJson(Map.of("metadata", Map.of("resourceVersion", version, "annotations", notes)));
        run("note on Deployment " + name(Track.STABLE) + " that " + what, () -> client.apps().deployments()
                .inNamespace(request.namespace()).withName(name(Track.STABLE)).patch(PatchContext.of(PatchType.JSON_MERGE), patch));
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
        if (present != null && oldRevision.equals(revision) && edited(Track.STABLE, present)) {
            apply(Track.STABLE, replicas != null ? replicas : count(present.getSpec().getReplicas()), inPlace, notes(present), null);
            return;
        }
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

    /** Takes a track away; what is somebody else's stays, also what has come in its place since it was read. */
    void delete(Track track) throws DeliveryException, InterruptedException {
        againOnConflict(() -> {
            Deployment present = call("read Deployment " + name(track), () -> read(track));
            if (present != null) {
                run("delete Deployment " + name(track), () -> client.apps().deployments()
                        .inNamespace(request.namespace()).withName(name(track))
                        .lockResourceVersion(present.getMetadata().getResourceVersion()).delete());
            }
        });
    }

    private String name(Track track) {
        return objects.deploymentName(track);
    }

    private static int count(Integer value) {
        return value == null ? 0 : value;
    }
}
