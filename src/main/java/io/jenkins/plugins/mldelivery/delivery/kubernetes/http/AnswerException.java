package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import java.io.IOException;
import java.time.Duration;

/**
 * An API server's answer that is not read to its end. The message is a phrase without a full stop, and quotes nothing
 * of it.
 */
public final class AnswerException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean passing;
    private final boolean large;
    private final boolean unasked;

    private AnswerException(String message, boolean passing) {
        this(message, passing, false, false);
    }

    private AnswerException(String message, boolean passing, boolean large, boolean unasked) {
        super(message);
        this.passing = passing;
        this.large = large;
        this.unasked = unasked;
    }

    /** Whether the same call may succeed later. */
    public boolean isPassing() {
        return passing;
    }

    /** Whether it was too large for the room of its client. */
    boolean isLarge() {
        return large;
    }

    /** Whether the server was not even asked, since calls wait for their turn. */
    public boolean isUnasked() {
        return unasked;
    }

    static AnswerException tooLarge(long bytes) {
        return new AnswerException(
                "its answer has more than "
                        + (bytes < 1024 * 1024 ? bytes / 1024 + " KiB" : bytes / (1024 * 1024) + " MiB"),
                false,
                true,
                false);
    }

    static AnswerException largeObject(long bytes) {
        return new AnswerException(
                "its answer takes more than " + bytes / (1024 * 1024) + " MiB of memory", false, true, false);
    }

    static AnswerException tooManyValues(int values) {
        return new AnswerException("its answer has more than " + values + " values", false);
    }

    static AnswerException largeItem(long bytes) {
        return new AnswerException(
                "an object of its answer takes more than " + bytes / (1024 * 1024) + " MiB of memory", false);
    }

    static AnswerException tooMuchKept(long bytes) {
        return new AnswerException(
                "its answer has more objects than fit in " + bytes / (1024 * 1024) + " MiB of memory", false);
    }

    static AnswerException tooDeep(int levels) {
        return new AnswerException("its answer is nested more than " + levels + " levels deep", false);
    }

    static AnswerException tooLate(Duration limit) {
        return new AnswerException("its answer was not complete within " + limit.toSeconds() + " s", true);
    }

    static AnswerException silent(Duration limit) {
        return new AnswerException("it did not answer within " + limit.toSeconds() + " s", true);
    }

    static AnswerException noTurn(Duration limit) {
        return new AnswerException(
                "its turn did not come within " + limit.toSeconds() + " s, since other calls wait for the cluster",
                true,
                false,
                true);
    }

    static AnswerException notJson() {
        return new AnswerException("its answer is not JSON", false);
    }

    static AnswerException encoded() {
        return new AnswerException("its answer is compressed, which was not asked for", false);
    }

    static AnswerException notHttp() {
        return new AnswerException("its answer is not HTTP", false);
    }

    static AnswerException tinyChunks() {
        return new AnswerException("its answer comes in too many tiny parts", false);
    }

    static AnswerException longHead() {
        return new AnswerException("the headers of its answer are too long", false);
    }

    static AnswerException refusedHeader() {
        return new AnswerException("a header of the request has a character that can't be sent", false);
    }
}
