package io.jenkins.plugins.mldelivery.image.registry;

import io.jenkins.plugins.mldelivery.delivery.TrustAnyone;
import io.jenkins.plugins.mldelivery.delivery.http.HttpTransport;
import java.net.URI;
import java.time.Duration;

/**
 * The connections to a registry, and to the other servers that it names: its token service and its storage. With
 * {@code insecure} any certificate of the registry's own host is taken; those of all other hosts are verified.
 */
final class Ways implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(20);

    private final String host;
    private final HttpTransport verified = new HttpTransport(null, CONNECT);
    private final HttpTransport own;

    /** @param authority the registry's host and port */
    Ways(String authority, boolean insecure) {
        this.host = URI.create("https://" + authority).getHost();
        this.own = insecure ? new HttpTransport(TrustAnyone.context(), CONNECT) : verified;
    }

    /** What sends requests to this address. */
    HttpTransport to(URI address) {
        return isOwn(address) ? own : verified;
    }

    /** Whether it is on the registry's own host. */
    boolean isOwn(URI address) {
        return host != null && host.equalsIgnoreCase(address.getHost());
    }

    @Override
    public void close() {
        own.close();
        verified.close();
    }
}
