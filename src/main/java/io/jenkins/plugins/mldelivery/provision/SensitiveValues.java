package io.jenkins.plugins.mldelivery.provision;

import io.jenkins.plugins.mldelivery.delivery.SecretText;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The texts and numbers in values that are sensitive, to be masked from then on. Short ones are left out, since masking them would eat the log; and there is a limit to all. */
public final class SensitiveValues {
    /** Shorter values are not masked. */
    public static final int MIN_LENGTH = 6;
    /** How many values are masked at most; of those with several lines each line counts. */
    public static final int MAX_VALUES = 200;

    private static final int MAX_TEXT = 64 * 1024;

    private final Set<SecretText> secrets = new LinkedHashSet<>();
    private int lines;
    private int text;
    private boolean complete = true;

    /** Takes a value with all that is in it. */
    public void add(Object value) {
        if (value instanceof Map<?, ?> map) {
            map.values().forEach(this::add);
        } else if (value instanceof List<?> list) {
            list.forEach(this::add);
        } else if (value instanceof String || value instanceof Number) {
            addText(value.toString());
        }
    }

    /**
     * Takes those parts of a value that a plan's tree of marks names.
     *
     * @param marks <code>true</code> for a value with all in it; a map or list of marks for its parts
     */
    public void addMarked(Object value, Object marks) {
        if (Boolean.TRUE.equals(marks)) {
            add(value);
        } else if (marks instanceof Map<?, ?> names && value instanceof Map<?, ?> map) {
            names.forEach((name, mark) -> addMarked(map.get(name), mark));
        } else if (marks instanceof List<?> marked && value instanceof List<?> list) {
            for (int i = 0; i < Math.min(marked.size(), list.size()); i++) {
                addMarked(list.get(i), marked.get(i));
            }
        }
    }

    /** Whether a tree of marks has a mark in it. */
    public static boolean isMarked(Object marks) {
        return Boolean.TRUE.equals(marks)
                || marks instanceof Map<?, ?> map && map.values().stream().anyMatch(SensitiveValues::isMarked)
                || marks instanceof List<?> list && list.stream().anyMatch(SensitiveValues::isMarked);
    }

    /** Notes that there are values that could not be taken. */
    public void miss() {
        complete = false;
    }

    /** What is to be masked. */
    public Collection<SecretText> secrets() {
        return List.copyOf(secrets);
    }

    /** Whether all values were taken. */
    public boolean complete() {
        return complete;
    }

    private void addText(String value) {
        if (value.length() < MIN_LENGTH) {
            return;
        }
        SecretText secret = SecretText.of(value);
        if (secrets.contains(secret)) {
            return;
        }
        if (text + value.length() > MAX_TEXT || lines >= MAX_VALUES) {
            complete = false;
            return;
        }
        secrets.add(secret);
        text += value.length();
        lines += 1 + (int) value.chars().filter(c -> c == '\n' || c == '\r').count();
    }
}
