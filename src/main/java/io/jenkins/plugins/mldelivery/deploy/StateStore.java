package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;

/**
 * Keeps the rollout's state before its actions are done: Jenkins in the running step, the command line in a file. When {@link #save} returns, the state
 * survives the death of the process.
 */
@FunctionalInterface
public interface StateStore {
    /** Persists the state, durably, before it returns. */
    void save(RolloutState state) throws DeliveryException, InterruptedException;

    /** The same, in which no text of a cluster or a server holds a secret that is known when it is saved. */
    default StateStore masking(KnownSecrets known) {
        return state -> save(state.masked(known));
    }

    /** Keeps nothing, for tests. */
    static StateStore none() {
        return state -> {};
    }
}
