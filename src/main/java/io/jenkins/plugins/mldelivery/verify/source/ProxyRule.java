package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/** One HTTP proxy for all hosts but some. */
final class ProxyRule extends ProxySelector {
    private final InetSocketAddress proxy;
    private final List<String> without;

    private ProxyRule(InetSocketAddress proxy, List<String> without) {
        this.proxy = proxy;
        this.without = without;
    }

    /** @param text <code>host:port</code>; <code>http://</code> before it does no harm */
    static ProxyRule parse(String text, List<String> noProxy) throws DeliveryException {
        String plain = text.strip().replaceFirst("^http://", "").replaceFirst("/$", "");
        int colon = plain.lastIndexOf(':');
        try {
            int port = Integer.parseInt(plain.substring(colon + 1));
            String host = plain.substring(0, Math.max(0, colon));
            if (host.matches("[^\\s/@:]+|\\[[0-9a-fA-F:]+]") && port > 0 && port < 65536) {
                return new ProxyRule(new InetSocketAddress(host, port), noProxy.stream().map(one -> one.strip().toLowerCase(Locale.ROOT)).filter(one -> !one.isEmpty()).toList());
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw DeliveryException.invalid("proxy", "'" + text.replaceAll("^.*@", "****@") + "' is no host and port", "Write it like proxy.example.org:3128.");
    }

    @Override
    public List<Proxy> select(URI uri) {
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        boolean direct = without.stream().anyMatch(one -> {
            String suffix = one.startsWith("*.") ? one.substring(1) : one;
            return one.equals("*") || host.equals(one) || suffix.startsWith(".") && (host.endsWith(suffix) || host.equals(suffix.substring(1)));
        });
        return List.of(direct ? Proxy.NO_PROXY : new Proxy(Proxy.Type.HTTP, proxy));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException e) {
        // There is only this one; the request tells it.
    }
}
