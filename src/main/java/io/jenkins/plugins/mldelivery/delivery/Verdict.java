package io.jenkins.plugins.mldelivery.delivery;

import java.util.Locale;

/** What a check, or all checks together, say of the canary. */
public enum Verdict {
    /** No worse than allowed, shown. */
    PASS,
    /** Worse than allowed, shown. */
    FAIL,
    /** Neither could be shown in the time given. */
    INCONCLUSIVE;

    /** The word used in results: <code>pass</code>, <code>fail</code>, <code>inconclusive</code>. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
