package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.NearestName;
import java.util.List;

/** What a rollout does when another one of the same model is under way. */
public enum OnConcurrent {
    /** Waits until it has ended. */
    WAIT,
    /** Ends without touching anything. */
    FAIL,
    /** Takes the model's lease away from it: the other one ends, and this one looks after what it left. */
    TAKE_OVER;

    private static final List<String> WORDS = List.of("wait", "fail", "takeOver");

    static OnConcurrent of(String word) throws DeliveryException {
        if (word == null) {
            return WAIT;
        }
        return switch (word) {
            case "wait" -> WAIT;
            case "fail" -> FAIL;
            case "takeOver" -> TAKE_OVER;
            default -> throw DeliveryException.invalid("onConcurrent", "'" + Excerpt.of(word) + "' is not known", NearestName.hint(word, WORDS) + "Choose one of: " + String.join(", ", WORDS) + ".");
        };
    }
}
