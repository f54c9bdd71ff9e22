package io.jenkins.plugins.mldelivery.verify.source;

import java.io.IOException;
import java.time.Instant;

/** Times of samples, which anybody may write. Within these years nothing that is reckoned with them overflows. */
public final class SampleTimes {
    private static final long MAX = Instant.parse("9999-12-31T23:59:59Z").toEpochMilli();

    private SampleTimes() {}

    /** Whether there may be such a time, from 1970 to the year 9999, in milliseconds. */
    public static boolean isTime(double millis) {
        return millis >= 0 && millis <= MAX;
    }

    /**
     * In milliseconds since 1970.
     *
     * @throws IOException when nobody can have meant it
     */
    static long ofSeconds(double seconds) throws IOException {
        if (!isTime(seconds * 1000)) {
            throw new MalformedException("a sample has the time " + seconds);
        }
        return Math.round(seconds * 1000);
    }
}
