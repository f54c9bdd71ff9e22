package gatebench;

import java.util.Arrays;

/** The Mann-Whitney statistic of two samples, one of them shifted, with the normal approximation, the tie correction and the continuity correction that Kayenta's judge uses. Samples must be sorted. */
final class MannWhitney {
    private MannWhitney() {}

    /** z of "x − shift is greater than y"; falls as the shift grows. NaN when all values are the same. */
    static double z(double[] x, double[] y, double shift) {
        int n = x.length;
        int m = y.length;
        double twiceRanks = 0;
        double ties = 0;
        int i = 0;
        int j = 0;
        while (i < n || j < m) {
            double value = i == n ? y[j] : j == m ? x[i] - shift : Math.min(x[i] - shift, y[j]);
            int before = i + j;
            int firstX = i;
            while (i < n && x[i] - shift == value) {
                i++;
            }
            while (j < m && y[j] == value) {
                j++;
            }
            double t = i + j - before;
            twiceRanks += (i - firstX) * (2.0 * before + t + 1);
            ties += t * t * t - t;
        }
        double centred = twiceRanks / 2 - n * (n + 1) / 2.0 - n * m / 2.0;
        double variance = n * m / 12.0 * (n + m + 1 - ties / ((double) (n + m) * (n + m - 1)));
        return variance <= 0 ? Double.NaN : (centred - 0.5 * Math.signum(centred)) / Math.sqrt(variance);
    }

    /** The shift in which z passes a level: the end of a confidence interval, or for the level 0 the estimate. No further out than the samples' own greatest and least difference. */
    static double shiftAt(double[] x, double[] y, double level) {
        double low = x[0] - y[y.length - 1];
        double high = x[x.length - 1] - y[0];
        if (!(z(x, y, low) > level)) {
            return low;
        }
        if (!(z(x, y, high) < level)) {
            return high;
        }
        for (int i = 0; i < 50 && high - low > 1e-12 * (Math.abs(low) + Math.abs(high)); i++) {
            double middle = (low + high) / 2;
            double z = z(x, y, middle);
            if (z == level) {
                return plateau(x, y, level, low, middle, high);
            }
            if (z > level) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /** z is a staircase; on a step that has just the level, its middle. */
    private static double plateau(double[] x, double[] y, double level, double low, double on, double high) {
        double left = on;
        double right = on;
        double near = 1e-9 * (Math.abs(low) + Math.abs(high));
        for (int i = 0; i < 40 && (left - low > near || high - right > near); i++) {
            double a = (low + left) / 2;
            if (z(x, y, a) == level) {
                left = a;
            } else {
                low = a;
            }
            double b = (high + right) / 2;
            if (z(x, y, b) == level) {
                right = b;
            } else {
                high = b;
            }
        }
        return (left + right) / 2;
    }

    static double[] sorted(double[] values, int count) {
        double[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        return sorted;
    }
}
