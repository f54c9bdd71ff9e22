package io.jenkins.plugins.mldelivery.verify.source;

import java.time.Duration;

/**
 * How much of what comes from outside is read and kept, so that no server, no pod and no author of a job fills the memory
 * or holds a thread for long. {@code docs/reference/verify-metrics.md} has them in a table, which a test compares.
 *
 * <p>The worst case of the memory: each look that is under way keeps up to {@link #MAX_SMALL_LOOK_BYTES}, and
 * {@link #MAX_LARGE_LOOKS} of all looks of the process at a time up to {@link #MAX_LOOK_BYTES}.
 */
public final class ReadLimits {
    /** Bytes of one answer of a Prometheus server. It is read as a stream; what is kept of it is counted by itself. */
    public static final int MAX_ANSWER_BYTES = 32 * 1024 * 1024;

    /** Bytes of one metrics page, of which only the lines of the metrics that are asked for are kept. */
    public static final int MAX_PAGE_BYTES = 16 * 1024 * 1024;

    /** Bytes of a line of a metrics page, for a metric that is asked for. */
    public static final int MAX_LINE_BYTES = 64 * 1024;

    /** Bytes of an answer that is not metrics: an error, or a token. */
    public static final int MAX_SMALL_ANSWER_BYTES = 64 * 1024;

    /** Pages of a track. */
    public static final int MAX_PAGES = 500;

    /** Pages that one look reads at the same time. */
    public static final int MAX_OPEN_PAGES = 8;

    /**
     * Bytes that one look keeps in memory until its end, all answers and pages together and what is made of them, as they take them in Java.
     * {@code DenseSamplesTest} holds it against what looks take.
     */
    public static final int MAX_LOOK_BYTES = 32 * 1024 * 1024;

    /** Of these, what each look may keep; a look that keeps more waits until it is one of {@link #MAX_LARGE_LOOKS}. */
    public static final int MAX_SMALL_LOOK_BYTES = 4 * 1024 * 1024;

    /** Looks of the process that may keep more than {@link #MAX_SMALL_LOOK_BYTES} at the same time. */
    public static final int MAX_LARGE_LOOKS = 2;

    /** How long such a look keeps its place while others wait for one that have fewer. */
    public static final Duration MAX_LARGE_TIME = Duration.ofSeconds(30);

    /** Series of one answer, or of one metric on the pages of a track. */
    public static final int MAX_SERIES = 50_000;

    /** Samples of one answer. */
    public static final int MAX_SAMPLES = 500_000;

    /** Labels of a series. */
    public static final int MAX_LABELS = 100;

    /** Characters of a label's name or value. */
    public static final int MAX_LABEL_LENGTH = 32 * 1024;

    /** Buckets of a histogram. */
    public static final int MAX_BUCKETS = 1_000;

    /** Buckets of all histograms that a check reads on a track. */
    public static final int MAX_TRACK_BUCKETS = 100_000;

    /** Different bounds of these buckets. */
    public static final int MAX_BOUNDS = 10_000;

    /** Objects and lists in each other in an answer. */
    public static final int MAX_DEPTH = 16;

    /** A counter or bucket that shows more counts nothing: no counter gets there, and sums of it stay exact. */
    public static final double MAX_COUNT = 1e15;

    /** A measurement that is larger, or smaller with a minus, is no number: its square would be infinite. */
    public static final double MAX_VALUE = 1e100;

    /** Characters of label matchers. */
    public static final int MAX_MATCHERS_LENGTH = 8_192;

    /** Characters of a query. */
    public static final int MAX_QUERY_LENGTH = 16_384;

    /** Characters of a URL. */
    public static final int MAX_URL_LENGTH = 2_048;

    /** By how much a server's or a pod's clock may differ from this machine's. Prometheus takes no sample that is further ahead either. */
    public static final Duration MAX_CLOCK_DIFFERENCE = Duration.ofMinutes(10);

    /** Time that the name of a server may take to be resolved. */
    public static final Duration MAX_RESOLVE = Duration.ofSeconds(5);

    /** Warnings and notes of one answer of a server. */
    static final int MAX_NOTES = 20;

    private ReadLimits() {}

    /** For a message: {@code 32 MiB}, {@code 64 KiB}. */
    public static String bytes(int bytes) {
        return bytes >= 1024 * 1024 ? bytes / (1024 * 1024) + " MiB" : bytes / 1024 + " KiB";
    }
}
