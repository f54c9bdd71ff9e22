package io.jenkins.plugins.mldelivery.delivery;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Replaces known secret values in text. Longer values go first, so that a secret containing another is masked whole. */
public final class Masker {
    private static final String MASK = "****";

    private final List<String> values;

    private Masker(List<String> values) {
        this.values = values;
    }

    /** A masker of these values; empty values and values of one or two characters are left out, since masking them would eat the whole text. */
    public static Masker of(Collection<SecretText> secrets) {
        return new Masker(secrets.stream()
                .map(SecretText::reveal)
                .filter(v -> v.length() > 2)
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList());
    }

    /** The text with every known secret replaced. */
    public String mask(String text) {
        String masked = text;
        for (String value : values) {
            masked = masked.replace(value, MASK);
        }
        return masked;
    }
}
