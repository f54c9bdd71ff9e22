package io.jenkins.plugins.mldelivery.image.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import io.jenkins.plugins.mldelivery.delivery.http.HttpHead;
import io.jenkins.plugins.mldelivery.image.oci.Json;
import io.jenkins.plugins.mldelivery.image.oci.MalformedException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * What a server answered.
 *
 * @param uri the address that answered
 * @param head its status and headers
 * @param body the body, unless it went to the request's sink; of an error at most 64 KiB
 */
record Answer(URI uri, HttpHead head, byte[] body) {
    private static final int MAX_TEXT = 300;
    private static final int MAX_HEADER = 16 * 1024;
    private static final int MAX_DIGITS = 9;
    private static final long MAX_SECONDS = 999_999_999;
    private static final int MAX_DATE = 40;

    int status() {
        return head.status();
    }

    boolean ok() {
        return status() >= 200 && status() < 300;
    }

    /** Whether the same request may succeed a little later. */
    boolean isTransient() {
        return status() == 429 || status() == 408 || status() >= 500 && status() != 501 && status() != 505;
    }

    /** The first header of this name; empty when there is none, or when it is longer than 16 KiB. */
    String header(String name) {
        String value = head.first(name);
        return value.length() > MAX_HEADER ? "" : value;
    }

    /** The length that the server announces, or 0 when it announces none or one that can't be. */
    long contentLength() {
        String value = header("Content-Length").trim();
        return isNumber(value) && value.length() <= 18 ? Long.parseLong(value) : 0;
    }

    /** How long the server asks to wait (RFC 9110, 10.2.3): seconds or a date. At most some 30 years. */
    Optional<Duration> retryAfter(Instant now) {
        String value = header("Retry-After").trim();
        if (isNumber(value)) {
            return Optional.of(Duration.ofSeconds(value.length() > MAX_DIGITS ? MAX_SECONDS : Long.parseLong(value)));
        }
        if (value.length() > MAX_DATE) {
            return Optional.empty();
        }
        try {
            Instant at = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            return Optional.of(at.isBefore(now) ? Duration.ZERO : Duration.between(now, at));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** The status, and the first error of the specification's error document if there is one, on one line. */
    String text() {
        return "HTTP " + status() + detail();
    }

    /** The code of the first error, such as <code>MANIFEST_UNKNOWN</code>, or the empty string. */
    String code() {
        return firstError().path("code").asText();
    }

    private String detail() {
        JsonNode error = firstError();
        String text = (error.path("code").asText() + " " + error.path("message").asText()).trim();
        String line = Printable.line(text);
        return line.isEmpty() ? "" : ", " + (line.length() > MAX_TEXT ? line.substring(0, MAX_TEXT) + "…" : line);
    }

    private JsonNode firstError() {
        try {
            return Json.object(body).path("errors").path(0);
        } catch (MalformedException e) {
            return MissingNode.getInstance();
        }
    }
}
