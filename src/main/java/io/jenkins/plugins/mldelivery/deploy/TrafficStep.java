package io.jenkins.plugins.mldelivery.deploy;

import java.time.Duration;

/**
 * One step of a rollout.
 *
 * @param split how the traffic is divided
 * @param hold how long it lasts at least before the gate is asked
 * @param pause whether a person has to agree after the gate
 */
public record TrafficStep(TrafficSplit split, Duration hold, boolean pause) {}
