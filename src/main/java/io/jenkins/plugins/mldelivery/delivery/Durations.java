package io.jenkins.plugins.mldelivery.delivery;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Kubernetes and Prometheus users write them: <code>90s</code>, <code>5m</code>, <code>1h30m</code>, <code>250ms</code>. */
public final class Durations {
    private static final Pattern WHOLE = Pattern.compile("(?:\\d+(?:ms|s|m|h|d))+");
    private static final Pattern PART = Pattern.compile("(\\d+)(ms|s|m|h|d)");

    private Durations() {}

    /**
     * Parses a duration.
     *
     * @param parameter the parameter it came from, for the error
     * @param text such as <code>5m</code>; <code>0s</code> is allowed
     */
    public static Duration parse(String parameter, String text) throws DeliveryException {
        String trimmed = text == null ? "" : text.trim();
        if (!WHOLE.matcher(trimmed).matches()) {
            throw DeliveryException.invalid(
                    parameter, "'" + trimmed + "' is no duration", "Write it like 90s, 5m or 1h30m.");
        }
        Duration sum = Duration.ZERO;
        Matcher part = PART.matcher(trimmed);
        try {
            while (part.find()) {
                sum = sum.plus(ofUnit(Long.parseLong(part.group(1)), part.group(2)));
            }
        } catch (ArithmeticException | NumberFormatException e) {
            throw DeliveryException.invalid(parameter, "'" + trimmed + "' is too long", "Write it like 90s, 5m or 1h30m.");
        }
        return sum;
    }

    /** The shortest such text of a duration, to the millisecond: <code>1h30m</code>, <code>0s</code>. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        StringBuilder text = new StringBuilder(millis < 0 ? "-" : "");
        millis = Math.abs(millis);
        millis = append(text, millis, 86_400_000, "d");
        millis = append(text, millis, 3_600_000, "h");
        millis = append(text, millis, 60_000, "m");
        millis = append(text, millis, 1_000, "s");
        append(text, millis, 1, "ms");
        return text.toString();
    }

    private static Duration ofUnit(long amount, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    private static long append(StringBuilder text, long millis, long unit, String name) {
        if (millis >= unit) {
            text.append(millis / unit).append(name);
        }
        return millis % unit;
    }
}
