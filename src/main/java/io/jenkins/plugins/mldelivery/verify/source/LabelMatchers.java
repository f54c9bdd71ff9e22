package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** PromQL label matchers without braces, such as <code>code=~"5..",method!="OPTIONS"</code>; regular expressions are anchored, as in PromQL. */
public final class LabelMatchers {
    private static final Pattern ONE =
            Pattern.compile("\\s*([a-zA-Z_][a-zA-Z0-9_]*)\\s*(=~|!~|!=|=)\\s*\"((?:[^\"\\\\]|\\\\.)*)\"\\s*");

    private record One(String label, String operator, String value, Pattern pattern) {
        boolean matches(Map<String, String> labels) {
            String actual = labels.getOrDefault(label, "");
            return switch (operator) {
                case "=" -> actual.equals(value);
                case "!=" -> !actual.equals(value);
                case "=~" -> pattern.matcher(actual).matches();
                default -> !pattern.matcher(actual).matches();
            };
        }
    }

    private final List<One> all;

    private LabelMatchers(List<One> all) {
        this.all = all;
    }

    /**
     * Parses matchers.
     *
     * @param parameter the parameter they came from, for the error
     */
    public static LabelMatchers parse(String parameter, String text) throws DeliveryException {
        if (text == null || text.isBlank()) {
            // None would match every series, which nobody means.
            throw DeliveryException.invalid(parameter, "there are no label matchers", "Write them as in PromQL without the braces, such as code=~\"5..\".");
        }
        List<One> all = new ArrayList<>();
        String rest = text.strip();
        Matcher m = ONE.matcher(rest);
        int at = 0;
        while (at < rest.length()) {
            if (!m.region(at, rest.length()).lookingAt()) {
                throw wrong(parameter, text, null);
            }
            String value = unescaped(m.group(3));
            try {
                all.add(new One(m.group(1), m.group(2), value, m.group(2).endsWith("~") ? Pattern.compile(value, Pattern.DOTALL) : null));
            } catch (PatternSyntaxException e) {
                throw wrong(parameter, text, e);
            }
            at = m.end();
            if (at < rest.length()) {
                if (rest.charAt(at) != ',') {
                    throw wrong(parameter, text, null);
                }
                at++;
            }
        }
        return new LabelMatchers(List.copyOf(all));
    }

    /** As in PromQL's double quotes; what PromQL would refuse (<code>\d</code>) is left as it is, since it is surely meant for the regular expression. */
    private static String unescaped(String text) {
        StringBuilder value = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            char next = c == '\\' && i + 1 < text.length() ? text.charAt(i + 1) : 0;
            if (next == '\\' || next == '"' || next == 'n') {
                value.append(next == 'n' ? '\n' : next);
                i++;
            } else {
                value.append(c);
            }
        }
        return value.toString();
    }

    private static DeliveryException wrong(String parameter, String text, Throwable cause) {
        return new DeliveryException(
                DeliveryException.Kind.INVALID_INPUT, parameter, "'" + text + "' are no label matchers",
                "Write them as in PromQL without the braces, such as code=~\"5..\".", cause);
    }

    /** The labels that are asked for, in their order. */
    public List<String> labels() {
        return all.stream().map(One::label).distinct().toList();
    }

    /** Whether all match. */
    public boolean matches(Map<String, String> labels) {
        return all.stream().allMatch(one -> one.matches(labels));
    }
}
