package io.jenkins.plugins.mldelivery.image.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * What a server answered.
 *
 * @param uri the address that answered, after redirects
 * @param status HTTP status
 * @param headers its headers
 * @param body the body, unless it went to the request's sink
 */
record Answer(URI uri, int status, HttpHeaders headers, byte[] body) {
    private static final int MAX_TEXT = 300;

    boolean ok() {
        return status >= 200 && status < 300;
    }

    /** Whether the same request may succeed a little later. */
    boolean isTransient() {
        return status == 429 || status == 408 || status >= 500 && status != 501 && status != 505;
    }

    String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    /** How long the server asks to wait (RFC 9110, 10.2.3): seconds or a date. */
    Optional<Duration> retryAfter(Instant now) {
        String value = header("Retry-After").trim();
        if (value.matches("\\d{1,6}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
        }
        try {
            Instant at = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            return Optional.of(at.isBefore(now) ? Duration.ZERO : Duration.between(now, at));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** The status, and the first error of the specification's error document if there is one, on one line. */
    String text() {
        return "HTTP " + status + detail();
    }

    /** The code of the first error, such as <code>MANIFEST_UNKNOWN</code>, or the empty string. */
    String code() {
        return firstError().path("code").asText();
    }

    private String detail() {
        JsonNode error = firstError();
        String text = (error.path("code").asText() + " " + error.path("message").asText()).trim();
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.isEmpty() ? "" : ", " + (line.length() > MAX_TEXT ? line.substring(0, MAX_TEXT) + "…" : line);
    }

    private JsonNode firstError() {
        try {
            JsonNode node = new ObjectMapper().readTree(body);
            return node == null ? com.fasterxml.jackson.databind.node.MissingNode.getInstance() : node.path("errors").path(0);
        } catch (IOException e) {
            return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
        }
    }
}
