package io.jenkins.plugins.mldelivery.delivery;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Replaces known secret values in text, in every form that {@link SecretForms} knows. A secret that contains another one
 * is masked whole. The beginning of a secret is masked as well where a text was cut in the middle of it, with an
 * ellipsis. Takes time in proportion to the text's length and the number of secrets, whatever they are.
 */
public final class Masker {
    /** What stands in the place of a secret. */
    public static final String MASK = "****";

    /** Shorter values are not masked: they would eat the whole text. */
    private static final int MIN_LENGTH = 3;
    /** Longer texts are searched for plain secrets only: decoding takes memory. */
    private static final int MAX_DECODED = 1024 * 1024;

    private final List<String> plain;
    /** Null when all of a text is masked. */
    private final List<SecretSearch> forms;

    private Masker(List<String> plain, List<SecretSearch> forms) {
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
        return new Masker(longEnough(plain), longEnough(all).stream().map(SecretSearch::new).toList());
    }

    /** A masker that leaves nothing of a text. */
    static Masker ofAll() {
        return new Masker(List.of(), null);
    }

    private static List<String> longEnough(Set<String> texts) {
        return texts.stream().filter(text -> text.strip().length() >= MIN_LENGTH).toList();
    }

    /** The text with every known secret replaced; {@code null} stays {@code null}. */
    public String mask(String text) {
        if (text == null || text.isEmpty() || forms != null && forms.isEmpty()) {
            return text;
        }
        if (forms == null) {
            return MASK;
        }
        Spans spans = new Spans();
        for (SecretSearch form : forms) {
            form.findAlsoCut(text, spans::add);
        }
        String masked = spans.replace(text, MASK);
        if (masked.length() <= MAX_DECODED) {
            for (DecodedText.Escape escape : DecodedText.Escape.values()) {
                if (escape.isIn(masked)) {
                    masked = DecodedText.of(masked, escape).replace(masked, plain, MASK);
                }
            }
        }
        return masked;
    }
}
