package io.jenkins.plugins.mldelivery.delivery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Replaces known secret values in text, in every form that {@link SecretForms} knows. A secret that contains another one
 * is masked whole. The beginning of a secret is masked as well where a text was cut in the middle of it, with an
 * ellipsis. Takes time in proportion to the text's length, whatever the secrets are. Immutable.
 */
public final class Masker {
    /** What stands in the place of a secret. */
    public static final String MASK = "****";

    /** Longer texts are searched for plain secrets only: decoding takes memory. */
    private static final int MAX_DECODED = 1024 * 1024;

    /** Each with less than half of the one before it, so there are few. Null when all of a text is masked. */
    private final List<Part> parts;

    private Masker(List<Part> parts) {
        this.parts = parts;
    }

    /** A masker of these values. Values of one or two characters are left out. */
    public static Masker of(Collection<SecretText> secrets) {
        return new Masker(List.of()).with(secrets.stream().map(SecretText::reveal).toList());
    }

    /** A masker that leaves nothing of a text. */
    static Masker ofAll() {
        return new Masker(null);
    }

    /**
     * A masker of further values as well. What is made for a value is made anew only when as many values have come since,
     * so for each as often as the number of all can be halved.
     */
    Masker with(Collection<String> values) {
        List<String> last = values.stream().filter(value -> value.strip().length() >= SecretIndex.MIN_LENGTH).distinct().toList();
        if (parts == null || last.isEmpty()) {
            return this;
        }
        List<Part> all = new ArrayList<>(parts);
        long size = size(last);
        while (!all.isEmpty() && all.get(all.size() - 1).size() <= 2 * size) {
            List<String> both = new ArrayList<>(all.remove(all.size() - 1).values());
            both.addAll(last);
            last = both;
            size = size(last);
        }
        all.add(Part.of(last));
        return new Masker(List.copyOf(all));
    }

    private static long size(Collection<String> values) {
        return values.stream().mapToLong(String::length).sum();
    }

    /**
     * Some of the values.
     *
     * @param size how many characters they have
     * @param forms all their forms
     * @param percent their plain forms as a text with percent escapes means them
     * @param other the same for all other escapes
     */
    private record Part(List<String> values, long size, SecretIndex forms, SecretIndex percent, SecretIndex other) {
        static Part of(List<String> values) {
            return new Part(
                    values, Masker.size(values), index(values, SecretForms::of),
                    index(values, value -> folded(value, DecodedText.Escape.PERCENT)),
                    index(values, value -> folded(value, DecodedText.Escape.BACKSLASH)));
        }

        private static SecretIndex index(List<String> values, Function<String, Collection<String>> forms) {
            Set<String> all = new LinkedHashSet<>();
            values.forEach(value -> all.addAll(forms.apply(value)));
            return new SecretIndex(all.stream().filter(form -> form.strip().length() >= SecretIndex.MIN_LENGTH).toList());
        }

        private static List<String> folded(String value, DecodedText.Escape escape) {
            return SecretForms.plain(value).stream()
                    .filter(plain -> plain.strip().length() >= SecretIndex.MIN_LENGTH)
                    .map(plain -> DecodedText.folded(plain, escape))
                    .toList();
        }

        SecretIndex of(DecodedText.Escape escape) {
            return escape == DecodedText.Escape.PERCENT ? percent : other;
        }
    }

    /** The text with every known secret replaced; {@code null} stays {@code null}. */
    public String mask(String text) {
        if (text == null || text.isEmpty() || parts != null && parts.isEmpty()) {
            return text;
        }
        if (parts == null) {
            return MASK;
        }
        Spans spans = new Spans();
        parts.forEach(part -> part.forms().find(text, DecodedText.CUT, spans::add));
        String masked = spans.replace(text, MASK);
        if (masked.length() <= MAX_DECODED) {
            for (DecodedText.Escape escape : DecodedText.Escape.values()) {
                if (escape.isIn(masked)) {
                    masked = DecodedText.of(masked, escape).replace(masked, parts.stream().map(part -> part.of(escape)).toList(), MASK);
                }
            }
        }
        return masked;
    }
}
