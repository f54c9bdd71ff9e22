package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.jenkins.plugins.mldelivery.delivery.Track;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** Label matchers (PromQL) that find the series of a model's pods by the labels <code>namespace</code> and <code>pod</code>, which every usual configuration of Prometheus gives them. */
final class PodMatchers {
    /** So much of <code>generateName</code> the API server keeps before the five characters of its own (apiserver: <code>storage/names/generate.go</code>, <code>MaxGeneratedNameLength</code>). */
    private static final int LONGEST_BASE = 58;
    /** Beside a Deployment's name in a pod's: two dashes and the hash of the pod template, of at most ten characters. */
    private static final int HASH_AND_DASHES = 12;

    private final String namespace;
    private final String model;

    PodMatchers(String namespace, String model) {
        this.namespace = namespace;
        this.model = model;
    }

    /** The pods of a track, of whatever revision: also those that are no longer there. */
    String of(Track track) {
        String canary = model + "-canary-.+";
        // Of a long name the dash before the last part is cut off.
        String stable = model + "-[a-z0-9]+" + (model.length() + HASH_AND_DASHES > LONGEST_BASE ? "(-[a-z0-9]+)?" : "-[a-z0-9]+");
        return track == Track.CANARY ? named(canary) : named(stable) + ",pod!~\"" + canary + "\"";
    }

    /** The pods of the same ReplicaSets as those that are there; without any, all of the track. Pods that are ending do not count. */
    String ofPresent(Track track, List<Pod> pods) {
        String bases = pods.stream()
                .map(Pod::getMetadata)
                .filter(pod -> pod.getDeletionTimestamp() == null)
                .map(PodMatchers::base)
                .filter(Objects::nonNull)
                .distinct()
                .sorted()
                .map(base -> base + ".+")
                .collect(Collectors.joining("|"));
        return bases.isEmpty() ? of(track) : named(bases);
    }

    private String named(String pattern) {
        return "namespace=\"" + namespace + "\",pod=~\"" + pattern + "\"";
    }

    /** What the names of a ReplicaSet's pods begin with; null for a pod that was given its name. */
    private static String base(ObjectMeta pod) {
        String base = pod.getGenerateName();
        return base == null ? null : base.substring(0, Math.min(LONGEST_BASE, base.length()));
    }
}
