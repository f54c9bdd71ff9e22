package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.Arrays;

/**
 * How far a canary's share of the events is from being the same look after look, for tracks whose pods can't be compared.
 *
 * <p>Given the events of both tracks in two looks that follow each other, and those of the canary in both together, the canary's events in the first are hypergeometric whatever the two tracks' rates and their ratio are; where the split of the requests differs between the looks, noncentrally so, by the odds of the splits
 * (Breslow &amp; Day, Statistical Methods in Cancer Research 1, 1980, 4.4; the mean and the variance are Cornfield's approximation, exact for equal splits). So a base rate that moves, a ratio of any size and a split that moves are no dispersion, and what a look's canary events are beyond that chance is.
 *
 * <p>A look lasts here until both tracks had requests, as a tick of the test does: a server that scrapes each pod at its own moment seldom shows both at once. Looks are compared one by one and in periods of 4. The largest excess of each is left out, since it may be the one at which a regression begins: that is a change of the ratio, but a single one (of two neighbours, where it begins within a period of 4, the smaller one stays). A regression that rises slowly counts as dispersion. The numbers were chosen by simulation (docs/decisions/sequential-tests.md). Immutable.
 */
final class TickDispersion {
    /** Looks of a period. */
    private static final int[] SPANS = {1, 4};

    private static final double EXCESS = 1.3;
    private static final double DOUBT_DEGREES = 2;

    /** From so many pairs on the largest excess is left out: before, a burst is as likely as an onset, and there is little else to tell it by. */
    private static final double MANY = 4;

    /** What was counted since both tracks last had requests. */
    private final Period open;

    private final long looks;
    private final Span[] spans;

    private TickDispersion(Period open, long looks, Span[] spans) {
        this.open = open;
        this.looks = looks;
        this.spans = spans;
    }

    static TickDispersion none() {
        Span[] spans = new Span[SPANS.length];
        Arrays.fill(spans, Span.NONE);
        return new TickDispersion(Period.NONE, 0, spans);
    }

    /** Adds what the tracks counted. */
    TickDispersion plus(double canaryEvents, double canaryRequests, double stableEvents, double stableRequests) {
        Period look = open.plus(new Period(canaryEvents, canaryRequests, stableEvents, stableRequests));
        if (!look.isWhole()) {
            return new TickDispersion(look, looks, spans);
        }
        Span[] next = new Span[SPANS.length];
        for (int s = 0; s < SPANS.length; s++) {
            next[s] = spans[s].plus(look, (looks + 1) % SPANS[s] == 0);
        }
        return new TickDispersion(Period.NONE, looks + 1, next);
    }

    /** What the logarithm of the evidence is to be divided by, 1 or more; 2 before looks could be compared, as nothing is known then. 1 before a look told anything. */
    double discount() {
        double most = 0;
        for (Span span : spans) {
            most = Math.max(most, span.atLeast());
        }
        return !spans[0].last.tells() ? 1 : 1 + EXCESS * most + DOUBT_DEGREES / (DOUBT_DEGREES + spans[0].pairs);
    }

    /** Of the looks one by one. */
    Sums sums() {
        return new Sums(spans[0].excess, spans[0].variance);
    }

    /**
     * What was compared.
     *
     * @param excess sum of the squares of (canary events less their mean), less their variances
     * @param variance sum of those variances
     */
    record Sums(double excess, double variance) {}

    void pack(Packer to) {
        open.pack(to);
        to.whole(looks);
        for (Span span : spans) {
            span.pack(to);
        }
    }

    /** @throws IllegalArgumentException when it is damaged */
    static TickDispersion unpack(Unpacker from) {
        Period open = Period.unpack(from);
        long looks = from.whole();
        if (looks < 0) {
            throw new IllegalArgumentException("it has looks below 0");
        }
        Span[] spans = new Span[SPANS.length];
        for (int s = 0; s < spans.length; s++) {
            spans[s] = Span.unpack(from);
        }
        return new TickDispersion(open, looks, spans);
    }

    /** What both tracks counted. */
    private record Period(double canaryEvents, double canaryRequests, double stableEvents, double stableRequests) {
        static final Period NONE = new Period(0, 0, 0, 0);

