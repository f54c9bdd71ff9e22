package io.jenkins.plugins.mldelivery.verify.source;

/**
 * A histogram at a time.
 *
 * @param millis the time of the data, in milliseconds since 1970
 * @param buckets what it had counted until then
 */
public record HistogramPoint(long millis, Buckets buckets) {}
