package io.jenkins.plugins.mldelivery.deploy;

import java.time.Duration;
import java.util.List;

/**
 * What the state machine decided.
 *
 * @param state the new state, persisted before the actions
 * @param actions what to do now, in order
 * @param asksGate whether the gate is asked now
 * @param wakeUp after how long to look again
 * @param news what to tell the user, or null
 */
public record Advance(RolloutState state, List<Action> actions, boolean asksGate, Duration wakeUp, String news) {
    public Advance {
        actions = List.copyOf(actions);
    }

    /** Whether the next look is due only because the cluster may have changed by then, and no time-out, hold time or gate asks for it. */
    public boolean polls() {
        return RolloutDecision.SOON.equals(wakeUp);
    }
}
