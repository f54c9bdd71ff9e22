package io.jenkins.plugins.mldelivery.image.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A challenge of a <code>WWW-Authenticate</code> header (RFC 9110, 11.6.1).
 *
 * @param scheme in lower case, such as <code>bearer</code>
 * @param parameters their names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern SCHEME = Pattern.compile("\\G[\\s,]*(" + TOKEN + ")(?=\\s|,|$)(?!\\s*=)");
    private static final Pattern PARAMETER =
            Pattern.compile("\\G[\\s,]*(" + TOKEN + ")\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|(" + TOKEN + "))");

    /** Reads every challenge of a header; stops quietly at what it can't read. */
    static List<Challenge> parse(String header) {
        List<Challenge> challenges = new ArrayList<>();
        int at = 0;
        while (at < header.length()) {
            Matcher parameter = PARAMETER.matcher(header).region(at, header.length());
            Matcher scheme = SCHEME.matcher(header).region(at, header.length());
            if (!challenges.isEmpty() && parameter.find()) {
                String value = parameter.group(2) != null
                        ? parameter.group(2).replaceAll("\\\\(.)", "$1")
                        : parameter.group(3);
                challenges.get(challenges.size() - 1).parameters()
                        .put(parameter.group(1).toLowerCase(Locale.ROOT), value);
                at = parameter.end();
            } else if (scheme.find()) {
                challenges.add(new Challenge(scheme.group(1).toLowerCase(Locale.ROOT), new TreeMap<>()));
                at = scheme.end();
            } else {
                break;
            }
        }
        return challenges;
    }
}
