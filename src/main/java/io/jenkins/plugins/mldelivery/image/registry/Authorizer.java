package io.jenkins.plugins.mldelivery.image.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.HeaderValues;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.image.oci.Json;
import io.jenkins.plugins.mldelivery.image.oci.MalformedException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Answers a registry's challenges: Basic (RFC 7617) and the token protocol of the distribution project (docs/spec/auth/token.md). Tokens are kept until shortly
 * before they expire. Nothing is sent before the registry asked for it.
 */
final class Authorizer {
    private static final Duration DEFAULT_LIFE = Duration.ofSeconds(60);
    private static final Duration MARGIN = Duration.ofSeconds(10);
    /** A token is asked for again after a day, whatever the service says. */
    private static final long MAX_LIFE_SECONDS = 86_400;
    private static final long MAX_TOKEN_ANSWER = 256 * 1024;
    /** Headers of an answer at most that are read for challenges. */
    private static final int MAX_HEADERS = 16;

    private final String registry;
    private final RegistrySettings settings;
    private final Exchange exchange;
    private final URI root;
    private final Map<String, Token> tokens = new HashMap<>();
    private Challenge challenge;
    private boolean toldPlain;

    /** @param root an address of the registry, as it is reached */
    Authorizer(String registry, RegistrySettings settings, Exchange exchange, URI root) {
        this.registry = registry;
        this.settings = settings;
        this.exchange = exchange;
        this.root = root;
    }

    /** The value of the <code>Authorization</code> header for a scope, or null when the registry asked for none. */
    String authorization(String scope) throws IOException, DeliveryException, InterruptedException {
        if (challenge != null && challenge.scheme().equals("bearer") && !hasOwnToken()) {
            Token token = tokens.get(scope);
            if (token == null || !settings.clock().now().isBefore(token.end())) {
                tokens.put(scope, fetch(scope));
            }
        }
        return known(scope);
    }

    /** The same without asking anyone: null when there is no token at hand. */
    String known(String scope) throws DeliveryException {
        if (challenge == null) {
            return null;
        }
        if (challenge.scheme().equals("basic") || hasOwnToken()) {
            return settings.login() == null ? null : direct(root);
        }
        Token token = tokens.get(scope);
        return token == null ? null : "Bearer " + token.value().reveal();
    }

    /**
     * Takes note of a 401.
     *
     * @return whether it is worth trying again with {@link #authorization}
     */
    boolean challenged(Answer answer, String sent, String scope) throws DeliveryException {
        List<Challenge> offered = answer.head().all("WWW-Authenticate").stream()
                .limit(MAX_HEADERS)
                .flatMap(header -> Challenge.parse(header).stream())
                .filter(c -> c.scheme().equals("basic") || c.scheme().equals("bearer"))
                .toList();
        if (offered.isEmpty()) {
            throw DeliveryException.failed(
                    settings.parameter(), "the registry '" + registry + "' asks for a login in an unknown way",
                    "It has to offer Basic or Bearer authentication.", null);
        }
        Challenge next = offered.stream().filter(c -> c.scheme().equals("bearer")).findFirst().orElse(offered.get(0));
        boolean first = sent == null;
        boolean stale = sent != null && tokens.remove(scope) != null;
        challenge = next;
        return (first || stale) && (next.scheme().equals("bearer") || settings.login() != null);
    }

    /** The exception for a request that stays refused. */
    DeliveryException refused(Answer answer) {
        if (settings.login() == null && settings.parameter().equals("base")) {
            // The login belongs to the image's registry, and goes to no other.
            return new DeliveryException(
                    DeliveryException.Kind.REFUSED, "base", "the registry '" + registry + "' asks for a login (" + answer.text() + ")",
                    "Set `credentialsId` if it is the registry of the image as well, or use a base image that needs no login.", null);
        }
        if (settings.login() == null) {
            return new DeliveryException(
                    DeliveryException.Kind.REFUSED, "credentialsId", "the registry '" + registry + "' asks for a login (" + answer.text() + ")",
                    "Set `credentialsId` to credentials that may use this repository.", null);
        }
        return new DeliveryException(
                DeliveryException.Kind.REFUSED, "credentialsId", "the registry '" + registry + "' refuses the login (" + answer.text() + ")",
                "Check the credentials and what they may do in this repository.", null);
    }

