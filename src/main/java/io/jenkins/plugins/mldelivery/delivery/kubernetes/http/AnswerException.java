package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import java.io.IOException;
import java.time.Duration;

/**
 * An API server's answer that is not read to its end, or one that is none of an API server. The message is a phrase
 * without a full stop, and quotes nothing but the beginning of what an error said.
 */
public final class AnswerException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What is to be known of it besides its message. */
    private enum Kind {
        OTHER,
        LARGE,
        UNASKED,
        FOREIGN
    }

    private final boolean passing;
    private final Kind kind;

    private AnswerException(String message, boolean passing) {
        this(message, passing, Kind.OTHER);
    }

    private AnswerException(String message, boolean passing, Kind kind) {
        super(message);
        this.passing = passing;
        this.kind = kind;
    }

    private static AnswerException foreign(String message) {
        return new AnswerException(message, false, Kind.FOREIGN);
    }

    /** Whether the same call may succeed later. */
    public boolean isPassing() {
        return passing;
    }

    /**
     * Whether no API server answers so: the address is wrong, or what stands before the API server, such as a balancer
     * or a portal, has answered in its place, which may pass.
     */
    public boolean isForeign() {
        return kind == Kind.FOREIGN;
    }

    /** Whether it was too large for the room of its client. */
    boolean isLarge() {
        return kind == Kind.LARGE;
    }

    /** Whether the server was not even asked, since calls wait for their turn. */
    public boolean isUnasked() {
        return kind == Kind.UNASKED;
    }

    static AnswerException tooLarge(long bytes) {
        return new AnswerException(
                "its answer has more than "
                        + (bytes < 1024 * 1024 ? bytes / 1024 + " KiB" : bytes / (1024 * 1024) + " MiB"),
                false,
                Kind.LARGE);
    }

    static AnswerException largeObject(long bytes) {
        return new AnswerException(
                "its answer takes more than " + bytes / (1024 * 1024) + " MiB of memory", false, Kind.LARGE);
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
                Kind.UNASKED);
    }

    static AnswerException notJson() {
        return foreign("its answer is not JSON");
    }

    static AnswerException notOfApi() {
        return foreign("its answer is not an object of the Kubernetes API");
    }

    /**
     * An error that does not say what it is as an API server does.
     *
     * @param said a phrase
     */
    static AnswerException notOfApi(String said) {
        return foreign(said);
    }

    static AnswerException encoded() {
        return foreign("its answer is compressed, which was not asked for");
    }

    static AnswerException notHttp() {
        return foreign("its answer is not HTTP");
    }

    static AnswerException tinyChunks() {
        return new AnswerException("its answer comes in too many tiny parts", false);
    }

    static AnswerException longHead() {
        return foreign("the headers of its answer are too long");
    }

    static AnswerException refusedHeader() {
        return new AnswerException("a header of the request has a character that can't be sent", false);
    }
}
