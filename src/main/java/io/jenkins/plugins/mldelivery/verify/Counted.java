package io.jenkins.plugins.mldelivery.verify;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Requests that a source counted between two of its samples, and how many of them are events.
 *
 * @param source the page or target (a pod, as a rule)
 * @param millis the time of the later sample, in milliseconds since 1970
 * @param events those that failed, or were slow, 0 to <code>requests</code>
 * @param requests all
 */
record Counted(String source, long millis, double events, double requests) {
    /**
     * What both tracks counted, in windows by the time of the data, in their order.
     *
     * @param width of a window, the first of which begins at the onset
     */
    static List<OpenTick> ticks(List<Counted> canary, List<Counted> stable, Instant onset, Duration width) {
        TreeMap<Long, OpenTick> windows = new TreeMap<>();
        for (Counted c : canary) {
            windows.merge(c.window(onset, width), new OpenTick(c.events, c.requests, 0, 0), Counted::sum);
        }
        for (Counted s : stable) {
            windows.merge(s.window(onset, width), new OpenTick(0, 0, s.events, s.requests), Counted::sum);
        }
        return new ArrayList<>(windows.values());
    }

    private long window(Instant onset, Duration width) {
        return Increment.window(millis, onset, width);
    }

    private static OpenTick sum(OpenTick a, OpenTick b) {
        return a.plus(b);
    }
}
