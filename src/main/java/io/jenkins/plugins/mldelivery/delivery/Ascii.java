package io.jenkins.plugins.mldelivery.delivery;

/** Letters of ASCII, of which host names, header names and the words of protocols are made. */
public final class Ascii {
    private static final int TO_LOWER = 'a' - 'A';

    private Ascii() {}

    /**
     * The letters A to Z as small ones, and all else as it is. Unlike {@link String#toLowerCase}, which makes two characters
     * of one (U+0130) by copying all that it has, the time is linear in the length, whatever the text.
     */
    public static String lower(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isUpper(text.charAt(i))) {
                return lower(text.toCharArray(), i);
            }
        }
        return text;
    }

    private static String lower(char[] text, int from) {
        for (int i = from; i < text.length; i++) {
            if (isUpper(text[i])) {
                text[i] += TO_LOWER;
            }
        }
        return new String(text);
    }

    private static boolean isUpper(char c) {
        return c >= 'A' && c <= 'Z';
    }
}
