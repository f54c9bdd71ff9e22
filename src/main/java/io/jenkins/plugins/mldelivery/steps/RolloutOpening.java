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

/** Opens the engine of a step, which waits while its job uses all the connections to clusters that it may. */
final class RolloutOpening {
    private final TickingExecution on;
    /** When it began to wait for a connection, by {@link System#nanoTime}; null before. */
    private Long waitsSince;

    RolloutOpening(TickingExecution on) {
        this.on = on;
    }

    /**
     * Opens it.
     *
     * @param state JSON of the persisted state, or null
     * @return null when there is no connection left for it at present
     */
    DeployModel open(RolloutInputs inputs, String holder, String state, StateStore store)
            throws DeliveryException, IOException, InterruptedException {
        RolloutState from = state == null ? null : RolloutState.fromJson(state);
        boolean underWay = PersistedPhase.isUnderWay(state);
        try {
            return inputs.open(on, holder, from, store);
        } catch (DeliveryException e) {
            if (ClusterConnections.allUsed(e) && mayWait(e, underWay, inputs)) {
                return null;
            }
            if (!underWay) {
                throw e;
            }
            throw new AbortException(PersistedPhase.left(e.getMessage(), inputs.step(), state));
        }
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
