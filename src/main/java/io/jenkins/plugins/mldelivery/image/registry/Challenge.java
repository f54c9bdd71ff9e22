package io.jenkins.plugins.mldelivery.image.registry;

import io.jenkins.plugins.mldelivery.delivery.Ascii;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A challenge of a {@code WWW-Authenticate} header (RFC 9110, 11.6.1).
 *
 * @param scheme in lower case, such as {@code bearer}
 * @param parameters their names in lower case; of two of one name the first
 */
record Challenge(String scheme, Map<String, String> parameters) {
    /** Characters of a header at most; real ones have some hundred. */
    static final int MAX_LENGTH = 16 * 1024;
    /** Challenges and parameters at most, in all. */
    static final int MAX_PARTS = 64;

    /** Reads every challenge of a header; stops quietly at what it can't read. A header that is too long has none. */
    static List<Challenge> parse(String header) {
        return header.length() > MAX_LENGTH ? List.of() : new Reader(header).challenges();
    }

    /** One pass over the text, in a time that is proportional to its length. */
    private static final class Reader {
        private static final String MARKS = "!#$%&'*+.^_`|~-";

        private final String text;
        private final List<Challenge> challenges = new ArrayList<>();
        private int at;

        Reader(String text) {
            this.text = text;
        }

        List<Challenge> challenges() {
            for (int parts = 0; parts < MAX_PARTS; parts++) {
                skip(true);
                String name = token();
                if (name.isEmpty() || !part(Ascii.lower(name))) {
                    break;
                }
            }
            return challenges;
        }

        /** Takes what a name begins: a parameter of the challenge before it, or a challenge. */
        private boolean part(String name) {
            int end = at;
            skip(false);
            if (at < text.length() && text.charAt(at) == '=') {
                at++;
                skip(false);
                boolean quoted = at < text.length() && text.charAt(at) == '"';
                String value = quoted ? quoted() : token();
                if (value != null && value.isEmpty() && !quoted) {
                    return false;
                }
                if (challenges.isEmpty() || value == null) {
                    return false;
                }
                challenges.get(challenges.size() - 1).parameters().putIfAbsent(name, value);
                return true;
            }
            // A scheme is followed by white space, a comma or nothing.
            if (end < text.length() && end == at && text.charAt(at) != ',') {
                return false;
            }
            challenges.add(new Challenge(name, new TreeMap<>()));
            return true;
        }

        private void skip(boolean commas) {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t' || commas && text.charAt(at) == ',')) {
                at++;
            }
        }

        private String token() {
            int start = at;
            while (at < text.length() && isTokenCharacter(text.charAt(at))) {
                at++;
            }
            return text.substring(start, at);
        }

        /** Null when its end is missing. */
        private String quoted() {
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c == '"') {
                    at++;
                    return value.toString();
                }
                if (c == '\\' && ++at == text.length()) {
                    return null;
                }
                value.append(text.charAt(at));
            }
            return null;
        }

        private static boolean isTokenCharacter(char c) {
            return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || MARKS.indexOf(c) >= 0;
        }
    }
}
