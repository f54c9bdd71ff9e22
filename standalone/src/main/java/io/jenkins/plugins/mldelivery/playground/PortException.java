package io.jenkins.plugins.mldelivery.playground;

import java.io.IOException;

/** A port of this machine that can't be listened at: another program has it, or this user may not. */
public final class PortException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int port;

    /** @param cause which says why */
    PortException(int port, IOException cause) {
        super(cause.getMessage(), cause);
        this.port = port;
    }

    /** Which one. */
    public int port() {
        return port;
    }
}
