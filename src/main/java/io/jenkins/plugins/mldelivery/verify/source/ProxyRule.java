package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Ascii;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import java.net.URI;
import java.util.List;

/** One HTTP proxy for all hosts but some. */
final class ProxyRule {
    private static final int MAX_HOST = 253;
    private static final int MAX_HOSTS = 500;

    private final URI proxy;
    private final List<String> without;

    private ProxyRule(URI proxy, List<String> without) {
        this.proxy = proxy;
        this.without = without;
    }

    /**
     * Nothing is resolved yet.
     *
     * @param text {@code host:port}; {@code http://} before it does no harm
     */
    static ProxyRule parse(String text, List<String> noProxy) throws DeliveryException {
        String plain = text.strip();
        plain = plain.startsWith("http://") ? plain.substring("http://".length()) : plain;
        plain = plain.endsWith("/") ? plain.substring(0, plain.length() - 1) : plain;
        URI uri = Urls.parse("http://" + plain).orElse(null);
        boolean usable = uri != null && uri.getPort() > 0 && uri.getHost().length() <= MAX_HOST && uri.getRawPath().isEmpty() && uri.getRawQuery() == null && uri.getRawFragment() == null;
        if (!usable) {
            throw DeliveryException.invalid("proxy", "'" + shown(text) + "' is not a valid host and port", "Write it like proxy.example.org:3128.");
        }
        if (noProxy.size() > MAX_HOSTS) {
            throw DeliveryException.invalid("noProxy", "it has more than " + MAX_HOSTS + " hosts", "Give domains, such as .example.org.");
        }
        return new ProxyRule(uri, noProxy.stream().map(one -> Ascii.lower(one.strip())).filter(one -> !one.isEmpty()).toList());
    }

    /** Without what may be a password. */
    private static String shown(String text) {
        int at = text.lastIndexOf('@');
        return Excerpt.of(at < 0 ? text : "****" + text.substring(at));
    }

    /** The proxy before a server, or null. */
    URI of(URI uri) {
        String host = Ascii.lower(uri.getHost());
        boolean direct = without.stream().anyMatch(one -> {
            String suffix = one.startsWith("*.") ? one.substring(1) : one;
            return one.equals("*") || host.equals(one) || suffix.startsWith(".") && (host.endsWith(suffix) || host.equals(suffix.substring(1)));
        });
        return direct ? null : proxy;
    }
}
