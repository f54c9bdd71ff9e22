package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.source.LookBudget;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;

/** Follows how the pages of a track grow, until each was read often enough, see {@link PageGrowth}. */
final class GrowthWatch {
    /** Pages that are followed at most; what one of more of them shows is a small part of all. */
    private static final int MAX_PAGES = 200;

    /** From this part of what a track counted on a verdict rests on it. */
    private static final double MUCH = 0.25;

    /** Samples of a page that are looked at in one look, from the first on: a page that has more is settled by them. */
    private static final int MAX_SAMPLES = 64;

    /** Stands for a page that can't be read any more. */
    static final String GONE = "";

    /** Bytes that a sample takes. */
    private static final int SAMPLE = 100;

    private final Growths before;
    private final Set<String> known;
    private final LookBudget budget;
    private final Map<String, TreeMap<Long, Sample>> samples = new HashMap<>();
    private double counted;

    /**
     * @param before of the last look
     * @param known short names of pages that were read before; those that are not followed are not begun with either
     * @param budget to which is charged what is kept
     */
    GrowthWatch(Growths before, Set<String> known, LookBudget budget) {
        this.before = before;
        this.known = known;
        this.budget = budget;
        this.counted = before.counted();
    }

    private static final class Sample {
        private double grown;
        private double evidence;
    }

    /**
     * A sample of one of a page's series.
     *
     * @param page null for a sum over several, which is not judged
     * @param grown by how much the series is higher than at the sample before; below 0 when it was reset
     * @param evidence what of it counts
     */
    void saw(String page, long millis, double grown, double evidence) {
        counted += evidence;
        if (page != null && isFollowed(page)) {
            Sample sample = sample(page, millis);
            if (sample != null) {
                sample.grown += Math.max(grown, evidence);
                sample.evidence += evidence;
            }
        }
    }

    private boolean isFollowed(String page) {
        if (samples.containsKey(page)) {
            return true;
        }
        String name = SeriesHash.of(page);
        return before.young().containsKey(name) || !known.contains(name) && samples.size() < MAX_PAGES;
    }

    /** Null for one that is too late to tell anything. */
    private Sample sample(String page, long millis) {
        TreeMap<Long, Sample> ofPage = samples.computeIfAbsent(page, p -> new TreeMap<>());
        Sample known = ofPage.get(millis);
        if (known != null || ofPage.size() == MAX_SAMPLES && millis > ofPage.lastKey()) {
            return known;
        }
        if (ofPage.size() == MAX_SAMPLES) {
            ofPage.pollLastEntry();
        } else {
            budget.made(SAMPLE);
        }
        Sample made = new Sample();
        ofPage.put(millis, made);
        return made;
    }

    /**
     * All series were seen in this look.
     *
     * @param scraped when each page was read, whether it had any series or not
     */
    Found ends(Map<String, NavigableSet<Long>> scraped) {
        scraped.forEach((page, times) -> {
            if (isFollowed(page)) {
                times.forEach(millis -> sample(page, millis));
            }
        });
        Map<String, PageGrowth> next = new TreeMap<>(before.young());
        Set<String> present = new HashSet<>();
        double most = 0;
        String page = null;
        for (Map.Entry<String, TreeMap<Long, Sample>> one : samples.entrySet()) {
            String name = SeriesHash.of(one.getKey());
            PageGrowth growth = next.remove(name);
            for (Map.Entry<Long, Sample> sample : one.getValue().entrySet()) {
                growth = growth == null
                        ? PageGrowth.first(sample.getKey(), sample.getValue().evidence)
                        : growth.plus(sample.getKey(), sample.getValue().grown, sample.getValue().evidence);
            }
            if (growth == null || growth.isSettled()) {
                continue;
            }
            next.put(name, growth);
            present.add(name);
            if (growth.doubtful() > most) {
                most = growth.doubtful();
                page = one.getKey();
            }
        }
        SourceTimes.forget(next, present, MAX_PAGES, PageGrowth::millis, one -> 1);
        double doubtful = 0;
        for (Map.Entry<String, PageGrowth> one : next.entrySet()) {
            // What a page counted that is gone now stays as doubtful as it was.
            doubtful += one.getValue().doubtful();
            if (!present.contains(one.getKey()) && one.getValue().doubtful() > most) {
                most = one.getValue().doubtful();
                page = GONE;
            }
        }
        double share = counted > 0 ? doubtful / counted : 0;
        return new Found(new Growths(counted, next), share >= MUCH ? page : null, share);
    }

    /**
     * What was found.
     *
     * @param next to go on from
     * @param page another sample of which a verdict must wait for, {@link #GONE} when there will be none; null for none
     * @param share the part of all that the track counted that may be no traffic
     */
    record Found(Growths next, String page, double share) {}
}
