package io.jenkins.plugins.mldelivery.image;

import java.util.List;
import java.util.Locale;

/**
 * A pattern for files and folders of a model. Without a slash it is for a name at any depth, with one for the path from the model's folder on; {@code *} stands for any
 * characters of a name, {@code ?} for one. Case does not matter. Matching takes a time that is at most proportional to both lengths' product.
 *
 * @param parts the parts between slashes, in lower case
 */
record NamePattern(List<String> parts) {
    NamePattern {
        parts = List.copyOf(parts);
    }

    static NamePattern of(String text) {
        List<String> parts = List.of(text.toLowerCase(Locale.ROOT).split("/"));
        // Of slashes alone there is nothing left: such a pattern is for a name that nothing has.
        return new NamePattern(parts.isEmpty() ? List.of("") : parts);
    }

    /** Whether it is for a whole path. */
    boolean isPath() {
        return parts.size() > 1;
    }

    /** Whether it is for this path, whose parts are in lower case. */
    boolean matches(List<String> path) {
        if (!isPath()) {
            return matches(parts.get(0), path.get(path.size() - 1));
        }
        if (path.size() != parts.size()) {
            return false;
        }
        for (int i = 0; i < parts.size(); i++) {
            if (!matches(parts.get(i), path.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Goes back to the last star only, which is enough: what an earlier one takes, that one can take as well. */
    private static boolean matches(String pattern, String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int afterStar = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                afterStar = n;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
                p++;
                n++;
            } else if (star >= 0) {
                p = star + 1;
                n = ++afterStar;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
