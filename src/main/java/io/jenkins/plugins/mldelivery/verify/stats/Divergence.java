package io.jenkins.plugins.mldelivery.verify.stats;

/**
 * How far two histograms are apart.
 *
 * <p>Empty cells: every bucket that is not empty on both sides gets half a count on either side (Jeffreys' prior), so that no logarithm is infinite and the measure doesn't depend on an arbitrary floor. A bucket that is empty on both sides is left out.
 *
 * <p>Noise: with n and m observations of one distribution in B buckets, PSI·nm/(n+m), and 8·ln 2 times the Jensen-Shannon divergence in bits likewise, are about χ² with B−1 degrees of freedom (both are 2nd-order equal to Pearson's statistic;
 * Yurdakul &amp; Naranjo, Journal of Risk Model Validation 14(4), 2020, for PSI), so that their mean is not 0 but (B−1)(1/n+1/m): at n = m = 100 and 10 buckets already 0.18. For different distributions they are about non-central χ², and
 * the lower bound inverts Birgé's inequality for it (Lemma 8.1 of Birgé, "An alternative point of view on Lepski's method", 2001): P(Q ≥ D+λ+2√((D+2λ)x)+2x) ≤ e⁻ˣ, the upper bound the other half of the lemma: P(Q ≤ D+λ−2√((D+2λ)x)) ≤ e⁻ˣ. Each holds for one look; that a difference is there at all must be shown by a test that is valid at every look, as
 * {@link DistributionTest}.
 *
 * @param value as measured, 0 or more; NaN when a side has no observations
 * @param corrected the same less what noise alone adds on average, 0 or more
 * @param atLeast a lower confidence bound, 0 or more: compare this with a floor, so that noise doesn't pass it
 * @param atMost an upper confidence bound: compare this with a floor to show that there is less; +∞ without observations
 */
public record Divergence(double value, double corrected, double atLeast, double atMost) {
    private static final double HALF = 0.5;

    /**
     * The population stability index Σ(p−q)·ln(p/q), 0 or more (Jeffreys' divergence: Jeffreys, Proc. R. Soc. A 186, 1946).
     *
     * @param first counts per bucket, 0 or more
     * @param second counts of the same buckets
     * @param confidence of the lower bound, in (0, 1)
     * @throws IllegalArgumentException when the lengths differ, or the confidence is out of its range
     */
    public static Divergence psi(double[] first, double[] second, double confidence) {
        Cells cells = new Cells(first, second, confidence);
        double psi = 0;
        for (int i = 0; i < first.length; i++) {
            if (cells.used(i)) {
                psi += (cells.p(i) - cells.q(i)) * Math.log(cells.p(i) / cells.q(i));
            }
        }
        return cells.empty()
                ? new Divergence(Double.NaN, 0, 0, Double.POSITIVE_INFINITY)
                : new Divergence(psi, cells.corrected(psi), cells.atLeast(psi, confidence), cells.atMost(psi, confidence));
    }

    /** The Jensen-Shannon distance, 0 to 1: the root of the divergence in bits (Lin, IEEE Trans. Inf. Theory 37, 1991; Endres &amp; Schindelin, ibid. 49, 2003). Parameters and errors as for {@link #psi}. */
    public static Divergence jensenShannon(double[] first, double[] second, double confidence) {
        Cells cells = new Cells(first, second, confidence);
        double bits = 0;
        for (int i = 0; i < first.length; i++) {
            if (cells.used(i)) {
                double mean = (cells.p(i) + cells.q(i)) / 2;
                bits += (cells.p(i) * Math.log(cells.p(i) / mean) + cells.q(i) * Math.log(cells.q(i) / mean)) / 2 / Math.log(2);
            }
        }
        double scale = 8 * Math.log(2);
        bits = Math.max(0, bits);
        return cells.empty()
                ? new Divergence(Double.NaN, 0, 0, Double.POSITIVE_INFINITY)
                : new Divergence(
                        Math.sqrt(bits), Math.sqrt(cells.corrected(scale * bits) / scale), Math.sqrt(cells.atLeast(scale * bits, confidence) / scale),
                        Math.sqrt(cells.atMost(scale * bits, confidence) / scale));
    }

    /** Two histograms as shares. */
    private static final class Cells {
        private final double[] first;
        private final double[] second;
        private double n;
        private double m;
        private int buckets;

        Cells(double[] first, double[] second, double confidence) {
            if (first.length != second.length) {
                throw new IllegalArgumentException("the histograms have " + first.length + " and " + second.length + " buckets, not the same");
            }
            if (!(confidence > 0 && confidence < 1)) {
                throw new IllegalArgumentException("the confidence must be between 0 and 1, not " + confidence);
            }
            this.first = first;
            this.second = second;
            for (int i = 0; i < first.length; i++) {
                n += first[i];
                m += second[i];
                buckets += used(i) ? 1 : 0;
            }
        }

        boolean used(int i) {
            return first[i] + second[i] > 0;
        }

        boolean empty() {
            return n <= 0 || m <= 0;
        }

        double p(int i) {
            return (first[i] + HALF) / (n + HALF * buckets);
        }

        double q(int i) {
            return (second[i] + HALF) / (m + HALF * buckets);
        }

        private double noise() {
            return 1 / n + 1 / m;
        }

        double corrected(double value) {
            return Math.max(0, value - (buckets - 1) * noise());
        }

        /** The smallest λ with D+λ+2√((D+2λ)x)+2x ≥ Q, by solving the quadratic for s = √(D+2λ): s²/2 + 2√x·s + D/2 + 2x − Q = 0. */
        double atLeast(double value, double confidence) {
            double x = -Math.log1p(-confidence);
            double d = buckets - 1;
            double rest = value / noise() - d / 2 - 2 * x;
            double s = -2 * Math.sqrt(x) + Math.sqrt(Math.max(0, 4 * x + 2 * rest));
            return s <= 0 ? 0 : Math.max(0, (s * s - d) / 2 * noise());
        }

        /** The largest λ with D+λ−2√((D+2λ)x) ≤ Q, likewise: s²/2 − 2√x·s + D/2 − Q = 0. */
        double atMost(double value, double confidence) {
            double x = -Math.log1p(-confidence);
            double d = buckets - 1;
            double s = 2 * Math.sqrt(x) + Math.sqrt(Math.max(0, 4 * x + 2 * value / noise() - d));
            return Math.max(0, (s * s - d) / 2 * noise());
        }
    }
}
