package io.jenkins.plugins.mldelivery.delivery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Replaces known secret values in text, in every form that {@link SecretForms} knows. Longer forms go first, so that a secret that contains another one is masked whole. The beginning of a secret is masked as
 * well where a text was cut in the middle of it, with an ellipsis.
 */
public final class Masker {
    /** What stands in the place of a secret. */
    public static final String MASK = "****";

    /** Shorter values are not masked: they would eat the whole text. */
    private static final int MIN_LENGTH = 3;
    /** Characters of a secret that was cut off which are enough to mask them. */
    private static final int MIN_CUT = 6;
    private static final char CUT = '…';

    /** Longer texts are searched for plain secrets only: decoding takes memory. */
    private static final int MAX_DECODED = 1024 * 1024;

    private final List<String> plain;
    private final List<String> forms;

    private Masker(List<String> plain, List<String> forms) {
        this.plain = plain;
        this.forms = forms;
    }

    /** A masker of these values. Values of one or two characters are left out. */
    public static Masker of(Collection<SecretText> secrets) {
        Set<String> plain = new LinkedHashSet<>();
        Set<String> all = new LinkedHashSet<>();
        for (SecretText secret : secrets) {
            plain.addAll(SecretForms.plain(secret.reveal()));
            all.addAll(SecretForms.of(secret.reveal()));
        }
        return new Masker(longestFirst(plain), longestFirst(all));
    }

    private static List<String> longestFirst(Set<String> texts) {
        List<String> sorted = new ArrayList<>(texts);
        sorted.removeIf(text -> text.strip().length() < MIN_LENGTH);
        sorted.sort(Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));
        return List.copyOf(sorted);
    }

    /** The text with every known secret replaced; {@code null} stays {@code null}. */
    public String mask(String text) {
        if (text == null || text.isEmpty() || forms.isEmpty()) {
            return text;
        }
        String masked = text;
        for (String form : forms) {
            masked = masked.replace(form, MASK);
        }
        if (masked.length() <= MAX_DECODED) {
            for (DecodedText.Escape escape : DecodedText.Escape.values()) {
                masked = maskDecoded(masked, escape);
            }
        }
        return maskBeforeCuts(masked);
    }

    private String maskDecoded(String text, DecodedText.Escape escape) {
        if (!escape.isIn(text)) {
            return text;
        }
        String masked = text;
        DecodedText decoded = DecodedText.of(masked, escape);
        for (String value : plain) {
            String without = decoded.replace(masked, value, MASK);
            if (!without.equals(masked)) {
                masked = without;
                decoded = DecodedText.of(masked, escape);
            }
        }
        return masked;
    }

    /** A text may have been cut in the middle of a secret, whose beginning then stands before the ellipsis. */
    private String maskBeforeCuts(String text) {
        String masked = text;
        for (int cut = masked.indexOf(CUT); cut >= 0; cut = masked.indexOf(CUT, cut + 1)) {
            int from = beginningBefore(masked, cut);
            if (from < cut) {
                masked = masked.substring(0, from) + MASK + masked.substring(cut);
                cut = from + MASK.length();
            }
        }
        return masked;
    }

    /** Where the longest beginning of a secret starts that ends at the cut; the cut itself when there is none. */
    private int beginningBefore(String text, int cut) {
        int first = cut;
        for (String form : forms) {
            if (form.length() <= MIN_CUT) {
                continue;
            }
            String start = form.substring(0, MIN_CUT);
            int at = text.indexOf(start, Math.max(0, cut - form.length() + 1));
            for (; at >= 0 && at < first && at + MIN_CUT <= cut; at = text.indexOf(start, at + 1)) {
                if (text.regionMatches(at, form, 0, cut - at)) {
                    first = at;
                }
            }
        }
        return first;
    }
}
