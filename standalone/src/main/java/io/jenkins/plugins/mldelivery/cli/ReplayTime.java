package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/**
 * The time that <code>--replay</code> names.
 *
 * @param start when the wait begins
 * @param end when it ends at the latest, or null for as long as the time-out says
 */
record ReplayTime(Instant start, Instant end) {
    /** @param now what is later has not been recorded yet */
    static ReplayTime parse(String text, Instant now) throws DeliveryException {
        String[] parts = text.split("/", -1);
        if (parts.length > 2) {
            throw DeliveryException.invalid("replay", "'" + Excerpt.of(text) + "' is not a valid time", "Write START or START/END, each like 2026-10-03T12:00:00Z.");
        }
        Instant start = instant(parts[0]);
        Instant end = parts.length == 2 ? instant(parts[1]) : null;
        if (end != null && !end.isAfter(start)) {
            throw DeliveryException.invalid("replay", "'" + Excerpt.of(text) + "' ends before it begins", "Write START/END, each like 2026-10-03T12:00:00Z.");
        }
        if (start.isBefore(Instant.EPOCH)) {
            throw DeliveryException.invalid("replay", "'" + Excerpt.of(text) + "' is before 1970, of which nothing was recorded", "Give a later time.");
        }
        if (!start.isBefore(now)) {
            throw DeliveryException.invalid("replay", "'" + Excerpt.of(text) + "' has not been yet", "Give a time that is over.");
        }
        return new ReplayTime(start, end == null || end.isAfter(now) ? now : end);
    }

    private static Instant instant(String text) throws DeliveryException {
        try {
            return Instant.parse(text.strip());
        } catch (DateTimeParseException e) {
            throw new DeliveryException(DeliveryException.Kind.INVALID_INPUT, "replay", "'" + Excerpt.of(text) + "' is not a valid time", "Write it like 2026-10-03T12:00:00Z.", e);
        }
    }

    /** The shorter one of the request's time-out and what there is. */
    String timeout(String wanted) throws DeliveryException {
        Duration whole = Duration.between(start, end);
        return Durations.parse("timeout", wanted).compareTo(whole) <= 0 ? wanted : Durations.format(whole);
    }
}
