package io.jenkins.plugins.mldelivery.delivery;

/** Stands for another exception whose message could not be printed as it was: its class's name, the message without secrets and on one line, and its stack trace. */
public final class MaskedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String text;

    MaskedException(String text, Throwable cause) {
        super(text, cause);
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
