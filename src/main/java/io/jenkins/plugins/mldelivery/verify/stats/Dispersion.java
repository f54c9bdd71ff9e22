package io.jenkins.plugins.mldelivery.verify.stats;

/**
 * Guards a {@link RatioTest} against events that come in bursts: says by how much the counts of the next tick are to be divided, from earlier ticks and from the next tick's total alone, so that the discounted test stays a supermartingale while groups of events are not larger than the discount.
 *
 * <p>Simulated with a look at every tick (240 of them), it keeps the false alarms of negative binomial errors with a variance of 3 to 10 times the mean, of groups of 5 or 10, of rare bursts of 10 to 40 errors on one pod and of pods whose error rates jump from tick to tick at about α
 * (docs/decisions/sequential-tests.md has the figures); without it they are 20 to 60 times α. On plain traces it costs about a tenth of speed at doubled errors and few errors a tick, and a factor of about 2 where the evidence would else suffice within some ten ticks.
 *
 * <p>Not guaranteed: a burst of more errors than all ticks before had, or trouble of one pod that lasts many ticks, when by chance it falls on the canary. With few pods that is a difference between the tracks, and no test that sees only their totals can tell it from harm.
 * Dispersion is also looked at over 4 and 16 ticks together, which catches some of it, later.
 *
 * <p>Immutable.
 */
public final class Dispersion {
    private static final String KIND = "dispersion/1";
    private static final int[] SPANS = {1, 4, 16};

    /** Ticks of doubt in the ratio at first. */
    private static final double PRIOR = 2;

    /** Ticks, counted events, Mantel-Haenszel sums of both tracks; then for each span: squares, variance, noise, and the open residual and variance. */
    private static final int HEAD = 4;

    private static final int OF_SPAN = 5;

    private final double[] sums;

    private Dispersion(double[] sums) {
        this.sums = sums;
    }

    /** No ticks yet. */
    public static Dispersion none() {
        double[] sums = new double[HEAD + OF_SPAN * SPANS.length];
        sums[2] = PRIOR;
        sums[3] = PRIOR;
        return new Dispersion(sums);
    }

    /**
     * By how much to divide the counts of the next tick.
     *
     * @param events X+Y of that tick
     * @return 1 or more
     */
    public double discount(double events) {
        return BurstGuard.discount(estimate(), events, sums[1], (long) sums[0]);
    }

    /** Adds a tick; see {@link RatioTest#plus} for the counts. A tick in which one side had no requests changes nothing. */
    public Dispersion plus(double canaryEvents, double canaryRequests, double stableEvents, double stableRequests) {
        if (canaryRequests <= 0 || stableRequests <= 0) {
            return this;
        }
        double[] next = sums.clone();
        double events = canaryEvents + stableEvents;
        double odds = canaryRequests / stableRequests * sums[2] / sums[3];
        double share = odds / (1 + odds);
        double residual = canaryEvents - share * events;
        double variance = events * share * (1 - share);
        next[0]++;
        next[1] += events / discount(events);
        // The ratio by Mantel & Haenszel (J. Natl. Cancer Inst. 22, 1959), right for splits and base rates that move.
        double all = canaryRequests + stableRequests;
        next[2] += canaryEvents * (stableRequests / all);
        next[3] += stableEvents * (canaryRequests / all);
        for (int i = 0; i < SPANS.length; i++) {
            int at = HEAD + OF_SPAN * i;
            double open = sums[at + 3] + residual;
            double openVariance = sums[at + 4] + variance;
            boolean whole = next[0] % SPANS[i] == 0;
            if (whole) {
                next[at] += open * open;
                next[at + 1] += openVariance;
                next[at + 2] += BurstGuard.noise(openVariance, share);
            }
            next[at + 3] = whole ? 0 : open;
            next[at + 4] = whole ? 0 : openVariance;
        }
        return new Dispersion(next);
    }

    /** What counts are divided by at least: 1 when events seem to be independent. */
    public double estimate() {
        double most = 1;
        for (int i = 0; i < SPANS.length; i++) {
            int at = HEAD + OF_SPAN * i;
            most = Math.max(most, BurstGuard.dispersion(sums[at], sums[at + 1], sums[at + 2]));
        }
        return most;
    }

    /** The whole state as text; {@link #fromText} gives the same back. */
    public String toText() {
        return StateText.write(KIND, sums);
    }

    /**
     * Reads {@link #toText}.
     *
     * @throws IllegalArgumentException when it is damaged or of another version
     */
    public static Dispersion fromText(String text) {
        return new Dispersion(StateText.read(KIND, text, HEAD + OF_SPAN * SPANS.length));
    }
}
