package io.jenkins.plugins.mldelivery.image.registry;

import io.jenkins.plugins.mldelivery.delivery.Ascii;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * Finds out how a registry is reached: always HTTPS, except that plain HTTP is tried where it is allowed (loopback, or <code>insecure</code>). On loopback plain
 * HTTP goes first, because a plain server may wait for ever for the rest of a TLS greeting; elsewhere HTTPS goes first, because it is better. No login is sent here.
 */
final class Endpoint {
    private static final String DOCKER_HUB = "docker.io";
    private static final String DOCKER_HUB_HOST = "registry-1.docker.io";

    private Endpoint() {}

    /** The host and port that speak for a registry's name. */
    static String authority(String registry) {
        return registry.equals(DOCKER_HUB) || registry.equals("index.docker.io") ? DOCKER_HUB_HOST : registry;
    }

    /** Whether a host is this machine. By its name only: nothing is looked up, so that no name server can decide it. */
    static boolean isLoopback(String authority) {
        String host = URI.create("http://" + authority).getHost();
        if (host == null) {
            return false;
        }
        String name = Ascii.lower(host);
        return name.equals("localhost") || name.endsWith(".localhost") || name.equals("[::1]")
                || name.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    /** The answer of the first scheme that works to <code>GET /v2/</code>; 200 or 401. */
    static Answer ping(String registry, RegistrySettings settings, Exchange exchange)
            throws DeliveryException, InterruptedException {
        String authority = authority(registry);
        boolean loopback = isLoopback(authority);
        List<String> schemes = loopback
                ? List.of("http", "https")
                : settings.insecure() ? List.of("https", "http") : List.of("https");
        IOException first = null;
        Answer refused = null;
        for (String scheme : schemes) {
            try {
                Answer answer = tryOften(URI.create(scheme + "://" + authority + "/v2/"), registry, settings, exchange);
                if (answer.status() == 200 || answer.status() == 401) {
                    return answer;
                }
                if (answer.status() == 403) {
                    throw DeliveryException.refused(
                            settings.parameter(), "'" + registry + "' refuses every request (" + answer.text() + " to GET /v2/)",
                            "Correct the registry's host and port in the image name, or let this machine use it.", null);
                }
                refused = answer;
            } catch (IOException e) {
                // Of a registry with TLS that plain HTTP was tried on first, TLS is what is told.
                first = first == null || Problems.isTls(e) ? e : first;
            }
        }
        if (refused != null) {
            throw DeliveryException.unreachable(
                    settings.parameter(), "'" + registry + "' is not an OCI registry (" + refused.text() + " to GET /v2/)",
                    "Correct the registry's host and port in the image name.", null);
        }
        throw DeliveryException.unreachable(
                settings.parameter(), "the registry '" + registry + "' can't be reached (" + Problems.text(first) + ")",
                Problems.isTls(first)
                        ? "Let the `agent`'s Java trust the registry's certificate, or set `insecure` if it has none."
                        : "Correct the image name, or check the network and that the registry is up.",
                first);
    }

    private static Answer tryOften(URI uri, String registry, RegistrySettings settings, Exchange exchange)
            throws IOException, DeliveryException, InterruptedException {
        Backoff backoff = new Backoff(settings, "connect to " + registry);
        while (true) {
            try {
                Answer answer = exchange.run(Call.of("GET", uri, ""), null);
                if (!answer.isTransient() || !backoff.again()) {
                    return answer;
                }
                backoff.pause(answer.text(), answer.retryAfter(settings.clock().now()));
            } catch (IOException e) {
                // A wrong name or port does not get better by waiting, nor does a certificate, nor what is no HTTP.
                if (isFinal(e) || !backoff.again()) {
                    throw e;
                }
                backoff.pause(Problems.text(e), java.util.Optional.empty());
            }
        }
    }

    private static boolean isFinal(IOException e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof ConnectException || t instanceof UnknownHostException || t instanceof ProtocolException || t instanceof SSLException) {
                return true;
            }
        }
        return false;
    }
}
