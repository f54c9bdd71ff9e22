package gatebench;

import java.util.Arrays;

/** Makes rollouts: Poisson traffic, each request failing by itself at the rate that its pod has in that tick. */
final class Traffic {
    private static final double RESTARTS_PER_MINUTE = 1.0 / 20;
    private static final double SPELLS_PER_MINUTE = 1.0 / 120;
    private static final int SPELL_MINUTES = 3;
    private static final double BURST_SHAPE = 0.5;
    private static final double MISSING_SCRAPES = 0.05;
    private static final int OUTAGE_MINUTES = 3;

    private Traffic() {}

    /** A rollout under a condition. */
    static Trace trace(Condition c, Randomness random) {
        int ticks = c.ticks();
        double perMinute = 60.0 / c.tickSeconds();
        double[] load = new double[ticks];
        double[] base = new double[ticks];
        shared(c, random, perMinute, load, base);
        Trace.Track canary = new Trace.Track(ticks, Condition.CANARY_PODS);
        Trace.Track baseline = new Trace.Track(ticks, Condition.CANARY_PODS);
        double[] harmed = base.clone();
        for (int t = (int) (c.onset() * perMinute); t < ticks; t++) {
            harmed[t] = Math.min(1, base[t] * c.factor());
        }
        group(c, random, load, harmed, 0, canary);
        group(c, random, load, base, 0, baseline);
        Trace.Track stable = baseline;
        if (c.stablePerCanary() > 1) {
            stable = new Trace.Track(ticks, Condition.CANARY_PODS * c.stablePerCanary());
            for (int pod = 0; pod < Condition.CANARY_PODS; pod++) {
                stable.podRequests()[pod] = baseline.podRequests()[pod];
                stable.podErrors()[pod] = baseline.podErrors()[pod];
            }
            group(c, random, load, base, Condition.CANARY_PODS, stable);
            for (int t = 0; t < ticks; t++) {
                stable.requests()[t] += baseline.requests()[t];
                stable.errors()[t] += baseline.errors()[t];
            }
        }
        scrapes(c, random, perMinute, canary, baseline, stable);
        return new Trace(canary, baseline, stable);
    }

    /** What both tracks share: requests a tick and canary's worth of traffic, and the error rate. */
    private static void shared(Condition c, Randomness random, double perMinute, double[] load, double[] base) {
        double perTick = Condition.CANARY_REQUESTS / perMinute;
        double phase = random.uniform();
        int start = 5 + random.below(41);
        for (int t = 0; t < load.length; t++) {
            double minute = t / perMinute;
            double wave = Math.sin(2 * Math.PI * (minute / Condition.MINUTES + phase));
            boolean incident = minute >= start && minute < start + 10;
            switch (c.shape()) {
                case DIURNAL -> {
                    load[t] = perTick * (1 + 0.6 * wave);
                    base[t] = c.base() * (1 + 0.5 * wave);
                }
                case INCIDENT -> {
                    load[t] = perTick;
                    base[t] = c.base() * (incident ? 10 : 1);
                }
                case MOVED -> {
                    load[t] = perTick;
                    base[t] = c.base() * (minute >= start ? 2 : 1);
                }
                default -> {
                    load[t] = perTick;
                    base[t] = c.base();
                }
            }
        }
    }

    /** Draws the pods from this one on, each with the same share of the traffic. */
    private static void group(Condition c, Randomness random, double[] load, double[] rate, int from, Trace.Track into) {
        double share = 1.0 / Condition.CANARY_PODS;
        double perMinute = 60.0 / c.tickSeconds();
        for (int pod = from; pod < into.pods(); pod++) {
            double spellUntil = -1;
            double multiplier = 1;
            for (int t = 0; t < load.length; t++) {
                double kept = 1;
                boolean newMinute = t % (int) perMinute == 0;
                switch (c.shape()) {
                    case BURSTY -> multiplier = newMinute ? random.gamma(BURST_SHAPE) : multiplier;
                    case SPELLS -> {
                        if (t >= spellUntil && random.uniform() < SPELLS_PER_MINUTE / perMinute) {
                            spellUntil = t + SPELL_MINUTES * perMinute;
                        }
                        multiplier = t < spellUntil ? 10 : 1;
                    }
                    case CHURN -> kept = random.uniform() < RESTARTS_PER_MINUTE / perMinute ? random.uniform() : 1;
                    default -> { }
                }
                double mean = load[t] * share * kept;
                double p = Math.min(1, rate[t] * multiplier);
                int errors = random.poisson(mean * p);
                int requests = errors + random.poisson(mean * (1 - p));
                into.podErrors()[pod][t] = errors;
                into.podRequests()[pod][t] = requests;
                into.errors()[t] += errors;
                into.requests()[t] += requests;
            }
        }
    }

    private static void scrapes(Condition c, Randomness random, double perMinute, Trace.Track canary, Trace.Track baseline, Trace.Track stable) {
        Arrays.fill(canary.seen(), true);
        Arrays.fill(baseline.seen(), true);
        Arrays.fill(stable.seen(), true);
        if (c.shape() != Condition.Shape.GAPS) {
            return;
        }
        int outage = (int) (random.below(Condition.MINUTES - OUTAGE_MINUTES) * perMinute);
        for (int t = 0; t < canary.ticks(); t++) {
            boolean out = t >= outage && t < outage + OUTAGE_MINUTES * perMinute;
            canary.seen()[t] = !out && random.uniform() >= MISSING_SCRAPES;
            stable.seen()[t] = !out && random.uniform() >= MISSING_SCRAPES;
            baseline.seen()[t] = stable.seen()[t];
        }
    }
}
