package io.jenkins.plugins.mldelivery.verify.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Takes a metrics page in pieces, as it comes in, and keeps the lines of the metrics that are asked for: of a page of
 * megabytes some hundred lines, as a rule. A page that is not whole or has a line that is no sample is refused: nobody
 * knows what else is missing on it, and a counter that lacks some of its series looks better or worse than it is.
 */
final class PageFilter {
    private static final byte[] END = "# EOF".getBytes(StandardCharsets.US_ASCII);
    /** Bytes that a line takes in Java, with what is made of it until it is judged, besides three times its own. */
    private static final int LINE = 700;
    private static final int MAX_NAME = 1024;
    private static final int PIECE = 16 * 1024;

    private final MetricNames names;
    private final LookBudget budget;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    /** The beginning of a line that is not at its end yet. */
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private boolean skipping;
    private boolean ended;
    private int read;
    private int lines;
    private byte[] last = new byte[0];
    private boolean keepsLast;

    PageFilter(MetricNames names, LookBudget budget) {
        this.names = names;
        this.budget = budget;
    }

    /** What a page has of these metrics. */
    static ExpositionText of(byte[] page, MetricNames names, LookBudget budget) throws IOException {
        PageFilter filter = new PageFilter(names, budget);
        filter.accept(page);
        return filter.text(End.LINE);
    }

    /** Takes bytes of any length, in pieces, as a page that comes in: what is too long is then found before it is read as a line. */
    void accept(byte[] bytes) throws IOException {
        for (int at = 0; at < bytes.length; at += PIECE) {
            byte[] piece = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + PIECE));
            accept(piece, piece.length);
        }
    }

    /** How a page must end to be whole. */
    enum End {
        /** Anyhow: whoever sent it has said how long it is. */
        ANY,
        /** With the end of a line, as both formats demand. */
        LINE,
        /** With the line that OpenMetrics ends with. */
        MARK
    }

    /**
     * Takes the next piece.
     *
     * @throws LimitExceededException when the page exceeds one of {@link ReadLimits}
     * @throws MalformedException when it has a line that is no sample
     */
    void accept(byte[] piece, int length) throws IOException {
        read += length;
        if (read > ReadLimits.MAX_PAGE_BYTES) {
            throw new LimitExceededException("sent more than " + ReadLimits.bytes(ReadLimits.MAX_PAGE_BYTES), "Let it show fewer metrics");
        }
        int at = 0;
        while (at < length) {
            int end = at;
            while (end < length && piece[end] != '\n') {
                end++;
            }
            boolean whole = end < length;
            if (whole && begun.size() == 0 && !skipping) {
                line(piece, at, end);
            } else {
                part(piece, at, end, whole);
            }
            at = end + 1;
        }
    }

    private void part(byte[] piece, int from, int to, boolean whole) throws IOException {
        if (!skipping) {
            begun.write(piece, from, to - from);
            if (begun.size() > ReadLimits.MAX_LINE_BYTES) {
                byte[] line = begun.toByteArray();
                begun.reset();
                skipping = true;
                if (isWanted(line, 0, line.length)) {
                    throw tooLong();
                }
                ended = false;
            }
        }
        if (whole) {
            lines += skipping ? 1 : 0;
            if (!skipping) {
                byte[] line = begun.toByteArray();
                begun.reset();
                line(line, 0, line.length);
            }
            skipping = false;
        }
    }

    private static LimitExceededException tooLong() {
        return new LimitExceededException("sent a line of more than " + ReadLimits.bytes(ReadLimits.MAX_LINE_BYTES) + " for a metric that is read", "Let it show fewer or shorter labels");
    }

    private void line(byte[] page, int from, int to) throws IOException {
        lines++;
        int start = blanks(page, from, to);
        if (start == to) {
            return;
        }
        if (page[start] == '#') {
            ended = isEnd(page, start, to);
            return;
        }
        ended = false;
        String problem = LineGrammar.problem(page, start, to);
        if (problem != null) {
            throw new MalformedException("line " + lines + " is no sample: " + problem);
        }
        if (isWanted(page, start, to)) {
            if (to - start > ReadLimits.MAX_LINE_BYTES) {
                throw tooLong();
            }
            budget.keep(LINE + 3L * (to - start));
            kept.write(page, start, to - start);
            kept.write('\n');
        }
    }

    private static boolean isEnd(byte[] page, int start, int to) {
        int end = to;
        while (end > start && isBlank(page[end - 1])) {
            end--;
        }
        return Arrays.equals(page, start, end, END, 0, END.length);
    }

    private boolean isWanted(byte[] page, int from, int to) throws LimitExceededException {
        int start = blanks(page, from, to);
        int end = start;
        while (end < to && page[end] != '{' && !isBlank(page[end])) {
            end++;
        }
        if (end == start) {
            return end < to && names.has(quoted(new String(page, start, Math.min(to - start, ReadLimits.MAX_LINE_BYTES), StandardCharsets.UTF_8)));
        }
        if (end - start > MAX_NAME) {
            return false;
        }
        // The samples of a metric follow each other.
        if (!Arrays.equals(page, start, end, last, 0, last.length)) {
            last = Arrays.copyOfRange(page, start, end);
            keepsLast = names.has(new String(last, StandardCharsets.UTF_8));
        }
        return keepsLast;
    }

    /** The name that is quoted among the labels, as of Prometheus 3. */
    private static String quoted(String line) throws LimitExceededException {
        Map<String, String> labels = new HashMap<>();
        String name = new LineReader(line, 0, line.length()).labels(labels);
        return name == null ? "" : name;
    }

    private static int blanks(byte[] page, int from, int to) {
        int at = from;
        while (at < to && isBlank(page[at])) {
            at++;
        }
        return at;
    }

    private static boolean isBlank(byte b) {
        return ExpositionParser.isBlank((char) b);
    }

    /**
     * What was kept of the whole page.
     *
     * @throws MalformedException when it does not end like this
     */
    ExpositionText text(End end) throws IOException {
        if (begun.size() > 0 || skipping) {
            if (end != End.ANY) {
                throw new MalformedException("its last line has no end, so more of it may be missing");
            }
            byte[] line = begun.toByteArray();
            begun.reset();
            line(line, 0, line.length);
        }
        if (end == End.MARK && !ended) {
            throw new MalformedException("it does not end with '# EOF' as OpenMetrics does, so a part of it is missing");
        }
        // Only OpenMetrics ends so; its time stamps are seconds, those of the older format milliseconds.
        return new ExpositionText(kept.toString(StandardCharsets.UTF_8), ended);
    }
}
