package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Excerpt;
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

    private final String line;
    private int at;

    private LineGrammar(String line) {
        this.line = line;
    }

    /** A reason to refuse a line. */
    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message, null, false, false);
        }
    }

    /** What is wrong with a line, such as {@code a label has no value}; null when nothing is. */
    static String problem(String line) {
        try {
            new LineGrammar(line).sample();
            return null;
        } catch (Broken e) {
            return e.getMessage();
        }
    }

    private void sample() throws Broken {
        blanks();
        String name = word();
        if (!name.isEmpty() && !isName(name, true)) {
            throw new Broken("'" + Excerpt.of(name, MAX_NAMED) + "' is not a valid name");
        }
        boolean quoted = labels();
        if (name.isEmpty() != quoted) {
            throw new Broken(quoted ? "it has two names" : "it has no name");
        }
        number("value", field());
        String stamp = field();
        if (!stamp.isEmpty() && !stamp.startsWith("#")) {
            number("time stamp", stamp);
            stamp = field();
        }
        if (!stamp.isEmpty() && !stamp.startsWith("#")) {
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
        Set<String> names = new HashSet<>();
        for (blanks(); !is('}'); blanks()) {
            boolean inQuotes = is('"');
            String label = inQuotes ? quoted() : word();
            blanks();
            if (is('=')) {
                at++;
                blanks();
                if (!is('"')) {
                    throw new Broken("the label '" + Excerpt.of(label, MAX_NAMED) + "' has no value in quotes");
                }
                quoted();
                if (!inQuotes && !isName(label, false) || !names.add(label)) {
                    throw new Broken("'" + Excerpt.of(label, MAX_NAMED) + "' is "
                            + (names.contains(label) ? "there twice" : "not a valid label"));
                }
            } else if (inQuotes && !named && !label.isEmpty()) {
                named = true;
            } else {
                throw new Broken(at < line.length() ? "the labels are not readable" : "the labels have no end");
            }
            blanks();
            if (is(',')) {
                at++;
            } else if (!is('}')) {
                throw new Broken(at < line.length() ? "the labels are not readable" : "the labels have no end");
            }
        }
        at++;
        return named;
    }

    private static void number(String what, String text) throws Broken {
        try {
            if (text.isEmpty()) {
                throw new Broken("it has no " + what);
            }
            ExpositionParser.number(text);
        } catch (NumberFormatException e) {
            throw new Broken("'" + Excerpt.of(text, MAX_NAMED) + "' is not a valid " + what);
        }
    }

    /** @param colons whether they are allowed, as in names of metrics */
    private static boolean isName(String text, boolean colons) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || colons && c == ':';
            if (!letter && (i == 0 || c < '0' || c > '9')) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private String quoted() throws Broken {
        int start = ++at;
        while (at < line.length() && line.charAt(at) != '"') {
            at += line.charAt(at) == '\\' ? 2 : 1;
        }
        if (at >= line.length()) {
            throw new Broken("a text in quotes has no end");
        }
        return line.substring(start, at++);
    }

    private String word() {
        int start = at;
        while (at < line.length() && "{}=,\"".indexOf(line.charAt(at)) < 0 && !isBlank()) {
            at++;
        }
        return line.substring(start, at);
    }

    private String field() {
        blanks();
        int start = at;
        while (at < line.length() && !isBlank()) {
            at++;
        }
        return line.substring(start, at);
    }

    private void blanks() {
        while (at < line.length() && isBlank()) {
            at++;
        }
    }

    private boolean isBlank() {
        return ExpositionParser.isBlank(line.charAt(at));
    }

    private boolean is(char c) {
        return at < line.length() && line.charAt(at) == c;
    }
}
