package io.jenkins.plugins.mldelivery.verify.source;

import java.io.IOException;

/** An answer came whole, and is not what it should be. The message is a sentence without its end. */
final class MalformedException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
        this(message, null);
    }

    MalformedException(String message, Throwable cause) {
        super(message, cause);
    }
}
