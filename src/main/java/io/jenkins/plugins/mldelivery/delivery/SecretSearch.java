package io.jenkins.plugins.mldelivery.delivery;

/**
 * Finds a secret in a text in time that is proportional to the lengths of both, whatever they are: the algorithm of
 * Knuth, Morris and Pratt ("Fast Pattern Matching in Strings", 1977). {@link String#indexOf} is faster on ordinary texts
 * and takes the product of both lengths on others, and a text from outside can be such a one. So it is asked first, for
 * the beginning of the secret alone.
 */
final class SecretSearch {
    /** Characters of a secret that was cut off which are enough to mask them. */
    private static final int MIN_CUT = 6;
    private static final char CUT = '…';

    private final String secret;
    private final String beginning;

    /** @param secret not empty */
    SecretSearch(String secret) {
        this.secret = secret;
        this.beginning = secret.substring(0, Math.min(MIN_CUT, secret.length()));
    }

    /** Where the secret stands in a text. */
    void find(String text, Found found) {
        find(text, found, false);
    }

    /** The same, and where a text was cut, with an ellipsis, in the middle of the secret. */
    void findAlsoCut(String text, Found found) {
        find(text, found, secret.length() > MIN_CUT);
    }

    /** Takes what is found. */
    interface Found {
        /** @param to after the last character */
        void add(int from, int to);
    }

    private void find(String text, Found found, boolean cuts) {
        int first = text.indexOf(beginning);
        int length = secret.length();
        if (first < 0 || !cuts && text.length() - first < length) {
            return;
        }
        // Of a longer secret only the beginning can be there.
        int[] shorter = borders(Math.min(length, text.length() - first));
        int matched = 0;
        for (int at = first; at < text.length(); at++) {
            char c = text.charAt(at);
            if (cuts && c == CUT && matched >= MIN_CUT) {
                found.add(at - matched, at);
            }
            while (matched > 0 && (matched == shorter.length || secret.charAt(matched) != c)) {
                matched = shorter[matched - 1];
            }
            if (secret.charAt(matched) == c) {
                matched++;
            }
            if (matched == length) {
                found.add(at + 1 - length, at + 1);
            }
        }
    }

    /** Of each beginning of the secret the length of its longest proper beginning that is also its end. */
    private int[] borders(int length) {
        int[] borders = new int[length];
        int border = 0;
        for (int i = 1; i < length; i++) {
            while (border > 0 && secret.charAt(border) != secret.charAt(i)) {
                border = borders[border - 1];
            }
            if (secret.charAt(border) == secret.charAt(i)) {
                border++;
            }
            borders[i] = border;
        }
        return borders;
    }
}
