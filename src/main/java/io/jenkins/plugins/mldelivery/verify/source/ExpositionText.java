package io.jenkins.plugins.mldelivery.verify.source;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A page in a text exposition format, with the places of each name's lines. However many checks read it, the page is walked once, without a copy of each line: it may have 32 MiB, of which a metric is a small part.
 */
final class ExpositionText {
    /** Stands for lines that have their name in quotes within the braces, as of Prometheus 3. */
    private static final String QUOTED = "{";

    /** Stands for lines of all further names, which are compared when they are read: a page that is none, such as a dump of data, may have a name of its own on each line. */
    private static final String FURTHER = "#";

    private static final int MOST_NAMES = 20_000;

    private final String page;
    private final boolean openMetrics;
    private final Map<String, Places> places = new HashMap<>();

    /** @param openMetrics whether its time stamps are seconds, not milliseconds as in the older format */
    ExpositionText(String page, boolean openMetrics) {
        this.page = page;
        this.openMetrics = openMetrics;
        walk();
    }

    /** Where lines begin, in the page's order. */
    private static final class Places {
        private int[] starts = new int[4];
        private int count;

        void add(int start) {
            starts = count == starts.length ? Arrays.copyOf(starts, 2 * count) : starts;
            starts[count++] = start;
        }
    }

    private void walk() {
        String last = "";
        Places of = null;
        int at = 0;
        while (at < page.length()) {
            int end = end(at);
            int start = blanks(at, end);
            if (start < end && page.charAt(start) != '#') {
                int nameEnd = nameEnd(start, end);
                // The samples of a metric follow each other, so most lines need no string of their own.
                if (of == null || nameEnd - start != last.length() || !page.startsWith(last, start)) {
                    last = nameEnd == start ? "" : page.substring(start, nameEnd);
                    of = placesOf(nameEnd == start ? QUOTED : last);
                }
                of.add(start);
            }
            at = end + 1;
        }
    }

    private Places placesOf(String name) {
        boolean own = places.size() < MOST_NAMES || name.equals(QUOTED) || places.containsKey(name);
        return places.computeIfAbsent(own ? name : FURTHER, one -> new Places());
    }

    /** Where the line ends that has this place. */
    int end(int at) {
        int end = page.indexOf('\n', at);
        return end < 0 ? page.length() : end;
    }

    /** Where the name ends that begins here; there itself when it is quoted within braces. */
    int nameEnd(int start, int end) {
        int at = start;
        while (at < end && page.charAt(at) != '{' && !ExpositionParser.isBlank(page.charAt(at))) {
            at++;
        }
        return at;
    }

    private int blanks(int start, int end) {
        int at = start;
        while (at < end && ExpositionParser.isBlank(page.charAt(at))) {
            at++;
        }
        return at;
    }

    /** Where the lines begin that may be of these names, in the page's order. */
    int[] lines(Collection<String> names) {
        IntStream further = starts(FURTHER).filter(start -> names.contains(page.substring(start, nameEnd(start, end(start)))));
        return IntStream.concat(names.stream().distinct().flatMapToInt(this::starts), IntStream.concat(starts(QUOTED), further)).sorted().toArray();
    }

    private IntStream starts(String name) {
        Places of = places.get(name);
        return of == null ? IntStream.empty() : Arrays.stream(of.starts, 0, of.count);
    }

    String page() {
        return page;
    }

    boolean isOpenMetrics() {
        return openMetrics;
    }
}
