package io.jenkins.plugins.mldelivery.deploy;

import java.io.Serializable;
import java.util.List;

/** How the new version takes over. The component names are the parameter names of the Jenkins describables. */
public sealed interface Strategy extends Serializable {
    /**
     * Canary: the share of traffic rises step by step, each step judged by the gate.
     *
     * @param steps the canary's shares of traffic in percent, strictly rising, each from 1 to 99; then it is promoted
     * @param hold how long each step lasts at least before the gate is asked, such as <code>2m</code>
     */
    record Canary(List<Integer> steps, String hold) implements Strategy {
        public static final List<Integer> DEFAULT_STEPS = List.of(10, 50);
        public static final String DEFAULT_HOLD = "0s";

        public Canary {
            steps = List.copyOf(steps);
        }

        /** The strategy with every default. */
        public static Canary defaults() {
            return new Canary(DEFAULT_STEPS, DEFAULT_HOLD);
        }
    }
}
