package io.jenkins.plugins.mldelivery.delivery;

import java.time.Duration;
import java.util.List;

/** Durations as Kubernetes and Prometheus users write them: {@code 90s}, {@code 5m}, {@code 1h30m}, {@code 250ms}. */
public final class Durations {
    /** The longest one, so that it can be added to any time of this age. */
    public static final Duration MAX = Duration.ofDays(3650);

    /** Characters of the text. */
    private static final int MAX_LENGTH = 40;

    /** The longer name of two that begin alike goes first. */
    private static final List<Unit> UNITS = List.of(
            new Unit("ms", 1), new Unit("s", 1_000), new Unit("m", 60_000), new Unit("h", 3_600_000), new Unit("d", 86_400_000));

    private Durations() {}

    private record Unit(String name, long millis) {}

    /**
     * Parses a duration.
     *
     * @param parameter the parameter it came from, for the error
     * @param text such as {@code 5m}; {@code 0s} is allowed
     * @return from zero to {@link #MAX}
     * @throws DeliveryException when it is none, or longer
     */
    public static Duration parse(String parameter, String text) throws DeliveryException {
        String trimmed = text == null ? "" : text.trim();
        if (trimmed.length() > MAX_LENGTH) {
            throw tooLong(parameter, trimmed);
        }
        long sum = 0;
        int at = 0;
        do {
            int digits = at;
            long amount = 0;
            while (at < trimmed.length() && trimmed.charAt(at) >= '0' && trimmed.charAt(at) <= '9') {
                amount = Math.min(MAX.toMillis() + 1, amount * 10 + (trimmed.charAt(at++) - '0'));
            }
            Unit unit = at == digits ? null : unit(trimmed, at);
            if (unit == null) {
                throw DeliveryException.invalid(parameter, "'" + trimmed + "' is not a valid duration", "Write it like 90s, 5m or 1h30m.");
            }
            at += unit.name().length();
            // Cut off above the longest one, so that nothing overflows.
            long most = MAX.toMillis() - sum;
            sum = amount > most / unit.millis() ? MAX.toMillis() + 1 : sum + amount * unit.millis();
        } while (at < trimmed.length() && sum <= MAX.toMillis());
        if (sum > MAX.toMillis()) {
            throw tooLong(parameter, trimmed);
        }
        return Duration.ofMillis(sum);
    }

    /**
     * Parses how long something may take.
     *
     * @throws DeliveryException as of {@link #parse}, and when it is zero
     */
    public static Duration limit(String parameter, String text) throws DeliveryException {
        Duration parsed = parse(parameter, text);
        if (parsed.isZero()) {
            throw DeliveryException.invalid(parameter, "there is no time to do anything", "Write it like 90s, 5m or 1h30m.");
        }
        return parsed;
    }

    private static Unit unit(String text, int at) {
        return UNITS.stream().filter(unit -> text.startsWith(unit.name(), at)).findFirst().orElse(null);
    }

    private static DeliveryException tooLong(String parameter, String text) {
        return DeliveryException.invalid(
                parameter, "'" + Excerpt.of(text, MAX_LENGTH) + "' is too long", "Give at most " + MAX.toDays() + "d, written like 90s, 5m or 1h30m.");
    }

    /** The shortest such text of a duration, to the millisecond: {@code 1h30m}, {@code 0s}. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        StringBuilder text = new StringBuilder(millis < 0 ? "-" : "");
        millis = Math.abs(millis);
        for (int i = UNITS.size() - 1; i >= 0; i--) {
            Unit unit = UNITS.get(i);
            if (millis >= unit.millis()) {
                text.append(millis / unit.millis()).append(unit.name());
                millis %= unit.millis();
            }
        }
        return text.toString();
    }
}
