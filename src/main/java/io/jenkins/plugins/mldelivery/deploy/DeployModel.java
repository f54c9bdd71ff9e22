package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import java.time.Duration;

/**
 * A rollout, driven tick by tick. Each tick observes the cluster, lets the pure state machine ({@link Rollout#advance}) decide, persists the new state, and only
 * then does the actions, all of which may be repeated. An adapter holds no thread between ticks; {@link #run} ticks in the calling thread.
 */
public final class DeployModel implements AutoCloseable {

    /**
     * Opens a new rollout, or one that was persisted earlier.
     *
     * @param state the persisted state, or null for a new rollout
     * @param holder who does this, for the lease and the log, such as a build's URL
     * @throws DeliveryException when a parameter is wrong, by its name; nothing was touched then
     */
    public DeployModel(
            DeployModelRequest request,
            ClusterAccess cluster,
            RolloutState state,
            String holder,
            StateStore store,
            Environment environment)
            throws DeliveryException {
        throw new UnsupportedOperationException("to be written");
    }

    /**
     * One tick. Transient cluster errors are waited out (told once, with back-off in <code>nextTick</code>) up to the time-out.
     *
     * @param answer the gate's answer to the question of the last tick, or null when there is none
     */
    public Tick tick(Gate.Answer answer) throws DeliveryException, InterruptedException {
        throw new UnsupportedOperationException("to be written");
    }

    /** Asks for the rollout to be undone: the next ticks return the traffic to stable first, and end with <code>rolledBack</code> and this reason. */
    public void abort(String reason) {
        throw new UnsupportedOperationException("to be written");
    }

    /** Reads the metrics of the pods of this rollout through the Kubernetes API. */
    public TrackMetrics podMetrics() {
        throw new UnsupportedOperationException("to be written");
    }

    /** Ticks to the end in the calling thread. An interrupt rolls back before it is passed on. */
    public DeployModelResult run(Gate gate) throws DeliveryException, InterruptedException {
        throw new UnsupportedOperationException("to be written");
    }

    /** Closes the connection to the cluster; the rollout stays as it is. */
    @Override
    public void close() {}

    /**
     * What a tick gave.
     *
     * @param result null while the rollout goes on
     * @param question the gate's question when the rollout waits for an answer, else null
     * @param nextTick after how long to tick again
     */
    public record Tick(DeployModelResult result, RolloutFacts question, Duration nextTick) {}
}
