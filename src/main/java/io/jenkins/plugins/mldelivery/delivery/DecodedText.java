package io.jenkins.plugins.mldelivery.delivery;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * A text as its reader would decode it, with the place in the text of each decoded byte. Encoders differ in which characters they escape, so a secret is searched for in what the text means, not in how it is
 * written. A byte is kept as a character, UTF-8 as its bytes.
 */
final class DecodedText {
    private static final Map<String, String> ENTITIES = Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'");
    private static final int MAX_ENTITY = 8;
    /** What stands where a text was cut. */
    static final String CUT = "…";
    private static final String DECODED_CUT = utf8(CUT);

    /** A way to escape characters. */
    enum Escape {
        /** {@code %2F}, and {@code +} for a space (RFC 3986, and forms of HTML). */
        PERCENT('%'),
        /** {@code \n}, {@code \"}, {@code \u003c}: JSON, Go, Java, shells. */
        BACKSLASH('\\'),
        /** {@code &lt;}, {@code &#39;}, {@code &#x27;}: HTML and XML. */
        ENTITY('&');

        private final char mark;

        Escape(char mark) {
            this.mark = mark;
        }

        /** Whether a text can have such escapes. */
        boolean isIn(String text) {
            return text.indexOf(mark) >= 0;
        }
    }

    private final String decoded;
    /** Of each decoded byte where its text begins; one more for the end. */
    private final int[] from;

    private DecodedText(String decoded, int[] from) {
        this.decoded = decoded;
        this.from = from;
    }

    static DecodedText of(String text, Escape escape) {
        int most = text.length() * 3 + 4;
        StringBuilder decoded = new StringBuilder(text.length());
        int[] from = new int[most];
        int at = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            int length = Character.charCount(c);
            String meant = null;
            if (c == escape.mark) {
                length = escapeLength(text, at, escape);
                meant = meaning(text, at, length, escape);
            }
            if (meant == null && c == escape.mark && cutAfter(text, at) > 0) {
                // The beginning of an escape means nothing: what is before it was cut.
                at = cutAfter(text, at);
                continue;
            }
            if (meant == null) {
                length = Character.charCount(c);
                meant = utf8(folded(c, escape));
            }
            for (int i = 0; i < meant.length(); i++) {
                from[decoded.length()] = at;
                decoded.append(meant.charAt(i));
            }
            at += length;
        }
        from[decoded.length()] = text.length();
        return new DecodedText(decoded.toString(), from);
    }

    /** Where the text was cut when that is so near that an escape which begins here may have been cut; else −1. */
    private static int cutAfter(String text, int at) {
        int cut = at + 1;
        while (cut < text.length() && cut - at <= MAX_ENTITY && isInEscape(text.charAt(cut))) {
            cut++;
        }
        return text.startsWith(CUT, cut) ? cut : -1;
    }

    private static boolean isInEscape(char c) {
        return c == '#' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
    }

    /**
     * The text without these values, as {@link #folded} has them, which are written in it with or without escapes, and
     * without the beginning of one of them where it was cut.
     */
    String replace(String text, List<SecretIndex> values, String mask) {
        Spans spans = new Spans();
        values.forEach(some -> some.find(decoded, DECODED_CUT, (first, end) -> spans.add(from[first], from[end])));
        return spans.replace(text, mask);
    }

    /** A value as it stands in a decoded text. */
    static String folded(String value, Escape escape) {
        StringBuilder folded = new StringBuilder(value.length());
        value.codePoints().forEach(c -> folded.append(utf8(folded(c, escape))));
        return folded.toString();
    }

    /** In a form a space is a plus sign, and which of them is meant depends on who wrote it. */
    private static String folded(int c, Escape escape) {
        return escape == Escape.PERCENT && c == '+' ? " " : Character.toString(c);
    }

    private static int escapeLength(String text, int at, Escape escape) {
        int left = text.length() - at;
        return switch (escape) {
            case PERCENT -> 3;
            case BACKSLASH -> left > 1 && text.charAt(at + 1) == 'u' ? 6 : left > 1 && text.charAt(at + 1) == 'x' ? 4 : 2;
            case ENTITY -> {
                int end = at + 1;
                while (end < text.length() && end - at <= MAX_ENTITY && text.charAt(end) != ';') {
                    end++;
                }
                yield end == text.length() || end - at > MAX_ENTITY ? 0 : end - at + 1;
            }
        };
    }

    /** The bytes that an escape stands for; null when it is none. */
    private static String meaning(String text, int at, int length, Escape escape) {
        if (length < 2 || at + length > text.length()) {
            return null;
        }
        String body = text.substring(at + 1, at + length);
        return switch (escape) {
            case PERCENT -> {
                int value = hex(body);
                yield value < 0 ? null : folded(value, escape);
            }
            case BACKSLASH -> backslash(body);
            case ENTITY -> entity(body.substring(0, body.length() - 1));
        };
    }

    private static String backslash(String body) {
        char c = body.charAt(0);
        if ((c == 'u' || c == 'x') && body.length() > 1) {
            int value = hex(body.substring(1));
            return value < 0 ? null : utf8(Character.toString(value));
        }
        return switch (c) {
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case 'b' -> "\b";
            case 'f' -> "\f";
            default -> c < 0x80 ? String.valueOf(c) : null;
        };
    }

    private static String entity(String name) {
        if (name.startsWith("#x") || name.startsWith("#X")) {
            int value = hex(name.substring(2));
            return value < 0 || !Character.isValidCodePoint(value) ? null : utf8(Character.toString(value));
        }
        if (name.startsWith("#")) {
            String digits = name.substring(1);
            if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return null;
            }
            int value = Integer.parseInt(digits);
            return Character.isValidCodePoint(value) ? utf8(Character.toString(value)) : null;
        }
        return ENTITIES.get(name);
    }

    private static int hex(String digits) {
        if (digits.isEmpty()) {
            return -1;
        }
        int value = 0;
        for (char c : digits.toCharArray()) {
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value * 16 + digit;
        }
        return value;
    }

    private static String utf8(String text) {
        return text.length() == 1 && text.charAt(0) < 0x80
                ? text
                : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
