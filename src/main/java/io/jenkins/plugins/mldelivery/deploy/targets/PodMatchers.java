package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.Pod;
import io.jenkins.plugins.mldelivery.delivery.Track;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** Label matchers (PromQL) that find the series of a model's pods by the labels <code>namespace</code> and <code>pod</code>, which every usual configuration of Prometheus gives them. */
final class PodMatchers {
    /**
     * What the API server adds to the base of a pod's name: five characters. Anything longer was named by somebody
     * else.
     */
    private static final String SUFFIX = "[a-z0-9]{5}";
    /** So much of <code>generateName</code> the API server keeps before the five characters of its own (apiserver: <code>storage/names/generate.go</code>, <code>MaxGeneratedNameLength</code>). */
    private static final int LONGEST_BASE = 58;
    /** Beside a Deployment's name in a pod's: two dashes and the hash of the pod template, of at most ten characters. */
    private static final int HASH_AND_DASHES = 12;

    /** Names that the matchers leave out at most: a query must stay short enough for a server. */
    private static final int MAX_EXCLUDED = 20;

    private final String namespace;
    private final String model;

    PodMatchers(String namespace, String model) {
        this.namespace = namespace;
        this.model = model;
    }

    /** The pods of a track, of whatever revision: also those that are no longer there. */
    String of(Track track) {
        String canary = model + "-canary";
        return track == Track.CANARY ? named(pods(canary)) : named(pods(model)) + ",pod!~\"" + canary + "-.+\"";
    }

    /** The track that a pod belongs to by its name; null when it is none of the model's. */
    Track track(String pod) {
        String canary = model + "-canary";
        if (pod.matches(pods(canary))) {
            return Track.CANARY;
        }
        return !pod.startsWith(canary + "-") && pod.matches(pods(model)) ? Track.STABLE : null;
    }

    /**
     * The same without pods of other makers whose names are like those of the track.
     *
     * @param matchers of the track
     * @param strangers names of pods with the track's labels that its Deployment has not made
     */
    String without(String matchers, Track track, List<String> strangers) {
        String names = strangers.stream().filter(name -> track(name) == track).sorted().limit(MAX_EXCLUDED).collect(Collectors.joining("|"));
        return names.isEmpty() ? matchers : matchers + ",pod!~\"" + names + "\"";
    }

    /** The names of a Deployment's pods. Of a long name the dash before the last part is cut off. */
    private static String pods(String deployment) {
        boolean cut = deployment.length() + HASH_AND_DASHES > LONGEST_BASE;
        return deployment + "-[a-z0-9]+" + (cut ? "(-[a-z0-9]+)?" : "-" + SUFFIX);
    }

    /**
     * The pods of the same ReplicaSets as those that are there; without any, all of the track. Pods that are ending do
     * not count.
     *
     * @param pods those that the track's Deployment has made, see {@link OwnedPods}
     */
    String ofPresent(Track track, List<Pod> pods) {
        String names = pods.stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .map(OwnedPods::replicaSet)
                .filter(Objects::nonNull)
                .map(PodMatchers::base)
                .distinct()
                .sorted()
                .map(base -> base + SUFFIX)
                .collect(Collectors.joining("|"));
        return names.isEmpty() ? of(track) : named(names);
    }

    private String named(String pattern) {
        return "namespace=\"" + namespace + "\",pod=~\"" + pattern + "\"";
    }

    /** What the names of a ReplicaSet's pods begin with. */
    static String base(String replicaSet) {
        String base = replicaSet + "-";
        return base.substring(0, Math.min(LONGEST_BASE, base.length()));
    }
}
