package io.jenkins.plugins.mldelivery.delivery.http;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;

/**
 * Where a connection goes: to addresses that have been found and checked, so that no name is resolved again.
 *
 * @param addresses of the server, or of the proxy
 * @param proxy {@code http://host:port}, or null for none
 */
public record HttpRoute(List<InetAddress> addresses, URI proxy) {
    public HttpRoute {
        addresses = List.copyOf(addresses);
    }
}
