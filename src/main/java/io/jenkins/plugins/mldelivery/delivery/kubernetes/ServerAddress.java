package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.jenkins.plugins.mldelivery.delivery.Ascii;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Where an API server is, as it was checked.
 *
 * @param uri http or https with a host, without a user, a query and a slash at its end
 * @param authorities certificates that may have signed the server's; empty for those of the JVM
 * @param insecure whether any certificate is accepted
 * @param proxy of HTTP on the way to it, or null
 */
record ServerAddress(URI uri, List<X509Certificate> authorities, boolean insecure, URI proxy) {
    private static final int MAX_LENGTH = 2_048;
    private static final int MAX_PORT = 65_535;
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

    ServerAddress {
        authorities = List.copyOf(authorities);
    }

    /** Whether what is sent can be read on the way. Behind a proxy loopback is another machine's. */
    boolean isPlain() {
        return uri.getScheme().equals("http")
                && (proxy != null || !LOOPBACK.matcher(uri.getHost()).matches());
    }

    /**
     * The URL of an API server.
     *
     * @param parameter the parameter that gave it, for the error
     * @param owner what has it, for the error, such as {@code cluster 'a'}
     */
    static URI server(String parameter, String owner, String text) throws DeliveryException {
        URI uri = parse(text);
        if (uri == null || uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw DeliveryException.invalid(
                    parameter, owner + " has no valid URL of an API server" + (hasWrongPort(text) ? ": its port is not from 1 to " + MAX_PORT : ""), "Write it like https://10.0.0.1:6443.");
        }
        return uri;
    }

    /** The same of an HTTP proxy, which has a port and no path. */
    static URI proxy(String parameter, String owner, String text) throws DeliveryException {
        URI uri = parse(text);
        boolean plain = uri != null
                && uri.getScheme().equals("http")
                && uri.getRawUserInfo() == null
                && uri.getPort() > 0
                && uri.getRawPath().isEmpty()
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null;
        if (!plain) {
            throw DeliveryException.invalid(
                    parameter,
                    owner + " has a proxy that is not supported",
                    "Write it like http://proxy.example.org:3128, without a login.");
        }
        return uri;
    }

    private static boolean hasWrongPort(String text) {
        try {
            int port = text.length() > MAX_LENGTH ? -1 : new URI(text.strip()).getPort();
            return port == 0 || port > MAX_PORT;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static URI parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return null;
        }
        try {
            URI given = new URI(text.strip());
            String scheme = given.getScheme() == null ? "" : Ascii.lower(given.getScheme());
            boolean usable = (scheme.equals("https") || scheme.equals("http"))
                    && given.getHost() != null
                    && !given.isOpaque()
                    && given.getPort() <= MAX_PORT
                    && given.getPort() != 0;
            if (!usable) {
                return null;
            }
            String path = given.getRawPath() == null ? "" : given.getRawPath().replaceFirst("/$", "");
            return new URI(scheme + "://" + Ascii.lower(given.getRawAuthority()) + path
                    + (given.getRawQuery() == null ? "" : "?" + given.getRawQuery())
                    + (given.getRawFragment() == null ? "" : "#" + given.getRawFragment()));
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
