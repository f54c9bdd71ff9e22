package io.jenkins.plugins.mldelivery.delivery;

import java.util.HashMap;
import java.util.Map;

/**
 * How much each owner has of what all share, counted on both levels: none gets more than the share of one job, and all
 * jobs of a top-level item together no more than its own share, which leaves the others something. Nobody waits here.
 * Thread-safe.
 */
public final class OwnerShares {
    private final int ofJob;
    private final int ofTop;
    private final Map<Owner, Integer> jobs = new HashMap<>();
    private final Map<String, Integer> tops = new HashMap<>();

    /**
     * Of something that there is more of than {@code ofTop}.
     *
     * @param ofJob how many one job has at a time
     * @param ofTop how many the jobs of one top-level item have together; not fewer
     */
    public OwnerShares(int ofJob, int ofTop) {
        if (ofJob < 1 || ofTop < ofJob) {
            throw new IllegalArgumentException(ofJob + " of " + ofTop);
        }
        this.ofJob = ofJob;
        this.ofTop = ofTop;
    }

    /** Takes one more if the owner may have it; if so, {@link #leave} must follow. */
    public synchronized boolean enter(Owner owner) {
        if (inJob(owner) >= ofJob || inTop(owner) >= ofTop) {
            return false;
        }
        enterAlso(owner);
        return true;
    }

    /** Takes one more, also beyond the share: in place of one that the owner gives back in a moment. {@link #leave} must follow. */
    public synchronized void enterAlso(Owner owner) {
        jobs.merge(owner, 1, Integer::sum);
        tops.merge(owner.top(), 1, Integer::sum);
    }

    /** Gives one back. */
    public synchronized void leave(Owner owner) {
        jobs.computeIfPresent(owner, (key, now) -> now > 1 ? now - 1 : null);
        tops.computeIfPresent(owner.top(), (key, now) -> now > 1 ? now - 1 : null);
    }

    /** How many an owner's job has. */
    public synchronized int inJob(Owner owner) {
        return jobs.getOrDefault(owner, 0);
    }

    /** How many all jobs of an owner's top-level item have. */
    public synchronized int inTop(Owner owner) {
        return tops.getOrDefault(owner.top(), 0);
    }
}
