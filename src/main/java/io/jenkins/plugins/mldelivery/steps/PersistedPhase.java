package io.jenkins.plugins.mldelivery.steps;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.deploy.Phase;
import io.jenkins.plugins.mldelivery.deploy.RolloutState;

/** Where the rollout of a step is, by the state that the step has saved. */
final class PersistedPhase {
    private PersistedPhase() {}

    /** @param state JSON form of the engine's state; null before it first changed */
    static Phase of(String state) throws DeliveryException {
        return state == null ? Phase.PREPARING : RolloutState.fromJson(state).phase();
    }

    /** Whether there is something in the cluster that nobody looks after when the step ends. */
    static boolean isUnderWay(String state) {
        try {
            Phase phase = of(state);
            return phase != Phase.PREPARING && !phase.ended();
        } catch (DeliveryException e) {
            return false;
        }
    }

    /** The phase for the status of a step. */
    static String words(String state) {
        try {
            return FailureText.of(of(state));
        } catch (DeliveryException e) {
            return "unreadable state";
        }
    }

    /** What is said of a rollout that the step has to leave as it is. */
    static String left(String why, DeployModelStep step, String state) {
        return Messages.DeployModelExecution_Left(why, step.getNamespace() + "/" + step.getName(), words(state));
    }
}
