package io.jenkins.plugins.mldelivery.delivery;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.function.UnaryOperator;

/**
 * Names of parameters and steps in a remedy. The engine calls them as the Jenkins Pipeline does and marks them, {@code `allowDestroy`}; whoever shows
 * the remedy puts its own name there, such as {@code --allow-destroy}.
 */
final class ParameterNames {
    private static final Pattern MARKED = Pattern.compile("`([a-z][A-Za-z]{0,40})`");

    private ParameterNames() {}

    /** The text with each marked name replaced; other text between such marks stays as it is. */
    static String replace(String text, UnaryOperator<String> name) {
        Matcher matcher = MARKED.matcher(text);
        StringBuilder replaced = new StringBuilder();
        int end = 0;
        while (matcher.find()) {
            replaced.append(text, end, matcher.start()).append(name.apply(matcher.group(1)));
            end = matcher.end();
        }
        return replaced.append(text, end, text.length()).toString();
    }
}
