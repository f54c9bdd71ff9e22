package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The pods of both tracks, as far as the tracks' Deployments have made them, and what is strange about the others. */
final class ModelPods {
    /** Pods that a warning names. */
    private static final int MAX_NAMES = 3;

    private final OwnedPods owned;
    private final KubernetesObjects objects;
    private final PodMatchers matchers;
    private final Function<Track, Deployment> reader;
    /** The Deployments as the present observation has found them; null while there was none. */
    private Map<Track, OwnedPods.Maker> makers;
    private final Map<Track, List<String>> strangers = new EnumMap<>(Track.class);
    private final Map<Track, String> lookedAt = new EnumMap<>(Track.class);

    /** @param reader reads the Deployment of a track, or null, where nobody has observed it */
    ModelPods(KubernetesClient client, DeployModelRequest request, KubernetesObjects objects,
            Function<Track, Deployment> reader) {
        this.owned = new OwnedPods(client, request.namespace());
        this.objects = objects;
        this.matchers = new PodMatchers(request.namespace(), request.name());
        this.reader = reader;
    }

    /** An observation begins: what it does not find is not there. */
    void observing() {
        makers = new EnumMap<>(Track.class);
    }

    /**
     * An observation has found this.
     *
     * @return the canary's pods, whose every one is judged; of the stable version, which may have very many, those
     *     that a look was due at because something of it had changed, or null
     */
    OwnedPods.Found found(Track track, Deployment deployment) {
        makers.put(track, OwnedPods.Maker.of(deployment));
        String version = deployment.getMetadata().getResourceVersion();
        boolean same = version != null && version.equals(lookedAt.put(track, version));
        return same && track == Track.STABLE ? null : look(track);
    }

    /** The pods that a track's Deployment has made. */
    List<Pod> of(Track track) {
        return look(track).pods();
    }

    private OwnedPods.Found look(Track track) {
        OwnedPods.Maker maker = makers != null ? makers.get(track) : OwnedPods.Maker.of(reader.apply(track));
        OwnedPods.Found found = owned.find(objects.selector(track), maker);
        if (found.strangers().isEmpty()) {
            strangers.remove(track);
        } else {
            strangers.put(track, found.strangers());
        }
        return found;
    }

    /** The names of those that have the labels of a track, though its Deployment has not made them. */
    Set<String> strangers() {
        return strangers.values().stream().flatMap(List::stream).collect(Collectors.toSet());
    }

    /** Label matchers of the track's series, of whatever revision. */
    String matchers(Track track) {
        return matchers.without(matchers.of(track), track, strangers.getOrDefault(track, List.of()));
    }

    /** Those of the pods that the track has now, and of those that come in their place. */
    String matchersOfPresent(Track track) {
        String present = matchers.ofPresent(track, of(track));
        return matchers.without(present, track, strangers.getOrDefault(track, List.of()));
    }

    /** What the last looks at the pods have found that is worth a warning. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        strangers.forEach((track, names) -> warnings.add(
                "pods that have the labels of Deployment " + objects.deploymentName(track)
                        + " but were not made by it are not counted or measured, though Services may send them requests: "
                        + String.join(", ", names.subList(0, Math.min(MAX_NAMES, names.size())))
                        + (names.size() > MAX_NAMES ? " and " + (names.size() - MAX_NAMES) + " more" : "")));
        return warnings;
    }
}
