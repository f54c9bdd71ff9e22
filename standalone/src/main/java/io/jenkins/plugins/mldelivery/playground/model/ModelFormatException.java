package io.jenkins.plugins.mldelivery.playground.model;

import java.io.IOException;

/** A model that can't be loaded; the message says what is wrong with it. */
public final class ModelFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    ModelFormatException(String message) {
        super(message);
    }
}
