package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.verify.source.LookBudget;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What the sources of both tracks counted, in windows by the time of the data, the first of which begins at the onset. It is put together while series are
 * walked, so that a source takes as much in a window whether it has one sample there or thousands. What it takes is charged to the look.
 *
 * @param <C> what a source counts in a window
 */
final class Windows<C> {
    /** Bytes of a window with what is made of it for the tests, besides what its sources counted. */
    private static final int WINDOW = 700;

    /** Bytes of a source in a window, besides what it counted. */
    private static final int SOURCE = 96;

    private final Watch watch;
    private final LookBudget budget;
    private final BinaryOperator<C> sum;
    private final ToLongFunction<C> bytes;
    private final SortedMap<Long, Window<C>> windows = new TreeMap<>();

    /**
     * Nothing counted yet.
     *
     * @param sum of what a source counted before and after
     * @param bytes that it takes
     */
    Windows(Watch watch, BinaryOperator<C> sum, ToLongFunction<C> bytes) {
        this.watch = watch;
        this.budget = watch.source().budget();
        this.sum = sum;
        this.bytes = bytes;
    }

    /**
     * A window.
     *
     * @param canary what each source of the canary counted, in the order in which they were walked
     * @param stable likewise
     */
    record Window<C>(Map<String, C> canary, Map<String, C> stable) {
        Window() {
            this(new LinkedHashMap<>(), new LinkedHashMap<>());
        }

        private Map<String, C> of(Track track) {
            return track == Track.CANARY ? canary : stable;
        }
    }

    /**
     * Adds what a source counted.
     *
     * @param millis the time of the data, in milliseconds since 1970
     * @throws LookBudget.Full when a look may not keep so much
     */
    void add(Track track, String source, long millis, C amount) {
        long number = Increment.window(millis, watch.onset(), watch.width());
        Window<C> window = windows.get(number);
        if (window == null) {
            budget.made(WINDOW);
            window = new Window<>();
            windows.put(number, window);
        }
        Map<String, C> counted = window.of(track);
        C before = counted.get(source);
        C now = before == null ? amount : sum.apply(before, amount);
        long grown = bytes.applyAsLong(now) - (before == null ? -SOURCE : bytes.applyAsLong(before));
        if (grown > 0) {
            budget.made(grown);
        }
        counted.put(source, now);
    }

    /** Those in which something was counted, in their order. Whoever goes through them ends with the look's time. */
    Stream<Window<C>> inOrder() {
        Collection<Window<C>> all = windows.values();
        return all.stream().peek(window -> budget.deadline().check());
    }
}
