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
        StateStore unmasked = this;
        return new StateStore() {
            @Override
            public void save(RolloutState state) throws DeliveryException, InterruptedException {
                unmasked.save(state.masked(known));
            }

            @Override
            public String parameter() {
                return unmasked.parameter();
            }

            @Override
            public String beginningAnew() {
                return unmasked.beginningAnew();
            }
        };
    }

    /** The parameter that a state which does not fit is blamed on. */
    default String parameter() {
        return "cluster";
    }

    /** How a user begins without the state, as an imperative within a sentence, with marked names. */
    default String beginningAnew() {
        return "start a new `build`, which begins without the state of this one";
    }

    /** Keeps nothing, for tests. */
    static StateStore none() {
        return state -> {};
    }
}
