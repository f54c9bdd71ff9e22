package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.verify.source.HistogramSeries;
import io.jenkins.plugins.mldelivery.verify.source.LookBudget;
import io.jenkins.plugins.mldelivery.verify.source.Series;
import io.jenkins.plugins.mldelivery.verify.source.SeriesKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Series of a track that repeat the measurement of another one under other labels, so that what they count is to be left
 * out: pods that two jobs scrape, two servers whose series nobody put together, federation, and sums that recording rules
 * make beside what they sum.
 *
 * <p>Series are compared target by target ({@link Collected}), since one busy series tells more than many quiet ones. Only
 * targets that have a name in common are compared, and those whose counts are next to each other, so that the time grows
 * little faster than the number of series.
 *
 * @param keys of the series to leave out
 * @param text what was found, to go on with behind the track's name; null for nothing
 */
public record Copies(Set<SeriesKey> keys, String text) {
    static final Copies NONE = new Copies(Set.of(), null);

    /** With how many of those that have a name in common, in the order of what they counted, a target is compared. */
    private static final int NEIGHBOURS = 4;

    /** After so many milliseconds without a sample a target is taken for one that is gone, if its copy has newer ones. */
    private static final long STALE = 150_000;

    /** What two jobs are told by at most. */
    private static final int MAX_NAMES = 4;

    /** @param budget to which is charged what they are found by, and until when they have to be */
    static Copies ofCounters(List<Series> series, LookBudget budget) {
        if (series.size() < 2) {
            return NONE;
        }
        return of(series.stream().map(one -> new Collected.Trace(one.source(), one.labels(), one.points())).toList(), budget);
    }

    /** @param budget to which is charged what they are found by, and until when they have to be */
    static Copies ofHistograms(List<HistogramSeries> series, LookBudget budget) {
        if (series.size() < 2) {
            return NONE;
        }
        return of(series.stream().map(one -> new Collected.Trace(one.source(), one.labels(), one.totals())).toList(), budget);
    }

    /** Of gauges, which may go up and down: those that were read from one address. */
    static Copies ofGauges(List<Series> series, LookBudget budget) {
        if (series.size() < 2) {
            return NONE;
        }
        List<Collected.Trace> traces = series.stream().map(one -> new Collected.Trace(one.source(), one.labels(), one.points())).toList();
        return of(traces, budget, targets -> {
            Finder finder = new Finder(budget.deadline());
            names(targets).values().forEach(named -> finder.compare(named, Collected::isSameAddress));
            return of(finder, Set.of());
        });
    }

    private static Copies of(List<Collected.Trace> traces, LookBudget budget) {
        return of(traces, budget, targets -> of(targets, budget.deadline()));
    }

    private static Copies of(List<Collected.Trace> traces, LookBudget budget, Function<List<Collected>, Copies> find) {
        List<Collected> targets = Collected.of(traces, budget);
        try {
            return targets.size() < 2 ? NONE : find.apply(targets);
        } finally {
            budget.forget(targets.stream().mapToLong(Collected::bytes).sum());
        }
    }

    private static Copies of(List<Collected> targets, Deadline deadline) {
        Finder finder = new Finder(deadline);
        names(targets).values().forEach(named -> finder.compare(named, Collected::isSame));
        // Those without a name in common must tell the same of the same moments.
        finder.compare(targets, Collected::hasSameSamples);
        Set<Collected> copies = finder.copies();
        List<Collected> originals = targets.stream().filter(one -> !copies.contains(one)).toList();
        return of(finder, sums(originals));
    }

    private static Copies of(Finder finder, Set<Collected> sums) {
        Set<Collected> copies = finder.copies();
        if (copies.isEmpty() && sums.isEmpty()) {
            return NONE;
        }
        Set<SeriesKey> keys = new HashSet<>();
        copies.forEach(one -> one.traces().forEach(trace -> keys.add(trace.key())));
        sums.forEach(one -> one.traces().forEach(trace -> keys.add(trace.key())));
        return new Copies(keys, text(copies, sums, finder.originals()));
    }

