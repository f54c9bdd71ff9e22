package io.jenkins.plugins.mldelivery.verify.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.Masker;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The client credentials grant of OAuth 2.0 (RFC 6749, section 4.4; errors as in section 5.2). A token is used until shortly before it expires, or until it is refused. */
final class OAuth2Authorizer implements Authorizer {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** How long before its end a token is no longer used, so that none expires on its way; of a short-lived one a tenth of its life. */
    private static final long MARGIN_SECONDS = 30;

    private final PrometheusAccess.OAuth2 how;
    private final URI endpoint;
    private final Login client;
    private final Http http;
    private final Clock clock;
    private final Consumer<SecretText> secrets;
    private SecretText token;
    private Instant until = Instant.MIN;

    /** @param secrets takes the tokens, which must not be told */
    OAuth2Authorizer(PrometheusAccess.OAuth2 how, URI endpoint, Login client, Http http, Clock clock, Consumer<SecretText> secrets) {
        this.how = how;
        this.endpoint = endpoint;
        this.client = client;
        this.http = http;
        this.clock = clock;
        this.secrets = secrets;
    }

    @Override
    public Map<String, String> headers(HttpCall call) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        if (token == null || !clock.now().isBefore(until)) {
            ask();
        }
        return Map.of("Authorization", "Bearer " + token.reveal());
    }

    @Override
    public boolean renew() {
        token = null;
        return true;
    }

    private void ask() throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        StringBuilder form = new StringBuilder("grant_type=client_credentials");
        if (!how.scopes().isEmpty()) {
            form.append("&scope=").append(encoded(String.join(" ", how.scopes())));
        }
        if (how.audience() != null) {
            form.append("&audience=").append(encoded(how.audience()));
        }
        // Both parts form-encoded before, as section 2.3.1 has it.
        String pair = encoded(client.username()) + ":" + encoded(client.secret().reveal());
        Map<String, String> headers = Map.of(
                "Authorization", "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)), "Content-Type", "application/x-www-form-urlencoded", "Accept", "application/json");
        Http.Answer answer = http.send(new HttpCall("POST", endpoint, headers, form.toString()), Http.PATIENCE);
        take(answer);
    }

    private void take(Http.Answer answer) throws MetricSource.Unavailable, DeliveryException {
        String where = Http.where(endpoint);
        JsonNode json = json(answer);
        String value = json.path("access_token").asText("");
        if (answer.status() == 200 && !value.isEmpty()) {
            if (!"bearer".equalsIgnoreCase(json.path("token_type").asText("bearer"))) {
                throw DeliveryException.invalid("auth", where + " gives tokens of the type '" + json.path("token_type").asText() + "', not bearer", "Let it give bearer tokens.");
            }
            token = SecretText.of(value);
            secrets.accept(token);
            long seconds = json.path("expires_in").asLong(0);
            until = seconds <= 0 ? Instant.MAX : clock.now().plus(Duration.ofSeconds(seconds - Math.min(MARGIN_SECONDS, seconds / 10)));
            return;
        }
        if (answer.status() == 429 || answer.status() >= 500) {
            throw MetricSource.Unavailable.passing("the token endpoint " + where + " answered with status " + answer.status(), null);
        }
        Masker masker = Masker.of(List.of(client.secret()));
        String said = masker.mask(json.path("error").asText(""));
        String more = masker.mask(json.path("error_description").asText(""));
        throw DeliveryException.invalid(
                "auth", "the token endpoint " + where + " gives no token (" + (said.isEmpty() ? "status " + answer.status() : said + (more.isEmpty() ? "" : ": " + more)) + ")",
                "Correct its URL, the client's credentials or the scopes.");
    }

    private static JsonNode json(Http.Answer answer) {
        try {
            JsonNode json = JSON.readTree(answer.body());
            return json == null ? JSON.createObjectNode() : json;
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode();
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
