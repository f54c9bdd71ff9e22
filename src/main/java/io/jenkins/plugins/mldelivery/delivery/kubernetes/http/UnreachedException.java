package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import java.io.IOException;
import java.net.ConnectException;

/** There is no connection to an API server, or to the proxy before it. The message is a phrase that names its address. */
public final class UnreachedException extends ConnectException {
    private static final long serialVersionUID = 1L;

    /** @param address of what was to be connected to */
    UnreachedException(String address, IOException cause) {
        super("no connection to " + address);
        initCause(cause);
    }
}
