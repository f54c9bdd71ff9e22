package io.jenkins.plugins.mldelivery.steps;

import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.OwnerShares;

/**
 * Few places for what keeps a plan of Terraform in memory from tick to tick, which takes some 30 MiB. Nobody waits here:
 * who gets none asks again later. Thread-safe.
 */
final class PlanPlaces {
    /** Of all jobs. */
    static final int MAX = 6;
    /** Of one job. */
    static final int OF_A_JOB = 2;
    /** Of the jobs of one top-level item. */
    static final int OF_A_TOP = 4;

    private final OwnerShares shares = new OwnerShares(OF_A_JOB, OF_A_TOP);
    private int taken;

    /** Takes a place, if there is one for this owner; if so, {@link #leave} must follow. */
    synchronized boolean enter(Owner owner) {
        if (taken >= MAX || !shares.enter(owner)) {
            return false;
        }
        taken++;
        return true;
    }

    /** Gives it back. */
    synchronized void leave(Owner owner) {
        shares.leave(owner);
        taken--;
    }
}
