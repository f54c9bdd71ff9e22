package io.jenkins.plugins.mldelivery.delivery.http;

import java.io.InterruptedIOException;

/** Something was not done until its deadline. */
public final class LateException extends InterruptedIOException {
    private static final long serialVersionUID = 1L;

    LateException() {
        super("no answer in time");
    }
}
