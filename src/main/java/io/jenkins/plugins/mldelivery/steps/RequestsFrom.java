package io.jenkins.plugins.mldelivery.steps;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;

/** Who sends the requests of a step. */
enum RequestsFrom {
    /** Jenkins itself, within the hosts that its administrator allows. */
    CONTROLLER("controller"),
    /** The agent around the step. */
    AGENT("agent");

    static final String DEFAULT = CONTROLLER.word;

    private final String word;

    RequestsFrom(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }

    static RequestsFrom of(String parameter, String text) throws DeliveryException {
        for (RequestsFrom one : values()) {
            if (one.word.equals(text)) {
                return one;
            }
        }
        throw DeliveryException.invalid(parameter, "'" + text + "' is neither controller nor agent", "Give one of these.");
    }
}
