package io.jenkins.plugins.mldelivery.verify.source;

/**
 * A raw sample.
 *
 * @param millis the time of the data: when it was scraped, or the time stamp that the page gave; milliseconds since 1970
 * @param value its value, may be NaN or infinite
 */
public record Point(long millis, double value) {}