        Period plus(Period other) {
            return new Period(canaryEvents + other.canaryEvents, canaryRequests + other.canaryRequests, stableEvents + other.stableEvents, stableRequests + other.stableRequests);
        }

        double events() {
            return canaryEvents + stableEvents;
        }

        /** Whether both tracks can have had events. */
        boolean isWhole() {
            return canaryRequests > 0 && stableRequests > 0;
        }

        /** Whether one also had. */
        boolean tells() {
            return isWhole() && events() > 0;
        }

        void pack(Packer to) {
            to.number(canaryEvents).number(canaryRequests).number(stableEvents).number(stableRequests);
        }

        static Period unpack(Unpacker from) {
            return new Period(from.amount(), from.amount(), from.amount(), from.amount());
        }
    }

    /**
     * The comparisons of periods of one length.
     *
     * @param open the period that has not ended
     * @param last the one before it, or none
     * @param pairs how much was compared, in pairs of looks with an event or more to compare
     * @param excess sum of the squares of (canary events less their mean), less their variances
     * @param variance sum of those variances
     * @param largest the largest of the excesses
     * @param ofLargest the variance that belongs to it
     */
    private record Span(Period open, Period last, double pairs, double excess, double variance, double largest, double ofLargest) {
        static final Span NONE = new Span(Period.NONE, Period.NONE, 0, 0, 0, 0, 0);

        Span plus(Period look, boolean ends) {
            Period now = open.plus(look);
            if (!ends) {
                return new Span(now, last, pairs, excess, variance, largest, ofLargest);
            }
            // A period that tells nothing is passed over: the ones before and after it are compared.
            return now.tells() ? compared(now) : new Span(Period.NONE, last, pairs, excess, variance, largest, ofLargest);
        }

        private Span compared(Period now) {
            double events = last.events() + now.events();
            double ofCanary = last.canaryEvents + now.canaryEvents;
            if (!last.tells() || ofCanary <= 0 || ofCanary >= events || events <= 1) {
                return new Span(Period.NONE, now, pairs, excess, variance, largest, ofLargest);
            }
            double odds = last.canaryRequests / last.stableRequests * (now.stableRequests / now.canaryRequests);
            double mean = mean(ofCanary, last.events(), now.events(), odds);
            double expected = events / (events - 1)
                    / (1 / mean + 1 / (ofCanary - mean) + 1 / (last.events() - mean) + 1 / (now.events() - ofCanary + mean));
            double more = (last.canaryEvents - mean) * (last.canaryEvents - mean) - expected;
            if (!(Double.isFinite(more) && expected > 0)) {
                return new Span(Period.NONE, now, pairs, excess, variance, largest, ofLargest);
            }
            boolean isLargest = more > largest;
            return new Span(
                    Period.NONE, now, pairs + Math.min(1, 4 * expected), excess + more, variance + expected, isLargest ? more : largest, isLargest ? expected : ofLargest);
        }

        /** Of the canary's events in the first of two periods: the root between its bounds of mean·(next−all+mean) = odds·(all−mean)·(first−mean), without a difference of near numbers. */
        private static double mean(double all, double first, double next, double odds) {
            double linear = next - all + odds * (all + first);
            double constant = odds * all * first;
            double root = Math.sqrt(Math.max(0, linear * linear + 4 * (1 - odds) * constant));
            return linear >= 0 ? 2 * constant / (linear + root) : (root - linear) / (2 * (1 - odds));
        }

        /** The excess, without its largest part where it is one of many, in parts of the variance; 0 where nothing is known. */
        double atLeast() {
            boolean isOneOfMany = pairs >= MANY && variance > ofLargest;
            double most = isOneOfMany ? (excess - largest) / (variance - ofLargest) : variance > 0 ? excess / variance : 0;
            return Math.max(0, most);
        }

        void pack(Packer to) {
            open.pack(to);
            last.pack(to);
            to.number(pairs).number(excess).number(variance).number(largest).number(ofLargest);
        }

        static Span unpack(Unpacker from) {
            Span span = new Span(Period.unpack(from), Period.unpack(from), from.amount(), from.number(), from.amount(), from.amount(), from.amount());
            if (!Double.isFinite(span.excess) || span.ofLargest > span.variance) {
                throw new IllegalArgumentException("the looks' excess can't be");
            }
            return span;
        }
    }
}
