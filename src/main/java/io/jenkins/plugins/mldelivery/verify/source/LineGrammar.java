package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * Whether a line is a sample of the text exposition format 0.0.4 or of OpenMetrics 1.0: {@code name{label="value",…}
 * value timestamp # exemplar}, where labels, time stamp and exemplar may be missing, and the name may stand in quotes
 * within the braces. Prometheus refuses a whole page for one line that is not: whoever writes half a line may as well
 * have lost others.
 */
final class LineGrammar {
    private static final int MAX_NAMED = 40;

    /** Digits that are a number whatever they are. */
    private static final int PLAIN_DIGITS = 17;

    /** UTF-8, of which the grammar looks at ASCII alone. A page has a million of lines, so none gets a text of its own. */
    private final byte[] page;
    private final int end;
    private int at;

    private LineGrammar(byte[] page, int from, int to) {
        this.page = page;
        this.at = from;
        this.end = to;
    }

    /** A reason to refuse a line. */
    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message, null, false, false);
        }
    }

    /** What is wrong with a line, such as {@code it has no value}; null when nothing is. */
    static String problem(byte[] page, int from, int to) {
        try {
            new LineGrammar(page, from, to).sample();
            return null;
        } catch (Broken e) {
            return e.getMessage();
        }
    }

    private void sample() throws Broken {
        blanks();
        int start = at;
        word();
        boolean named = at > start;
        if (named && !isName(start, at, true)) {
            throw new Broken("'" + named(start, at) + "' is not a valid name");
        }
        boolean quoted = labels();
        if (named == quoted) {
            throw new Broken(quoted ? "it has two names" : "it has no name");
        }
        blanks();
        number("value");
        blanks();
        if (at < end && !is('#')) {
            number("time stamp");
            blanks();
        }
        if (at < end && !is('#')) {
            throw new Broken("there is more than a value and a time stamp");
        }
    }

    /** @return whether the metric's name is among the labels */
    private boolean labels() throws Broken {
        blanks();
        if (!is('{')) {
            return false;
        }
        at++;
        boolean named = false;
        Set<String> names = null;
        for (blanks(); !is('}'); blanks()) {
            boolean inQuotes = is('"');
            int start = inQuotes ? at + 1 : at;
            int stop = inQuotes ? quoted() : word();
            blanks();
            if (is('=')) {
                at++;
                blanks();
                if (!is('"')) {
                    throw new Broken("the label '" + named(start, stop) + "' has no value in quotes");
                }
                quoted();
                if (!inQuotes && !isName(start, stop, false)) {
                    throw new Broken("'" + named(start, stop) + "' is not a valid label");
                }
                names = names == null ? new HashSet<>() : names;
                if (!names.add(text(start, stop))) {
                    throw new Broken("'" + named(start, stop) + "' is there twice");
                }
            } else if (inQuotes && !named && stop > start) {
                named = true;
            } else {
                throw new Broken(at < end ? "the labels are not readable" : "the labels have no end");
            }
            blanks();
            if (is(',')) {
                at++;
            } else if (!is('}')) {
                throw new Broken(at < end ? "the labels are not readable" : "the labels have no end");
            }
        }
        at++;
        return named;
    }

    private void number(String what) throws Broken {
        int start = at;
        boolean digits = true;
        while (at < end && !isBlank()) {
            digits &= page[at] >= '0' && page[at] <= '9';
            at++;
        }
        if (at == start) {
            throw new Broken("it has no " + what);
        }
        if (digits && at - start <= PLAIN_DIGITS) {
            return;
        }
        try {
            ExpositionParser.number(text(start, at));
        } catch (NumberFormatException e) {
            throw new Broken("'" + named(start, at) + "' is not a valid " + what);
        }
    }

    /** @param colons whether they are allowed, as in names of metrics */
    private boolean isName(int start, int stop, boolean colons) {
        for (int i = start; i < stop; i++) {
            byte c = page[i];
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || colons && c == ':';
            if (!letter && (i == start || c < '0' || c > '9')) {
                return false;
            }
        }
        return stop > start;
    }

    private String named(int start, int stop) {
        return Excerpt.of(text(start, stop), MAX_NAMED);
    }

    private String text(int start, int stop) {
        return new String(page, start, stop - start, StandardCharsets.UTF_8);
    }

    /** @return where the text in quotes ends that begins here */
    private int quoted() throws Broken {
        at++;
        while (at < end && page[at] != '"') {
            at += page[at] == '\\' ? 2 : 1;
        }
        if (at >= end) {
            throw new Broken("a text in quotes has no end");
        }
        return at++;
    }

    /** @return where the word ends that begins here */
    private int word() {
        while (at < end && "{}=,\"".indexOf(page[at]) < 0 && !isBlank()) {
            at++;
        }
        return at;
    }

    private void blanks() {
        while (at < end && isBlank()) {
            at++;
        }
    }

    private boolean isBlank() {
        return ExpositionParser.isBlank((char) page[at]);
    }

    private boolean is(char c) {
        return at < end && page[at] == c;
    }
}
