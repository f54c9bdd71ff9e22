package io.jenkins.plugins.mldelivery.steps;

import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;

/** A question to the body of <code>mlDeployModel</code>: a traffic step, or the pause after it, of what is judged there. */
final class BodyQuestion {
    private BodyQuestion() {}

    static String of(RolloutFacts facts) {
        return of(facts.step(), facts.paused(), facts.subject());
    }

    static String of(int trafficStep, boolean paused, String subject) {
        return (paused ? "pause " : "step ") + trafficStep + " of " + subject;
    }
}
