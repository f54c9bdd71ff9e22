package io.jenkins.plugins.mldelivery.house;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tables of limits in the documentation, held to the constants of the code. */
final class DocumentedLimits {
    private static final String ROOT = "io.jenkins.plugins.mldelivery.";
    private static final Pattern ROW = Pattern.compile("\\| ([^|]+) \\| ([^|]+) \\|");
    private static final Pattern CONSTANT = Pattern.compile("([a-z.]+\\.[A-Z]\\w+)\\.([A-Z_]+)(?:\\.(\\w+))?");
    private static final long KIB = 1024;

    private DocumentedLimits() {}

    /** What a row says, with a mark ({@code %n} a number, {@code %b} bytes, {@code %t} a time) for each constant. */
    record Row(String text, List<String> constants) {
        static Row of(String text, String... constants) {
            return new Row(text, List.of(constants));
        }
    }

    /**
     * Compares a table of a page with the constants.
     *
     * @param page its path in the repository
     * @param heading the whole line above the table
     * @param rows by what the first column says
     */
    static void compare(String page, String heading, Map<String, Row> rows) throws Exception {
        Map<String, String> told = told(page, heading);
        assertEquals("each row is compared", rows.keySet(), told.keySet());
        List<String> compared = new ArrayList<>();
        for (Map.Entry<String, Row> row : rows.entrySet()) {
            String expected = row.getValue().text();
            for (String constant : row.getValue().constants()) {
                Object value = value(constant);
                if (value == null) {
                    expected = null;
                    break;
                }
                expected = expected.replaceFirst("%[nbt]", Matcher.quoteReplacement(text(expected, value)));
            }
            if (expected != null) {
                assertEquals(row.getKey(), expected, told.get(row.getKey()));
                compared.add(row.getKey());
            }
        }
        assertTrue("hardly any was compared: " + compared, compared.size() > rows.size() / 2);
    }

    private static Map<String, String> told(String page, String heading) throws IOException {
        Map<String, String> told = new LinkedHashMap<>();
        List<String> lines = Files.readAllLines(Repository.root().resolve(page));
        int from = lines.indexOf(heading);
        assertTrue(page + " has no " + heading, from >= 0);
        for (String line : lines.subList(from + 1, lines.size())) {
            Matcher row = ROW.matcher(line);
            if (line.startsWith("#")) {
                break;
            } else if (row.matches() && !row.group(1).equals("what")) {
                told.put(row.group(1), row.group(2));
            }
        }
        return told;
    }

    /** A constant, or a field of one; null where the Jenkins packages are not on the class path. */
    private static Object value(String constant) throws Exception {
        Matcher parts = CONSTANT.matcher(constant);
        assertTrue(constant, parts.matches());
        try {
            Class<?> type = Class.forName(ROOT + parts.group(1), false, DocumentedLimits.class.getClassLoader());
            Object value = field(type, parts.group(2), null);
            return parts.group(3) == null ? value : field(value.getClass(), parts.group(3), value);
        } catch (ClassNotFoundException e) {
            assertTrue(constant, constant.startsWith("steps.") || constant.startsWith("config."));
            assertTrue("the plugin lacks " + constant, !isPlugin());
            return null;
        }
    }

    private static Object field(Class<?> type, String name, Object of) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
    }

    private static boolean isPlugin() {
        try {
            Class.forName("jenkins.model.Jenkins", false, DocumentedLimits.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static String text(String template, Object value) {
        char mark = template.charAt(template.indexOf('%') + 1);
        if (value instanceof Duration time) {
            assertEquals('t', mark);
            return time.toSeconds() + " s";
        }
        long number = ((Number) value).longValue();
        if (mark == 'n') {
            return String.format(Locale.ROOT, "%,d", number);
        }
        long unit = number;
        String[] names = {"B", "KiB", "MiB", "GiB"};
        int name = 0;
        while (name < names.length - 1 && unit % KIB == 0) {
            unit /= KIB;
            name++;
        }
        return unit + " " + names[name];
    }
}
