package io.jenkins.plugins.mldelivery.image.registry;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * Requests to one registry: finds its scheme, answers its challenges, follows redirects, repeats what may be repeated. The login is sent to the registry's own
 * host and to its token service only, never along a redirect to another host.
 */
final class Transport implements AutoCloseable {
    private static final int MAX_REDIRECTS = 5;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final String registry;
    private final RegistrySettings settings;
    private final Ways ways;
    private final Exchange exchange;
    private URI root;
    private Authorizer authorizer;

    Transport(String registry, RegistrySettings settings) {
        this.registry = registry;
        this.settings = settings;
        this.ways = new Ways(Endpoint.authority(registry), settings.insecure());
        this.exchange = new Exchange(ways, settings, settings.deadline());
    }

    @Override
    public void close() {
        ways.close();
    }

    RegistrySettings settings() {
        return settings;
    }

    String registry() {
        return registry;
    }

    /** An address below <code>/v2/</code>. Connects first, if that has not been done. */
    URI address(String path) throws DeliveryException, InterruptedException {
        if (root == null) {
            Answer answer = Endpoint.ping(registry, settings, exchange);
            authorizer = new Authorizer(registry, settings, exchange, answer.uri());
            if (answer.status() == 401) {
                authorizer.challenged(answer, null, "");
            }
            root = answer.uri();
        }
        return root.resolve("/v2/" + path);
    }

    /** Sends a request that may be repeated, until it gets an answer that is final. */
    Answer send(String what, Call call) throws DeliveryException, InterruptedException {
        Backoff backoff = new Backoff(settings, what);
        while (true) {
            try {
                Answer answer = once(call);
                if (!answer.isTransient()) {
                    return answer;
                }
                if (!backoff.again()) {
                    throw failed(what, answer);
                }
                backoff.pause(answer.text(), answer.retryAfter(settings.clock().now()));
            } catch (Sink.Failure e) {
                throw notStored(e);
            } catch (IOException e) {
                if (!backoff.again()) {
                    throw broken(what, e);
                }
                backoff.pause(Problems.text(e), Optional.empty());
            }
        }
    }

    /** Sends a request once, with authorisation and redirects. An {@link IOException} is trouble on the way that may pass. */
    Answer once(Call call) throws IOException, DeliveryException, InterruptedException {
        Call current = call;
        for (int redirects = 0; ; redirects++) {
            Answer answer = authorized(current);
            if (!REDIRECTS.contains(answer.status()) || answer.header("Location").isEmpty()) {
                return answer;
            }
            boolean safe = call.method().equals("GET") || call.method().equals("HEAD");
            if (!safe && (answer.status() == 301 || answer.status() == 302 || answer.status() == 303)) {
                throw unusable("it redirects a " + call.method() + " request with HTTP " + answer.status());
            }
            if (redirects == MAX_REDIRECTS) {
                throw unusable("it redirects without end");
            }
            current = current.at(follow(answer));
        }
    }

    /** The address in an answer's <code>Location</code>, which may be relative. Refuses one that would leave TLS. */
    URI follow(Answer answer) throws DeliveryException {
        String location = answer.header("Location");
        URI target;
        try {
            target = answer.uri().resolve(location);
        } catch (IllegalArgumentException e) {
            throw unusable("it gives a location that is not an address");
        }
        boolean https = "https".equals(target.getScheme());
        boolean plain = "http".equals(target.getScheme()) && root.getScheme().equals("http");
        if (target.getHost() == null || !https && !plain) {
            throw unusable("it leads away from HTTPS");
        }
        if (target.getRawUserInfo() != null) {
            throw unusable("it gives a location with a user name");
        }
        return target;
    }

    private Answer authorized(Call call) throws IOException, DeliveryException, InterruptedException {
        if (!isOwn(call.uri())) {
            // A storage service behind the registry: its address carries its own signature.
            return exchange.run(call, null);
        }
        String authorization = authorizer.authorization(call.scope());
        Answer answer = exchange.run(call, authorization);
        if (answer.status() == 401 && authorizer.challenged(answer, authorization, call.scope())) {
            answer = exchange.run(call, authorizer.authorization(call.scope()));
        }
        if (answer.status() == 401 || answer.status() == 403) {
            throw authorizer.refused(answer);
        }
        return answer;
    }

    /** A last request after the work has ended, for whatever reason: one attempt, within a time of its own. Whether it was heard. */
    boolean farewell(Call call, Deadline own) {
        try {
            String authorization = isOwn(call.uri()) ? authorizer.known(call.scope()) : null;
            Answer answer = new Exchange(ways, settings, own).run(call, authorization);
            return answer.ok() || answer.status() == 404;
        } catch (IOException | DeliveryException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean isOwn(URI uri) {
        return uri.getScheme().equals(root.getScheme()) && uri.getHost().equalsIgnoreCase(root.getHost()) && port(uri) == port(root);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
    }

    /** The exception for an answer that ends the work. */
    DeliveryException failed(String what, Answer answer) {
        return DeliveryException.failed(
                settings.parameter(), "could not " + what + ": the registry '" + registry + "' answered " + answer.text(),
                answer.isTransient() ? "Try again later." : "Check the image name and the registry's own log.", null);
    }

    /** The exception for a connection that does not work. */
    DeliveryException broken(String what, IOException e) {
        return DeliveryException.unreachable(
                settings.parameter(), "could not " + what + ": the connection to the registry '" + registry + "' failed ("
                        + Problems.text(e) + ")",
                "Check the network and the registry, then run it again.", e);
    }

    private DeliveryException notStored(IOException e) {
        return DeliveryException.failed(
                settings.parameter(), "could not store what the registry '" + registry + "' sent (" + Problems.text(e) + ")",
                "Check the free disk space of the `agent`.", e);
    }

    private DeliveryException unusable(String why) {
        return DeliveryException.failed(
                settings.parameter(), "the registry '" + registry + "' is set up wrongly: " + why, "Ask its administrator.", null);
    }
}
