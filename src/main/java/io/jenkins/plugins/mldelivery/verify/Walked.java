package io.jenkins.plugins.mldelivery.verify;

/**
 * A track whose series were walked.
 *
 * @param <C> the kind of samples
 * @param next the samples to go on from
 * @param copies the series that count nothing, since they repeat others
 * @param jumps the series that show several processes
 * @param growth what of it may be no traffic
 */
record Walked<C>(C next, Copies copies, JumpWatch.Found jumps, GrowthWatch.Found growth) {}
