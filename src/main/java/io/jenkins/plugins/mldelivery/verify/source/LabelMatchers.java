package io.jenkins.plugins.mldelivery.verify.source;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * PromQL label matchers without braces, such as {@code code=~"5..",method!='OPTIONS',"http.route"=`/predict`}. Regular expressions are those of
 * Prometheus itself: RE2's, anchored, with a dot that matches line ends too. They are matched in a time that grows with
 * the text's length alone (RE2/J), whoever wrote them.
 */
public final class LabelMatchers {
    private static final String REMEDY = "Write them as in PromQL without the braces, such as code=~\"5..\".";

    private record One(String label, String operator, String value, Pattern pattern) {
        boolean matches(Map<String, String> labels, Deadline deadline) {
            String actual = labels.getOrDefault(label, "");
            return switch (operator) {
                case "=" -> actual.equals(value);
                case "!=" -> !actual.equals(value);
                case "=~" -> pattern.matcher(new DeadlineText(actual, deadline)).matches();
                default -> !pattern.matcher(new DeadlineText(actual, deadline)).matches();
            };
        }
    }

    private final List<One> all;
    private final Deadline deadline;

    private LabelMatchers(List<One> all, Deadline deadline) {
        this.all = all;
        this.deadline = deadline;
    }

    /**
     * Parses matchers.
     *
     * @param parameter the parameter they came from, for the error
     * @throws DeliveryException when they are none, or exceed a limit of {@link ReadLimits}
     */
    public static LabelMatchers parse(String parameter, String text) throws DeliveryException {
        if (text == null || text.isBlank()) {
            // None would match every series, which nobody means.
            throw DeliveryException.invalid(parameter, "there are no label matchers", REMEDY);
        }
        if (text.length() > ReadLimits.MAX_MATCHERS_LENGTH) {
            throw DeliveryException.invalid(
                    parameter, "the label matchers have " + text.length() + " characters, more than " + ReadLimits.MAX_MATCHERS_LENGTH,
                    "Shorten them, for example with a regular expression in place of a list.");
        }
        return new LabelMatchers(new Parser(parameter, text.strip()).parse(), Deadline.none());
    }

    /** The same, which ends with {@link Deadline.Over} when the time is over. */
    public LabelMatchers within(Deadline other) {
        return new LabelMatchers(all, other);
    }

    /** The labels that are asked for, in their order. */
    public List<String> labels() {
        return all.stream().map(One::label).distinct().toList();
    }

    /** Whether all match. */
    public boolean matches(Map<String, String> labels) {
        return all.stream().allMatch(one -> one.matches(labels, deadline));
    }

    /** By hand: a regular expression for a string in quotes recurses once for each of its characters. */
    private static final class Parser {
        private final String parameter;
        private final String text;
        private int at;

        Parser(String parameter, String text) {
            this.parameter = parameter;
            this.text = text;
        }

        List<One> parse() throws DeliveryException {
            List<One> all = new ArrayList<>();
            blanks();
            while (at < text.length()) {
                all.add(one());
                if (at < text.length() && text.charAt(at++) != ',') {
                    throw wrong();
                }
                blanks();
            }
            return List.copyOf(all);
        }

        private One one() throws DeliveryException {
            String label = name();
            blanks();
            String operator = operator();
            blanks();
            String value = quoted();
            blanks();
            return new One(label, operator, value, operator.endsWith("~") ? pattern(value) : null);
        }

        /** Bare, or in quotes with any characters, as of Prometheus 3. */
        private String name() throws DeliveryException {
            int start = at;
            QuotedText quoted = QuotedText.read(text, at);
            if (quoted != null && !quoted.value().isEmpty()) {
                at = quoted.end();
                return quoted.value();
            }
            while (at < text.length() && isOfName(text.charAt(at), at == start)) {
                at++;
            }
            if (at == start) {
                throw wrong();
            }
            return text.substring(start, at);
        }

        private static boolean isOfName(char c, boolean first) {
            return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || !first && c >= '0' && c <= '9';
        }

        private String operator() throws DeliveryException {
            for (String operator : List.of("=~", "!~", "!=", "=")) {
                if (text.startsWith(operator, at)) {
                    at += operator.length();
                    return operator;
                }
            }
            throw wrong();
        }

        private String quoted() throws DeliveryException {
            QuotedText quoted = QuotedText.read(text, at);
            if (quoted == null) {
                throw wrong();
            }
            at = quoted.end();
            return quoted.value();
        }

        /** Passes over blanks, and over comments that end before the text does: one at its end would hide what comes after it in a query. */
        private void blanks() {
            while (at < text.length() && (Character.isWhitespace(text.charAt(at)) || text.charAt(at) == '#' && text.indexOf('\n', at) >= 0)) {
                at = text.charAt(at) == '#' ? text.indexOf('\n', at) : at + 1;
            }
        }

        private Pattern pattern(String regex) throws DeliveryException {
            if (!RegexSize.isSmall(regex)) {
                throw regex(regex, "has too many repetitions, or groups in groups", null);
            }
            try {
                Pattern pattern = Pattern.compile(regex, Pattern.DOTALL);
                if (pattern.programSize() > RegexSize.MAX_INSTRUCTIONS) {
                    throw regex(regex, "has too many repetitions", null);
                }
                return pattern;
            } catch (PatternSyntaxException e) {
                throw regex(regex, "is none of RE2 (" + Excerpt.of(e.getDescription()) + ")", e);
            }
        }

        private DeliveryException regex(String regex, String problem, Throwable cause) {
            return new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, parameter, "the regular expression '" + Excerpt.of(regex) + "' " + problem,
                    "Write it as for Prometheus, without look-around and back-references.", cause);
        }

        private DeliveryException wrong() {
            return DeliveryException.invalid(parameter, "'" + Excerpt.of(text) + "' are not valid label matchers", REMEDY);
        }
    }
}
