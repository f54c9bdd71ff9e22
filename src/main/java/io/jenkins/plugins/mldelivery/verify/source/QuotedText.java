package io.jenkins.plugins.mldelivery.verify.source;

/**
 * A text in quotes as PromQL has it: in double or single quotes with the escapes of Go, or in back-quotes without any.
 *
 * @param value what it says
 * @param end where it ends, behind the quote
 */
record QuotedText(String value, int end) {
    private static final String ESCAPES = "abfnrtv\\'\"";
    private static final String MEANINGS = "\u0007\b\f\n\r\t\u000b\\'\"";

    /**
     * Reads one.
     *
     * @param at where its quote is
     * @return null when there is none, or it has no end
     */
    static QuotedText read(String text, int at) {
        char quote = at < text.length() ? text.charAt(at) : 0;
        if (quote == '`') {
            int end = text.indexOf('`', at + 1);
            return end < 0 ? null : new QuotedText(text.substring(at + 1, end), end + 1);
        }
        if (quote != '"' && quote != '\'') {
            return null;
        }
        StringBuilder value = new StringBuilder();
        int i = at + 1;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == quote) {
                return new QuotedText(value.toString(), i + 1);
            }
            i = c == '\\' ? escaped(text, i + 1, quote, value) : i + 1;
            if (c != '\\') {
                value.append(c);
            }
        }
        return null;
    }

    /** What PromQL would refuse ({@code \d}) is left as it is, since it is surely meant for the regular expression. */
    private static int escaped(String text, int at, char quote, StringBuilder to) {
        char c = at < text.length() ? text.charAt(at) : 0;
        int known = ESCAPES.indexOf(c);
        if (known >= 0 && (c != '"' && c != '\'' || c == quote)) {
            to.append(MEANINGS.charAt(known));
            return at + 1;
        }
        int code = switch (c) {
            case 'x' -> number(text, at + 1, 2, 16);
            case 'u' -> number(text, at + 1, 4, 16);
            case 'U' -> number(text, at + 1, 8, 16);
            default -> number(text, at, 3, 8);
        };
        if (code >= 0 && Character.isValidCodePoint(code)) {
            to.appendCodePoint(code);
            return at + switch (c) {
                case 'x' -> 3;
                case 'u' -> 5;
                case 'U' -> 9;
                default -> 3;
            };
        }
        to.append('\\');
        return at;
    }

    /** So many digits as a number; −1 when they are none. */
    private static int number(String text, int at, int digits, int radix) {
        int number = 0;
        for (int i = at; i < at + digits; i++) {
            int digit = i < text.length() ? Character.digit(text.charAt(i), radix) : -1;
            if (digit < 0 || number > Character.MAX_CODE_POINT) {
                return -1;
            }
            number = number * radix + digit;
        }
        return number;
    }
}
