package io.jenkins.plugins.mldelivery.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;

/** The beginning of a text from outside, as a message quotes it: a message is one line, whatever somebody wrote or sent. */
public final class Excerpt {
    /** Characters of it. */
    public static final int MAX_LENGTH = 200;

    private Excerpt() {}

    /** At most {@link #MAX_LENGTH} characters of a text, with "…" where it goes on; of null an empty text. */
    public static String of(String text) {
        return of(text, MAX_LENGTH);
    }

    /** Why a text could not be read: of a parser's exception what it says itself, without what it adds about its source. */
    public static String of(Exception e) {
        return of(e instanceof JsonProcessingException broken ? broken.getOriginalMessage() : e.getMessage());
    }

    /** At most so many characters of it. */
    public static String of(String text, int length) {
        if (text == null || text.length() <= length) {
            return text == null ? "" : text;
        }
        int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
        return text.substring(0, end) + "…";
    }
}
