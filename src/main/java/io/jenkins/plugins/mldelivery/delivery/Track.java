package io.jenkins.plugins.mldelivery.delivery;

import java.util.Locale;

/** The two versions that serve during a rollout. */
public enum Track {
    /** The version that was there before. */
    STABLE,
    /** The version on trial. */
    CANARY;

    /** The word used in labels: <code>stable</code>, <code>canary</code>. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
