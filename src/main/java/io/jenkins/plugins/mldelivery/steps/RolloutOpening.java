package io.jenkins.plugins.mldelivery.steps;

import hudson.AbortException;
import hudson.model.TaskListener;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnections;
import io.jenkins.plugins.mldelivery.deploy.DeployModel;
import io.jenkins.plugins.mldelivery.deploy.RolloutState;
import io.jenkins.plugins.mldelivery.deploy.StateStore;
import java.io.IOException;
import java.time.Duration;

/**
 * Opens the engine of a step, which waits while its job uses all the connections to clusters that it may. For a rollout
 * under way it also waits a while for what it needs of Jenkins: a configuration that is being loaded anew has no clusters
 * for a moment, and the canary has traffic.
 */
final class RolloutOpening {
    /** As long as the rollout's lease is held. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    private final TickingExecution on;
    /** When it began to wait for a connection, by {@link System#nanoTime}; null before. */
    private Long waitsSince;
    /** When it began to fail, likewise; null while it succeeds. */
    private Long failsSince;

    RolloutOpening(TickingExecution on) {
        this.on = on;
    }

    /**
     * Opens it.
     *
     * @param state JSON of the persisted state, or null
     * @return null when it is to be tried again in some seconds
     */
    DeployModel open(RolloutInputs inputs, String holder, String state, StateStore store)
            throws DeliveryException, IOException, InterruptedException {
        RolloutState from = state == null ? null : RolloutState.fromJson(state);
        boolean underWay = PersistedPhase.isUnderWay(state);
        try {
            DeployModel opened = inputs.open(on, holder, from, store);
            failsSince = null;
            return opened;
        } catch (DeliveryException e) {
            if (ClusterConnections.allUsed(e) && mayWait(e, underWay, inputs)) {
                return null;
            }
            if (!underWay) {
                throw e;
            }
            if (mayFail(e)) {
                return null;
            }
            throw new AbortException(PersistedPhase.left(e.getMessage(), inputs.step(), state));
        }
    }

    private boolean mayFail(DeliveryException e) throws IOException, InterruptedException {
        long now = System.nanoTime();
        if (failsSince == null) {
            failsSince = now;
            if (on.stopCause() == null) {
                on.getContext().get(TaskListener.class).getLogger().println(Messages.DeployModelExecution_Unopened(
                        Printable.line(on.known().mask(e.getMessage())), PATIENCE.toSeconds()));
            }
        }
        return now - failsSince < PATIENCE.toNanos();
    }

    /** A rollout under way waits as long as it takes: its canary has traffic. Another one waits as long as it may take in all. */
    private boolean mayWait(DeliveryException full, boolean underWay, RolloutInputs inputs)
            throws DeliveryException, IOException, InterruptedException {
        long now = System.nanoTime();
        if (waitsSince == null) {
            waitsSince = now;
            on.getContext().get(TaskListener.class).getLogger()
                    .println(Messages.DeployModelExecution_Full(Printable.line(on.known().mask(full.getMessage()))));
        }
        Duration most = Durations.parse("timeout", inputs.request().timeout());
        return underWay || now - waitsSince < most.toNanos();
    }
}
