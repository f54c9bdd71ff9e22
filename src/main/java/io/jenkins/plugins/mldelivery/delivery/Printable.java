package io.jenkins.plugins.mldelivery.delivery;

/**
 * Makes text from outside safe to print. A log or terminal acts on control characters: a newline forges a log line, an escape sequence hides text or forges Jenkins' console notes, and a bidirectional
 * override reorders what a person reads. Such characters are shown as escapes instead.
 */
public final class Printable {
    /** Characters of a text at most; the rest is cut. */
    public static final int MAX_LENGTH = 16_384;

    private static final int FIRST_WITHOUT_NAME = 0x80;

    private Printable() {}

    /**
     * The text on one line, without a character that a terminal, a browser or a log would act on.
     *
     * @param text any text; {@code null} stays {@code null}
     * @return the text with control, format, surrogate and separator characters as {@code \n}, {@code \t}, {@code \u001b}, …, cut at {@link #MAX_LENGTH}
     */
    public static String line(String text) {
        if (text == null) {
            return null;
        }
        int first = firstUnsafe(text);
        if (first < 0 && text.length() <= MAX_LENGTH) {
            return text;
        }
        StringBuilder line = new StringBuilder(Math.min(text.length(), MAX_LENGTH) + 16);
        int at = 0;
        while (at < text.length() && line.length() < MAX_LENGTH) {
            int c = text.codePointAt(at);
            if (isSafe(c)) {
                line.appendCodePoint(c);
            } else {
                escape(line, c);
            }
            at += Character.charCount(c);
        }
        if (at < text.length()) {
            line.append('…');
        }
        return line.toString();
    }

    /**
     * A JSON text of the same value, without a character that a terminal, a browser or a log would act on.
     *
     * @param json valid JSON: white space that is a control character stands between its parts then, and stays; any other is inside of a string
     * @return the text with each of the others as {@code \u001b}, …, which is JSON's own escape
     */
    public static String json(String json) {
        StringBuilder text = new StringBuilder(json.length() + 16);
        for (int at = 0; at < json.length(); ) {
            int c = json.codePointAt(at);
            if (c == '\n' || c == '\r' || c == '\t' || isSafe(c)) {
                text.appendCodePoint(c);
            } else {
                units(text, c);
            }
            at += Character.charCount(c);
        }
        return text.toString();
    }

    private static int firstUnsafe(String text) {
        for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
            if (!isSafe(text.codePointAt(at))) {
                return at;
            }
        }
        return -1;
    }

    private static boolean isSafe(int c) {
        if (c < FIRST_WITHOUT_NAME) {
            return c >= ' ' && c != 0x7f;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR, Character.UNASSIGNED, Character.PRIVATE_USE -> false;
            default -> true;
        };
    }

    private static void escape(StringBuilder line, int c) {
        switch (c) {
            case '\n' -> line.append("\\n");
            case '\r' -> line.append("\\r");
            case '\t' -> line.append("\\t");
            default -> units(line, c);
        }
    }

    private static void units(StringBuilder text, int c) {
        for (char unit : Character.toChars(c)) {
            text.append("\\u");
            String hex = Integer.toHexString(unit);
            text.append("0".repeat(4 - hex.length())).append(hex);
        }
    }
}