    /** Targets by what may name a pod, where two have it in common. */
    private static Map<String, List<Collected>> names(List<Collected> targets) {
        Map<String, List<Collected>> names = new HashMap<>();
        for (Collected target : targets) {
            target.names().forEach(name -> names.computeIfAbsent(name, n -> new ArrayList<>()).add(target));
        }
        names.values().removeIf(list -> list.size() < 2);
        return names;
    }

    /** Those of no one target that are the sum of all those of one. */
    private static Set<Collected> sums(List<Collected> targets) {
        List<Collected> parts = targets.stream().filter(one -> !one.names().isEmpty()).toList();
        Set<Collected> sums = new HashSet<>();
        if (!parts.isEmpty()) {
            targets.stream().filter(one -> one.names().isEmpty() && one.isSumOf(parts)).forEach(sums::add);
        }
        return sums;
    }

    private static String text(Collection<Collected> copies, Collection<Collected> sums, Collection<Collected> originals) {
        List<String> all = new ArrayList<>();
        if (!copies.isEmpty()) {
            TreeSet<String> collectors = new TreeSet<>();
            copies.forEach(one -> collectors.add(one.collector()));
            originals.forEach(one -> collectors.add(one.collector()));
            String by = collectors.size() < 2
                    ? ""
                    : " (" + collectors.stream().limit(MAX_NAMES).collect(Collectors.joining(", "))
                            + (collectors.size() > MAX_NAMES ? ", …" : "") + ")";
            all.add("is collected more than once" + by + ", and counted once");
        }
        if (!sums.isEmpty()) {
            all.add("is recorded as a sum beside what it sums, and the sum is left out");
        }
        return String.join(", and ", all);
    }

    /** Puts those together that are the same. */
    private static final class Finder {
        private final Map<Collected, Collected> same = new HashMap<>();

        private static final Comparator<Collected> BY_COUNT = Comparator.comparingDouble(Collected::counted);

        private final Deadline deadline;

        Finder(Deadline deadline) {
            this.deadline = deadline;
        }

        void compare(List<Collected> some, BiPredicate<Collected, Collected> isSame) {
            List<Collected> sorted = some.stream().sorted(BY_COUNT).toList();
            for (int i = 0; i < sorted.size(); i++) {
                deadline.check();
                for (int k = i + 1; k < sorted.size() && k <= i + NEIGHBOURS; k++) {
                    Collected one = first(sorted.get(i));
                    Collected other = first(sorted.get(k));
                    if (one != other && isSame.test(one, other)) {
                        boolean keep = isBetter(one, other);
                        same.put(keep ? other : one, keep ? one : other);
                    }
                }
            }
        }

        private Collected first(Collected target) {
            Collected at = target;
            for (Collected next = same.get(at); next != null; next = same.get(at)) {
                Collected after = same.get(next);
                if (after == null) {
                    return next;
                }
                // Shorter for whoever comes next: each may be better than the one before, and the chain as long as there are series.
                same.put(at, after);
                at = after;
            }
            return at;
        }

        Set<Collected> copies() {
            return same.keySet();
        }

        Set<Collected> originals() {
            return same.keySet().stream().map(this::first).collect(Collectors.toSet());
        }

        /** Which of two counts: the one that is still there, then the one that shows more, then always the same one. */
        private static boolean isBetter(Collected one, Collected other) {
            if (Math.abs(one.newest() - other.newest()) > STALE) {
                return one.newest() > other.newest();
            }
            if (one.traces().size() != other.traces().size()) {
                return one.traces().size() > other.traces().size();
            }
            if (one.names().size() != other.names().size()) {
                return one.names().size() > other.names().size();
            }
            return one.compareName(other) < 0;
        }
    }
}
