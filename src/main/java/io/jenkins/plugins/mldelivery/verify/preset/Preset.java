package io.jenkins.plugins.mldelivery.verify.preset;

import java.util.List;

/**
 * What a model server, a serving layer, a mesh or an ingress exposes.
 *
 * @param name what it is called in <code>preset</code>, such as <code>mlserver</code>
 * @param requests the counters of the finished requests; several are summed, such as the successes and the failures
 * @param errors PromQL label matchers without braces that select the failed requests among the series of <code>requests</code>; where several counters are read, each series carries its metric's name as
 *     the label <code>__name__</code>; null when these metrics do not tell which requests failed
 * @param latency how long requests took; null when there is no histogram
 */
public record Preset(String name, List<Counter> requests, String errors, Histogram latency) {
    public Preset {
        requests = List.copyOf(requests);
    }

    /**
     * A counter.
     *
     * @param metric the name of its samples, as the page shows it
     * @param labels PromQL label matchers without braces that narrow it, such as <code>reporter="destination"</code>; null for all its series
     */
    public record Counter(String metric, String labels) {}

    /**
     * A classic histogram of durations.
     *
     * @param metric its name without <code>_bucket</code>
     * @param labels PromQL label matchers without braces that narrow it; null for all its series
     * @param perSecond how many of its units make a second: 1 for seconds, 1,000 for milliseconds, 1,000,000 for microseconds
     */
    public record Histogram(String metric, String labels, double perSecond) {}
}
