package io.jenkins.plugins.mldelivery.delivery;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the known name that somebody meant who has written one that there is not. */
public final class NearestName {
    /** Characters of a word that is compared: no name is longer. */
    private static final int LONGEST = 80;
    /** Beginnings that are shorter say little of what was meant. */
    private static final int LEAST_BEGINNING = 3;
    /** Of so many characters one may be wrong, so that what has nothing to do with a name is not taken for it. */
    private static final int CHARACTERS_AN_ERROR = 3;

    private NearestName() {}

    /**
     * The known name with the fewest errors: a character too many, too few, another one, or two in the wrong order.
     * Upper and lower case are one. A name that begins with the word goes before others; of two that are as near, the
     * first by the alphabet is taken.
     *
     * @param known at least one name
     */
    public static String of(String word, Collection<String> known) {
        Comparator<String> byErrors = Comparator.comparingInt(name -> errors(word, name));
        return known.stream()
                .min(Comparator.comparing((String name) -> !begins(name, word)).thenComparing(byErrors).thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
    }

    /** The same, if it begins with the word or is so near that it may be what was meant; null is near nothing. */
    public static Optional<String> meant(String word, Collection<String> known) {
        if (word == null || known.isEmpty()) {
            return Optional.empty();
        }
        String name = of(word, known);
        boolean near = errors(word, name) <= Math.max(1, Math.min(word.length(), name.length()) / CHARACTERS_AN_ERROR);
        return near || begins(name, word) ? Optional.of(name) : Optional.empty();
    }

    private static boolean begins(String name, String word) {
        return word.replaceFirst("^-+", "").length() >= LEAST_BEGINNING && Ascii.lower(name).startsWith(Ascii.lower(word));
    }

    /** The beginning of a remedy, such as <code>Did you mean 'steps'?</code> with a space behind it; empty where no name is near. */
    public static String hint(String word, Collection<String> known) {
        return meant(word, known).map(name -> "Did you mean '" + name + "'? ").orElse("");
    }

    private static int errors(String word, String name) {
        String a = Ascii.lower(word.length() > LONGEST ? word.substring(0, LONGEST) : word);
        String b = Ascii.lower(name);
        int[] before = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        for (int j = 0; j < last.length; j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int other = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(other, 1 + Math.min(last[j], row[j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
            }
            before = last;
            last = row;
        }
        return last[b.length()];
    }
}
