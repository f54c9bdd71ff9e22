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
     * @param maxSurge the most pods that both versions together may have beyond the stable version's own; 0 means in place, for scarce GPUs: a canary pod takes a stable pod's place.
     *     Null: one. Only with {@link TrafficKind.ReplicaRatio}; with the other kinds the stable version keeps its pods, and the canary has as many as its share needs
     */
    record Canary(List<Integer> steps, String hold, Integer maxSurge) implements Strategy {
        public static final List<Integer> DEFAULT_STEPS = List.of(10, 50);
        public static final String DEFAULT_HOLD = "0s";

        public Canary {
            steps = List.copyOf(steps);
        }

        /** The strategy with every default. */
        public static Canary defaults() {
            return new Canary(DEFAULT_STEPS, DEFAULT_HOLD, null);
        }
    }

    /**
     * Blue/green: the new version gets as many pods as the old one has and no traffic (the preview, judged by the gate), then all traffic at once (judged again). The old version is kept
     * with all its pods for a while, so that going back is one switch.
     *
     * @param hold how long the preview lasts at least before the gate is asked
     * @param scaleDownDelay how long the old version is kept after the switch, before the gate is asked again
     */
    record BlueGreen(String hold, String scaleDownDelay) implements Strategy {
        public static final String DEFAULT_HOLD = "0s";
        public static final String DEFAULT_SCALE_DOWN_DELAY = "5m";

        /** The strategy with every default. */
        public static BlueGreen defaults() {
            return new BlueGreen(DEFAULT_HOLD, DEFAULT_SCALE_DOWN_DELAY);
        }
    }

    /**
     * Shadow: the new version gets copies of the users' requests, whose answers nobody sees, and is judged by the gate; then it is promoted.
     *
     * @param percent how much of the traffic is copied, from 1 to 100
     * @param hold how long it is mirrored at least before the gate is asked
     */
    record Shadow(int percent, String hold) implements Strategy {
        public static final int DEFAULT_PERCENT = 100;
        public static final String DEFAULT_HOLD = "0s";

        /** The strategy with every default. */
        public static Shadow defaults() {
            return new Shadow(DEFAULT_PERCENT, DEFAULT_HOLD);
        }
    }

    /**
     * Rolling: the stable version's own pods are replaced one after another, then the gate is asked once; when it fails, they are put back.
     *
     * @param hold how long the new version runs at least before the gate is asked
     */
    record Rolling(String hold) implements Strategy {
        public static final String DEFAULT_HOLD = "0s";

        /** The strategy with every default. */
        public static Rolling defaults() {
            return new Rolling(DEFAULT_HOLD);
        }
    }
}
