package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.deploy.PodSettings;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * The pages of the pods of both tracks, from look to look. First come those for which the last look had no time, and last
 * those that could not be read then: a pod that stalls holds up only others of its kind.
 */
final class TrackPages {
    private final KubernetesClient client;
    private final Executor threads;
    private final PageAddress address;
    private final Map<Track, Past> past = new EnumMap<>(Track.class);

    /**
     * What became of the pods in the last look, by their sources.
     *
     * @param late there was no time for them
     * @param failed could not be read, and not since
     */
    private record Past(Set<String> late, Set<String> failed) {
        /** Smaller ones are asked before others. */
        int rank(String source) {
            return late.contains(source) ? 0 : failed.contains(source) ? 2 : 1;
        }
    }

    /**
     * @param threads that read what the pods send
     * @param pods where their pages are
     */
    TrackPages(KubernetesClient client, Executor threads, PodSettings pods) {
        this.client = client;
        this.threads = threads;
        this.address = new PageAddress(pods.server().metricsPort(pods), pods.server().metricsPath(pods));
    }

    /**
     * Reads the pages of those that are ready.
     *
     * @param all pods of the track
     * @throws DeliveryException when none could be read, although there are pods
     */
    void read(Track track, List<Pod> all, TrackMetrics.Reader reader) throws DeliveryException, InterruptedException {
        Past before = before(track);
        List<Pod> ready = all.stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null && PodProblems.isReady(pod))
                .sorted(Comparator.comparingInt(pod -> before.rank(PodPages.source(pod))))
                .toList();
        PodPages pages =
                new PodPages(client, threads, "the metrics of the " + track.word() + " pods", before.failed(), reader);
        try {
            pages.read(ready, address);
        } finally {
            after(track, new Past(new HashSet<>(pages.late()), new HashSet<>(pages.failed())));
        }
    }

    private synchronized Past before(Track track) {
        return past.getOrDefault(track, new Past(Set.of(), Set.of()));
    }

    private synchronized void after(Track track, Past now) {
        past.put(track, now);
    }
}
