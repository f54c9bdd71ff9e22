package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.time.Instant;

/** An action that a tick has not done to its end. Those of many objects are asked for once, and may take more than a tick. */
final class UnfinishedAction {
    private final Target target;
    private Action action;

    UnfinishedAction(Target target) {
        this.target = target;
    }

    /** Does an action, and keeps it until it is done. */
    void act(Action next, Instant now) throws DeliveryException, InterruptedException {
        action = next instanceof Action.ApplyObjects || next instanceof Action.PruneObjects
                || next instanceof Action.DeleteStable ? next : null;
        target.act(next, now);
        action = null;
    }

    /**
     * Does what the last tick has not done to its end, unless somebody else looks after the model now.
     *
     * @param inVain whether nothing needs to be applied any more
     * @return whether there was something, so that the cluster has to be looked at again
     */
    boolean finish(Observation seen, boolean inVain, Instant now) throws DeliveryException, InterruptedException {
        if (action instanceof Action.ApplyObjects && inVain) {
            action = null;
        }
        if (action == null || !seen.leaseHeld()) {
            return false;
        }
        target.act(new Action.HoldLease(), now);
        act(action, now);
        return true;
    }
}
