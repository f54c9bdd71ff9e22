package io.jenkins.plugins.mldelivery.delivery;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * One text for one value, so that two requests can be compared by a hash of their texts: records by their names and
 * components, collections in their order, maps sorted by their keys. What is null or empty is left out, so that a
 * component that a later version adds changes no text of those that do not use it.
 *
 * <p>The text holds whatever the value holds, secrets too: only a {@linkplain KeyedHash keyed hash} of it may be kept.
 */
public final class CanonicalText {
    private CanonicalText() {}

    /**
     * The text of a value.
     *
     * @param value a record, collection, map, text, number, truth value, enum or null, of such all the way down
     * @throws IllegalArgumentException when there is anything else in it, which has no text of its own
     */
    public static String of(Object value) {
        StringBuilder text = new StringBuilder();
        write(value, text);
        return text.toString();
    }

    private static void write(Object value, StringBuilder text) {
        if (value == null) {
            text.append("null");
        } else if (value instanceof Record r) {
            record(r, text);
        } else if (value instanceof Map<?, ?> map) {
            map(map, text);
        } else if (value instanceof Collection<?> all) {
            collection(all, text);
        } else if (value instanceof CharSequence || value instanceof Enum<?>) {
            quoted(value.toString(), text);
        } else if (value instanceof Number || value instanceof Boolean) {
            text.append(value);
        } else {
            throw new IllegalArgumentException(value.getClass().getName() + " has no canonical text");
        }
    }

    private static void record(Record value, StringBuilder text) {
        text.append(value.getClass().getSimpleName()).append('(');
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            Object part = read(component, value);
            if (!isEmpty(part)) {
                text.append(component.getName()).append('=');
                write(part, text);
                text.append(';');
            }
        }
        text.append(')');
    }

    private static Object read(RecordComponent component, Record value) {
        try {
            return component.getAccessor().invoke(value);
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException(value.getClass().getName() + " is not public", e);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("an accessor of a record that fails", e.getCause());
        }
    }

    private static boolean isEmpty(Object part) {
        return part == null
                || part instanceof Collection<?> all && all.isEmpty()
                || part instanceof Map<?, ?> map && map.isEmpty();
    }

    private static void map(Map<?, ?> map, StringBuilder text) {
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach((key, value) -> sorted.put(String.valueOf(key), value));
        text.append('{');
        sorted.forEach((key, value) -> {
            quoted(key, text);
            text.append('=');
            write(value, text);
            text.append(';');
        });
        text.append('}');
    }

    private static void collection(Collection<?> all, StringBuilder text) {
        text.append('[');
        for (Iterator<?> i = all.iterator(); i.hasNext(); ) {
            write(i.next(), text);
            text.append(i.hasNext() ? "," : "");
        }
        text.append(']');
    }

    /** So that no text can look like the end of one and the beginning of another. */
    private static void quoted(String value, StringBuilder text) {
        text.append('"').append(value.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
    }
}
