package gatebench;

import java.util.Locale;

/**
 * How a gate did over many rollouts.
 *
 * @param count rollouts
 * @param early those rolled back before the onset, which is a false alarm; they are left out of the rest
 * @param found those rolled back after it
 * @param exposed mean canary requests from the onset to the rollback, or to the horizon where there was none
 * @param minutes mean minutes, likewise
 */
record Tally(int count, int early, int found, double exposed, double minutes) {
    private static final double Z95 = 1.959964;

    double share() {
        return (double) found / (count - early);
    }

    /** Wilson's 95 % interval of the share (JASA 22, 1927). */
    double[] interval() {
        return wilson(found, count - early);
    }

    static double[] wilson(double hits, double n) {
        double p = hits / n;
        double z2 = Z95 * Z95;
        double middle = p + z2 / (2 * n);
        double half = Z95 * Math.sqrt(p * (1 - p) / n + z2 / (4 * n * n));
        return new double[] {Math.max(0, (middle - half) / (1 + z2 / n)), Math.min(1, (middle + half) / (1 + z2 / n))};
    }

    /** In percent, with as many digits as small shares need. */
    static String percent(double share) {
        double p = 100 * share;
        return p == 0 ? "0" : p == 100 ? "100" : String.format(Locale.ROOT, p < 0.995 ? "%.2f" : p < 9.95 || p > 99.5 ? "%.1f" : "%.0f", p);
    }

    /** The share with its interval, in percent. */
    String withInterval() {
        double[] interval = interval();
        return percent(share()) + " (" + percent(interval[0]) + "–" + percent(interval[1]) + ")";
    }
}
