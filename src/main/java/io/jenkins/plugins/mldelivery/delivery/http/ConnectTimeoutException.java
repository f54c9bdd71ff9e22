package io.jenkins.plugins.mldelivery.delivery.http;

import java.net.ConnectException;

/** A server, or the proxy before it, takes no connection in the time for one attempt. */
public final class ConnectTimeoutException extends ConnectException {
    private static final long serialVersionUID = 1L;

    ConnectTimeoutException() {
        super("it can't be connected to in time");
    }
}
