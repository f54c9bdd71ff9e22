package io.jenkins.plugins.mldelivery.verify.source;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/** The header {@code Retry-After} (RFC 9110, section 10.2.3): seconds, or a date. */
final class RetryAfter {
    private static final int MAX_LENGTH = 40;
    /** Of nine digits, more than anybody waits. */
    private static final int MAX_DIGITS = 9;

    private RetryAfter() {}

    /** How long to wait; null when it does not say. */
    static Duration of(String header, Instant now) {
        if (header.length() > MAX_LENGTH) {
            return null;
        }
        String text = header.strip();
        if (!text.isEmpty() && text.length() <= MAX_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        try {
            Duration left = Duration.between(now, ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
            return left.isNegative() ? Duration.ZERO : left;
        } catch (DateTimeException | ArithmeticException e) {
            return null;
        }
    }
}
