package io.jenkins.plugins.mldelivery.verify.source;

import java.io.IOException;

/** An answer is JSON, and not what it should be. */
final class MalformedException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
        this(message, null);
    }

    MalformedException(String message, Throwable cause) {
        super(message, cause);
    }
}