    private boolean hasOwnToken() {
        return settings.login() != null && settings.login().isToken();
    }

    private Token fetch(String scope) throws IOException, DeliveryException, InterruptedException {
        URI service = service(scope);
        Login login = settings.login();
        Backoff backoff = new Backoff(settings, "get a token from " + service.getHost());
        while (true) {
            Answer answer;
            try {
                answer = exchange.run(Call.of("GET", service, "").limit(MAX_TOKEN_ANSWER), login == null ? null : direct(service));
            } catch (IOException e) {
                if (!backoff.again()) {
                    throw e;
                }
                backoff.pause(Problems.text(e), java.util.Optional.empty());
                continue;
            }
            if (answer.ok()) {
                return token(answer);
            }
            if (answer.status() == 401 || answer.status() == 403 || answer.status() == 400) {
                throw refused(answer);
            }
            if (!answer.isTransient() || !backoff.again()) {
                throw DeliveryException.failed(
                        settings.parameter(), "the token service '" + service.getHost() + "' of the registry '" + registry + "' failed ("
                                + answer.text() + ")",
                        "Try again later, or ask its administrator.", null);
            }
            backoff.pause(answer.text(), answer.retryAfter(settings.clock().now()));
        }
    }

    private URI service(String scope) throws DeliveryException {
        String realm = challenge.parameters().getOrDefault("realm", "");
        URI uri;
        try {
            StringBuilder query = new StringBuilder();
            if (challenge.parameters().containsKey("service")) {
                query.append("&service=").append(encode(challenge.parameters().get("service")));
            }
            for (String one : scope.split(" ")) {
                if (!one.isEmpty()) {
                    query.append("&scope=").append(encode(one));
                }
            }
            if (query.length() > 0) {
                query.setCharAt(0, realm.contains("?") ? '&' : '?');
            }
            uri = URI.create(realm + query);
        } catch (IllegalArgumentException e) {
            throw badRealm(e);
        }
        if (uri.getHost() == null || uri.getRawUserInfo() != null || !"https".equals(uri.getScheme()) && !isPlainAllowed(uri)) {
            throw badRealm(null);
        }
        return uri;
    }

    /** The login goes there: never in the clear, unless it stays on this machine, or on the registry's host, of which the user asked for it. */
    private boolean isPlainAllowed(URI service) {
        return "http".equals(service.getScheme()) && "http".equals(root.getScheme())
                && (settings.insecure() && root.getHost().equalsIgnoreCase(service.getHost())
                        || Endpoint.isLoopback(service.getRawAuthority()));
    }

    private DeliveryException badRealm(Exception cause) {
        return DeliveryException.failed(
                settings.parameter(), "the registry '" + registry + "' names a token service that is not an HTTPS address",
                "Ask the registry's administrator; the login is not sent there.", cause);
    }

    private Token token(Answer answer) throws DeliveryException {
        try {
            JsonNode node = Json.object(answer.body());
            String value = node.path("token").asText(node.path("access_token").asText());
            SecretText token = HeaderValues.token(settings.parameter(), SecretText.of(value));
            settings.known().learn(token);
            return new Token(token, settings.clock().now().plus(life(node.path("expires_in"))).minus(MARGIN));
        } catch (MalformedException | DeliveryException e) {
            throw DeliveryException.failed(
                    settings.parameter(), "the token service of the registry '" + registry + "' gave no token that can be sent", "Ask its administrator.", e);
        }
    }

    private static Duration life(JsonNode seconds) {
        if (!seconds.isNumber() || seconds.asDouble() < 1) {
            return DEFAULT_LIFE;
        }
        return Duration.ofSeconds(Math.min(MAX_LIFE_SECONDS, seconds.asLong()));
    }

    private String direct(URI receiver) throws DeliveryException {
        if ("http".equals(receiver.getScheme()) && !Endpoint.isLoopback(receiver.getRawAuthority()) && !toldPlain) {
            toldPlain = true;
            settings.warnings().accept("the login is sent to '" + receiver.getHost() + "' without encryption, which is allowed here");
        }
        return HeaderValues.authorization("credentialsId", settings.login(), settings.known()).reveal();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private record Token(SecretText value, Instant end) {}
}
