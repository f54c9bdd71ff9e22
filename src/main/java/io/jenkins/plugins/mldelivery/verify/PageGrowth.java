package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.stats.Packer;
import io.jenkins.plugins.mldelivery.verify.stats.Unpacker;

/**
 * How much one page (or target of a Prometheus server) counted from sample to sample since it was read for the first time. A page that shows one of several
 * workers leaps up when another one answers, which looks like traffic until it falls; so a leap far above all else that it grew by waits for more samples.
 *
 * @param millis the time of its last sample, in milliseconds since 1970
 * @param samples how many there were after the first one; more than {@link #SETTLED} tell no more
 * @param counted what it counted that is evidence
 * @param most what the sample counted with which it grew fastest, as far as that is evidence
 * @param fastest how fast that was, in events a second
 * @param second how fast it grew with the next one
 * @param since how many samples ago that was
 */
record PageGrowth(long millis, int samples, double counted, double most, double fastest, double second, int since) {
    /** So many samples after the first one can be held against each other. */
    private static final int COMPARABLE = 2;

    /** By so much traffic seldom grows from one sample to the next. */
    private static final double LEAP = 3;

    /** How many samples a leap waits: a page that shows one of two workers falls by then with a probability of 15 in 16. */
    private static final int WAIT = 4;

    /** A page of several workers hardly ever shows the same one for so many samples. */
    private static final int SETTLED = 6;

    PageGrowth {
        Numbers.time(millis);
        Numbers.amounts(samples, counted, most, fastest, second, since);
    }

    /** Of a page that is read for the first time. */
    static PageGrowth first(long millis, double counted) {
        return new PageGrowth(millis, 0, counted, 0, 0, 0, 0);
    }

    /**
     * The next sample.
     *
     * @param grown by which its counters are higher
     * @param evidence what of that counts
     */
    PageGrowth plus(long at, double grown, double evidence) {
        if (at <= millis) {
            return new PageGrowth(millis, samples, counted + evidence, most, fastest, second, since);
        }
        double speed = grown / ((at - millis) / 1000.0);
        boolean isFastest = samples == 0 || speed > fastest;
        return new PageGrowth(
                at, Math.min(SETTLED, samples + 1), counted + evidence, isFastest ? evidence : most, isFastest ? speed : fastest, isFastest ? fastest : Math.max(second, speed),
                isFastest ? 0 : Math.min(WAIT, since + 1));
    }

    /** How much of what it counted may be what another worker had counted before. */
    double doubtful() {
        return samples < COMPARABLE ? counted : isLeap() ? most : 0;
    }

    private boolean isLeap() {
        return most >= Jumps.FEW && fastest > LEAP * second && since < WAIT;
    }

    /** Whether it need not be followed any more. */
    boolean isSettled() {
        return samples >= SETTLED && !isLeap();
    }

    void pack(Packer to, long readUpTo) {
        to.signed(readUpTo - millis).whole(samples).number(counted).number(most).number(fastest).number(second).whole(since);
    }

    /** @throws IllegalArgumentException when it is damaged */
    static PageGrowth unpack(Unpacker from, long readUpTo) {
        return new PageGrowth(readUpTo - from.signed(), (int) from.whole(), from.number(), from.number(), from.number(), from.number(), (int) from.whole());
    }
}
