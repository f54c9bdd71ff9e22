package io.jenkins.plugins.mldelivery.verify.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.HeaderValues;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.http.HttpAnswer;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * The client credentials grant of OAuth 2.0 (RFC 6749, section 4.4; errors as in section 5.2). A token is used until shortly
 * before it expires, or until it is refused.
 */
final class OAuth2Authorizer implements Authorizer {
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(ReadLimits.MAX_DEPTH).maxNumberLength(100).build())
                    .build())
            .build();
    /** How long before its end a token is no longer used, so that none expires on its way; of a short-lived one a tenth of its life. */
    private static final long MARGIN_SECONDS = 30;
    /** A longer life is taken for this one: a new token a day does no harm. */
    private static final long MAX_SECONDS = Duration.ofDays(1).toSeconds();
    private static final int MAX_LEARNED = 1024 * 1024;
    /** By section 5.2 a client that is not known, or may not have a token, is told so with 400 as well. */
    private static final Set<Integer> REFUSALS = Set.of(400, 401, 403);

    private final PrometheusAccess.OAuth2 how;
    private final URI endpoint;
    private final SecretText client;
    private final Http http;
    private final Clock clock;
    private final KnownSecrets known;
    private SecretText token;
    /** Characters of all tokens so far, each of which is masked until the run's end. */
    private int learned;
    private Instant until = Instant.MIN;

    /** @param known learns what must not be told: tokens, and the client's id and secret as they are sent */
    OAuth2Authorizer(PrometheusAccess.OAuth2 how, URI endpoint, Login client, Http http, Clock clock, KnownSecrets known) throws DeliveryException {
        this.how = how;
        this.endpoint = endpoint;
        this.http = http;
        this.clock = clock;
        this.known = known;
        // Both parts form-encoded before, as section 2.3.1 has it.
        Login form = new Login(encoded(client.username()), SecretText.of(encoded(client.secret().reveal())));
        this.client = HeaderValues.authorization("auth", form, known);
    }

    @Override
    public Map<String, String> headers(HttpCall call) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        if (token == null || !clock.now().isBefore(until)) {
            ask(call.deadline());
        }
        return Map.of("Authorization", "Bearer " + token.reveal());
    }

    @Override
    public boolean renew() {
        token = null;
        return true;
    }

    private void ask(Deadline deadline) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        StringBuilder form = new StringBuilder("grant_type=client_credentials");
        if (!how.scopes().isEmpty()) {
            form.append("&scope=").append(encoded(String.join(" ", how.scopes())));
        }
        if (how.audience() != null) {
            form.append("&audience=").append(encoded(how.audience()));
        }
        Map<String, String> headers = Map.of(
                "Authorization", client.reveal(), "Content-Type", "application/x-www-form-urlencoded", "Accept", "application/json");
        HttpCall call = new HttpCall("auth", "POST", endpoint, headers, form.toString(), deadline.atMost(Http.PATIENCE));
        try (HttpAnswer answer = http.open(call)) {
            take(answer.status(), json(Http.whole(answer, "the token endpoint " + Urls.where(endpoint))));
        } finally {
            http.close(); // It is asked again in minutes, as a rule.
        }
    }

    private void take(int status, JsonNode json) throws MetricSource.Unavailable, DeliveryException {
        String where = Urls.where(endpoint);
        String value = json.path("access_token").asText("");
        if (status == 200 && !value.isEmpty()) {
            learn(value); // Before anything is said of it.
            String type = json.path("token_type").asText("bearer");
            if (!"bearer".equalsIgnoreCase(type)) {
                throw DeliveryException.invalid("auth", where + " gives tokens of the type '" + Excerpt.of(known.mask(type)) + "', not bearer", "Let it give bearer tokens.");
            }
            token = HeaderValues.token("auth", SecretText.of(value));
            long seconds = Math.min(MAX_SECONDS, json.path("expires_in").asLong(0));
            until = seconds <= 0 ? Instant.MAX : clock.now().plus(Duration.ofSeconds(seconds - Math.min(MARGIN_SECONDS, seconds / 10)));
            return;
        }
        if (status == 429 || status >= 500) {
            throw MetricSource.Unavailable.passing("the token endpoint " + where + " answered with status " + status, null);
        }
        String said = Excerpt.of(known.mask(json.path("error").asText("")));
        String more = Excerpt.of(known.mask(json.path("error_description").asText("")));
        throw new DeliveryException(
                REFUSALS.contains(status) ? DeliveryException.Kind.REFUSED : DeliveryException.Kind.INVALID_INPUT,
                "auth", "the token endpoint " + where + " gives no token (" + (said.isEmpty() ? "status " + status : said + (more.isEmpty() ? "" : ": " + more)) + ")",
                "Correct its URL, the client's credentials or the scopes.", null);
    }

    private void learn(String value) throws DeliveryException {
        learned += value.length();
        if (learned > MAX_LEARNED) {
            throw DeliveryException.invalid("auth", Urls.where(endpoint) + " has given more than 1 MiB of tokens", "Let it give tokens that live longer.");
        }
        known.learn(SecretText.of(value));
    }

    private static JsonNode json(byte[] answer) {
        try {
            JsonNode json = JSON.readTree(answer);
            return json == null ? JSON.createObjectNode() : json;
        } catch (IOException e) {
            return JSON.createObjectNode();
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
