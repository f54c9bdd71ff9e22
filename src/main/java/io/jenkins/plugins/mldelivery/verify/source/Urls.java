package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Ascii;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** URLs that people write and servers send. */
public final class Urls {
    private static final int MAX_PORT = 65_535;

    private Urls() {}

    /**
     * The URL of a text.
     *
     * @throws DeliveryException when it is none for HTTP, or has a login in it
     */
    static URI uri(String parameter, String text) throws DeliveryException {
        if (parse(text).isEmpty() && hasPortTooHigh(text)) {
            throw DeliveryException.invalid(parameter, quoted(text) + " has a port above " + MAX_PORT, "Correct its port.");
        }
        return parse(text).orElseThrow(() -> DeliveryException.invalid(
                parameter, quoted(text) + " is not an http or https URL", "Write it like http://prometheus.monitoring:9090 (a password belongs into credentials)."));
    }

    static boolean hasPortTooHigh(String text) {
        try {
            return text != null && text.length() <= ReadLimits.MAX_URL_LENGTH && URI.create(text.strip()).getPort() > MAX_PORT;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The URL of a text, if it is one for HTTP without a login in it. */
    static Optional<URI> parse(String text) {
        try {
            String stripped = text == null ? "" : text.strip();
            if (stripped.length() > ReadLimits.MAX_URL_LENGTH) {
                return Optional.empty();
            }
            URI uri = URI.create(stripped);
            boolean usable = uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getUserInfo() == null && uri.getPort() <= MAX_PORT;
            return usable ? Optional.of(uri) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A text that should be a URL, as it may be shown. */
    static String quoted(String text) {
        return "'" + withoutLogin(text) + "'";
    }

    /** A text that should be a URL without its login, of which the beginning is shown. */
    private static String withoutLogin(String text) {
        // What may be a password goes before anything is cut off.
        String url = text == null ? "" : text;
        int from = url.contains("//") ? url.indexOf("//") + 2 : 0;
        int end = url.indexOf('/', from);
        int at = url.lastIndexOf('@', end < 0 ? url.length() : end);
        return Excerpt.of(at >= from ? url.substring(0, from) + "****" + url.substring(at) : url);
    }

    /** A text that should be a URL as it may be shown: without its login, its query and its fragment, which may hold a key. */
    public static String shown(String url) {
        int end = 0;
        while (end < url.length() && url.charAt(end) != '?' && url.charAt(end) != '#') {
            end++;
        }
        return withoutLogin(url.substring(0, end));
    }

    /** What of a URL may be shown: a query may hold a key. */
    static String where(URI uri) {
        return uri.getScheme() + "://" + uri.getAuthority();
    }

    /** Whether what is sent to a URL goes through a proxy; null where there is none. What is no URL, or no proxy, is refused by others. */
    public static boolean isProxied(String text, String proxy, List<String> noProxy) {
        try {
            ProxyRule rule = proxy == null ? null : ProxyRule.parse(proxy, noProxy);
            return rule != null && parse(text).map(rule::of).isPresent();
        } catch (DeliveryException e) {
            return false;
        }
    }

    /**
     * The URL of a server to whose path more is added.
     *
     * @throws DeliveryException as of {@link #uri}, and when it has a query or a fragment, which would swallow that
     */
    static URI base(String parameter, String text) throws DeliveryException {
        URI uri = uri(parameter, text);
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw DeliveryException.invalid(
                    parameter, "the URL '" + shown(text) + "' has a query or a fragment", "Leave out what begins with '?' or '#'; a key belongs into credentials.");
        }
        return uri;
    }

    /** The host in lower case; null when it is no URL for HTTP. */
    public static String host(String text) {
        return parse(text).map(uri -> Ascii.lower(uri.getHost())).orElse(null);
    }
}
