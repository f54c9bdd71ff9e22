package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Pods that count requests, and can be away. */
final class Pods implements TrackMetrics {
    private final Map<Track, Map<String, long[]>> counts = Map.of(Track.CANARY, new TreeMap<>(), Track.STABLE, new TreeMap<>());
    private final List<String> unreadable = new ArrayList<>();
    private boolean away;
    int scrapes;

    /** Requests to a pod, which begins to exist with its first. */
    Pods serve(Track track, String pod, long good, long bad) {
        long[] c = counts.get(track).computeIfAbsent(pod, p -> new long[2]);
        c[0] += good;
        c[1] += bad;
        return this;
    }

    /** Its container starts again: counters from zero. */
    void restart(Track track, String pod) {
        counts.get(track).put(pod, new long[2]);
    }

    void remove(Track track, String pod) {
        counts.get(track).remove(pod);
    }

    void away(boolean isAway) {
        away = isAway;
    }

    void unreadable(String pod, boolean is) {
        unreadable.remove(pod);
        if (is) {
            unreadable.add(pod);
        }
    }

    @Override
    public List<Page> scrape(Track track) throws DeliveryException {
        scrapes++;
        if (away) {
            throw DeliveryException.unreachable("cluster", "the pods can't be reached", "Wait.", null);
        }
        List<Page> pages = new ArrayList<>();
        counts.get(track).forEach((pod, c) -> {
            if (!unreadable.contains(pod)) {
                // A real client library shows a label set from its first event on.
                pages.add(new Page(pod, "# TYPE http_requests_total counter\n"
                        + (c[0] > 0 ? "http_requests_total{code=\"200\"} " + c[0] + "\n" : "")
                        + (c[1] > 0 ? "http_requests_total{code=\"500\"} " + c[1] + "\n" : "")
                        + "http_requests_total_other 7\n"));
            }
        });
        return pages;
    }
}
