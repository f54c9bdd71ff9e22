package io.jenkins.plugins.mldelivery.playground;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.jenkins.plugins.mldelivery.delivery.Ascii;
import java.net.URI;
import java.util.List;
import java.util.Set;

/**
 * Tells the requests of programs on this machine from those that a web page makes a browser send. A server on loopback
 * is reached by every page that its user opens: by a form or a script of another site (which
 * the browser marks with {@code Origin} and {@code Sec-Fetch-Site}, or gives one of the three content types that need
 * no leave), and by a page whose own name was made to mean 127.0.0.1 meanwhile (DNS
 * rebinding, which only the {@code Host} header shows).
 */
final class RequestGuard {
    private static final Set<String> NAMES = Set.of("127.0.0.1", "localhost", "[::1]");
    private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

    private final int port;
    private final Bodies bodies;

    /** Why a request is not handed on. */
    record Refusal(int status, String reason) {}

    RequestGuard(int port, Bodies bodies) {
        this.port = port;
        this.bodies = bodies;
    }

    /** Bytes that a body may have. */
    long largest() {
        return bodies.largest();
    }

    /** Why a request is refused, or null when it is not. */
    Refusal check(HttpExchange exchange) {
        Headers headers = exchange.getRequestHeaders();
        if (!isPath(exchange.getRequestURI())) {
            return new Refusal(400, "the target of the request is not a valid path");
        }
        List<String> hosts = headers.getOrDefault("Host", List.of());
        if (hosts.size() != 1 || !isOwn(hosts.get(0))) {
            return new Refusal(
                    403, "the Host header does not name this server; use the address that the playground printed");
        }
        if (isFromAnotherSite(headers, hosts.get(0))) {
            return new Refusal(403, "requests that a web page makes are not answered");
        }
        return body(exchange.getRequestMethod(), headers);
    }

    Refusal tooLarge() {
        return new Refusal(413, "the body has more than " + bodies.largest() + " bytes");
    }

    /** In the origin form. Behind a proxy's "http://127.0.0.1:PORT" anything else would mean another host. */
    private static boolean isPath(URI target) {
        return target.getScheme() == null
                && target.getRawAuthority() == null
                && target.getRawPath() != null
                && target.getRawPath().startsWith("/");
    }

    private boolean isOwn(String host) {
        String end = ":" + port;
        if (host.endsWith(end)) {
            return NAMES.contains(
                    Ascii.lower(host.substring(0, host.length() - end.length())));
        }
        return port == 80 && NAMES.contains(Ascii.lower(host));
    }

    private static boolean isFromAnotherSite(Headers headers, String host) {
        boolean otherOrigin = headers.getOrDefault("Origin", List.of()).stream()
                .anyMatch(origin -> !origin.equalsIgnoreCase("http://" + host));
        boolean otherSite =
                headers.getOrDefault("Sec-Fetch-Site", List.of()).stream().anyMatch(site -> !OWN_SITE.contains(site));
        return otherOrigin || otherSite;
    }

    private Refusal body(String method, Headers headers) {
        String length = headers.getFirst("Content-Length");
        boolean empty = !headers.containsKey("Transfer-Encoding")
                && (length == null || length.strip().matches("0+"));
        if (empty) {
            return null;
        }
        List<String> types = headers.getOrDefault("Content-Type", List.of());
        Set<String> allowed = bodies.types().getOrDefault(method, Set.of());
        if (types.size() != 1
                || !allowed.contains(Ascii.lower(types.get(0).replaceAll(";.*", "").strip()))) {
            return new Refusal(
                    415,
                    "the Content-Type is none of those that " + method + " takes here: "
                            + String.join(", ", allowed.stream().sorted().toList()));
        }
        // The JDK's server has refused what is no number.
        return length != null && Long.parseLong(length.strip()) > bodies.largest() ? tooLarge() : null;
    }
}
