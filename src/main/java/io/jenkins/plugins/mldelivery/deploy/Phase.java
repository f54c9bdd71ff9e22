package io.jenkins.plugins.mldelivery.deploy;

import java.util.Locale;

/** The phases of a rollout. */
public enum Phase {
    /** Takes the lease and looks at what is there. */
    PREPARING,
    /** Gives the canary (on a first install: the stable version) its pods and waits until they are ready. */
    SCALING_CANARY,
    /** Moves traffic to the step's share and waits until the cluster confirms it. */
    SHIFTING_TRAFFIC,
    /** Holds the step's share and waits for the gate's verdict. */
    ANALYSING,
    /** Holds the split and waits for a person to agree. */
    PAUSED,
    /** Gives the stable version the new image, then takes the canary away. */
    PROMOTING,
    /** Gives all traffic back to the stable version, then takes the canary away. */
    ROLLING_BACK,
    /** Ended: the new image has all the traffic. */
    COMPLETED,
    /** Ended: the old version has all the traffic. */
    ROLLED_BACK,
    /** Ended: neither could be reached in the time given; the reason says what was left behind. */
    FAILED;

    /** Whether the rollout has ended. */
    public boolean ended() {
        return this == COMPLETED || this == ROLLED_BACK || this == FAILED;
    }

    /** Its name in words, such as <code>scaling canary</code>. */
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
