package io.jenkins.plugins.mldelivery.delivery;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Patterns of names that an administrator writes, one per line: of namespaces, or of folders and jobs by their full names such as
 * {@code team-a/churn}. {@code *} stands for any characters within one name, {@code **} between slashes for any number of names, also none. Everything else stands for
 * itself: upper and lower case are different, and nothing is normalised but spaces around a line and slashes at its ends. Immutable.
 */
public final class NamePatterns implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final String ANY_NAMES = "**";

    private final ArrayList<String> patterns;

    private NamePatterns(ArrayList<String> patterns) {
        this.patterns = patterns;
    }

    /**
     * Those of a text.
     *
     * @param lines a pattern per line; lines without any character do not count; {@code null} for none
     */
    public static NamePatterns of(String lines) {
        ArrayList<String> patterns = new ArrayList<>();
        Stream.ofNullable(lines).flatMap(String::lines).map(String::strip).filter(line -> !line.isEmpty()).forEach(patterns::add);
        return new NamePatterns(patterns);
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return patterns.isEmpty();
    }

    /** As they were written. */
    public List<String> lines() {
        return List.copyOf(patterns);
    }

    /** Whether one of them matches a name. */
    public boolean match(String name) {
        return patterns.stream().anyMatch(pattern -> isMatch(names(pattern), names(name)));
    }

    /** Whether one of them matches an item or a folder that it is in. */
    public boolean cover(String fullName) {
        List<String> path = names(fullName);
        return patterns.stream().anyMatch(pattern -> {
            List<String> names = names(pattern);
            List<String> andBelow = new ArrayList<>(names);
            andBelow.add(ANY_NAMES);
            return !names.isEmpty() && isMatch(andBelow, path);
        });
    }

    private static List<String> names(String path) {
        return Stream.of(path.split("/")).filter(name -> !name.isEmpty()).toList();
    }

    /** Takes time in proportion to the number of pairs, whatever the patterns. */
    private static boolean isMatch(List<String> pattern, List<String> path) {
        boolean[] reached = new boolean[path.size() + 1];
        reached[0] = true;
        for (String part : pattern) {
            boolean[] next = new boolean[reached.length];
            for (int i = 0; i < reached.length; i++) {
                if (part.equals(ANY_NAMES)) {
                    next[i] = reached[i] || i > 0 && next[i - 1];
                } else if (i > 0) {
                    next[i] = reached[i - 1] && isOneMatch(part, path.get(i - 1));
                }
            }
            reached = next;
        }
        return reached[path.size()];
    }

    /** Goes back to the last star alone, which is enough: an earlier one could only match less of the name. */
    private static boolean isOneMatch(String pattern, String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int since = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                since = n;
            } else if (p < pattern.length() && pattern.charAt(p) == name.charAt(n)) {
                p++;
                n++;
            } else if (star >= 0) {
                p = star + 1;
                n = ++since;
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
