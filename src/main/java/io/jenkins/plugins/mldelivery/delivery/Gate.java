package io.jenkins.plugins.mldelivery.delivery;

import java.io.Serializable;
import java.time.Duration;

/**
 * Judges the canary at a traffic step. The rollout asks and does not know who answers: <code>verify/</code> with metrics, the body of a Jenkins
 * step, or a test.
 */
@FunctionalInterface
public interface Gate {
    /**
     * One look. It may do remote calls bounded by their own time-outs, and must not wait for evidence to come: it answers {@link Answer#pending} instead
     * and is asked again.
     *
     * @param facts the rollout's facts; a new <code>step</code> or <code>subject</code> means a new question
     */
    Answer look(RolloutFacts facts) throws InterruptedException;

    /** Whether the last answer says only that a look is under way, which may still fail. */
    default boolean isLooking() {
        return false;
    }

    /**
     * An answer.
     *
     * @param verdict null while there is none yet
     * @param reason a sentence for the log, the result and the chat
     * @param nextLook after how long to ask again, when pending
     */
    record Answer(Verdict verdict, String reason, Duration nextLook) implements Serializable {
        /** No verdict yet. */
        public static Answer pending(String reason, Duration nextLook) {
            return new Answer(null, reason, nextLook);
        }

        /** A verdict. */
        public static Answer of(Verdict verdict, String reason) {
            return new Answer(verdict, reason, Duration.ZERO);
        }
    }

    /** A gate that is always open: the traffic steps pass when their hold time is over. */
    static Gate open() {
        return facts -> Answer.of(Verdict.PASS, "no checks");
    }
}
