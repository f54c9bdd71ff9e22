package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.deploy.Target;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Whether the pod template of a Deployment that is noted to be of the revision being rolled out is still the one that
 * was applied. A note says what was written once; {@code kubectl set image} leaves it as it is. The server itself is
 * asked, by a dry run of the same apply: it knows its defaults and its webhooks.
 *
 * <p>One look is made for each generation of a Deployment. Not for use by two threads at once.
 */
final class TemplateDrift {
    private final KubernetesClient client;
    private final KubernetesObjects objects;
    private final Map<Track, Look> looks = new EnumMap<>(Track.class);

    /** What was found of a Deployment as it was at one moment. */
    private record Look(String uid, Long generation, boolean edited) {
        boolean isOf(Deployment live) {
            return Objects.equals(uid, live.getMetadata().getUid())
                    && Objects.equals(generation, live.getMetadata().getGeneration());
        }
    }

    /** @param objects whose templates are rolled out */
    TemplateDrift(KubernetesClient client, KubernetesObjects objects) {
        this.client = client;
        this.objects = objects;
    }

    /**
     * Whether somebody has changed the template, though the Deployment is noted as this revision. It says nothing of
     * one that is noted as another.
     *
     * @param live the Deployment as it is now, or null
     * @param revision of what is rolled out
     * @throws Target.TransientException when the server can't be asked now
     */
    boolean edited(Track track, Deployment live, String revision) throws InterruptedException {
        if (live == null || live.getMetadata().getDeletionTimestamp() != null || !Revision.of(live).equals(revision)) {
            return false;
        }
        Look last = looks.get(track);
        if (last == null || !last.isOf(live)) {
            last = new Look(live.getMetadata().getUid(), live.getMetadata().getGeneration(), look(track, live, revision));
            looks.put(track, last);
        }
        return last.edited();
    }

    private boolean look(Track track, Deployment live, String revision) throws InterruptedException {
        HasMetadata result;
        try {
            Integer replicas = live.getSpec().getReplicas();
            Deployment same = objects.deployment(
                    track, replicas == null ? 1 : replicas, KubernetesObjects.inPlace(live), Map.of(Revision.ANNOTATION, revision));
            result = client.resource(same).dryRun().fieldManager(KubernetesTarget.FIELD_MANAGER).forceConflicts()
                    .serverSideApply();
        } catch (KubernetesClientException e) {
            // It throws what passes.
            Calls.failure("compare Deployment " + live.getMetadata().getName() + " with what was applied", e);
            // A webhook with side effects refuses dry runs. Who owns the fields is known all the same.
            result = live;
        }
        // What was changed is changed back by the apply, what was added is not.
        return result instanceof Deployment applied
                && (!Objects.equals(applied.getSpec().getTemplate(), live.getSpec().getTemplate())
                        || !TemplateOwners.others(applied).isEmpty());
    }
}
