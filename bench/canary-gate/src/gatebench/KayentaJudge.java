package gatebench;

import java.util.Arrays;
import java.util.List;

/**
 * How Kayenta's documented judge classifies a metric and scores a run. Our restatement from its documentation: a 98 % confidence interval of the shift between canary and baseline, and a tolerance of a quarter of the estimated shift.
 */
final class KayentaJudge {
    /** The standard normal's 99 % point, for an interval of 98 %. */
    static final double Z = 2.326;

    /** A shift counts when the interval lies beyond this share of the estimate. */
    static final double TOLERANCE = 0.25;

    private KayentaJudge() {}

    enum Label { PASS, HIGH, LOW, NO_DATA, NO_DATA_FAILS }

    /** What to do with NaN. */
    enum Nan { REMOVE, REPLACE }

    /** What is set for a metric. */
    record Options(Nan nan, boolean mustHaveData, boolean critical, double allowedIncrease) {
        static final Options DEFAULT = new Options(Nan.REMOVE, false, false, 1);
    }

    /** Classifies a metric where more is worse or less is. */
    static Label classify(double[] canary, double[] baseline, Options options) {
        double[] x = clean(canary, options.nan());
        double[] y = clean(baseline, options.nan());
        if (x.length == 0 || y.length == 0) {
            if (options.nan() == Nan.REPLACE) {
                return Label.PASS;
            }
            return options.mustHaveData() && !options.critical() ? Label.NO_DATA_FAILS : Label.NO_DATA;
        }
        if (Arrays.equals(x, y) || Math.min(x[0], y[0]) == Math.max(x[x.length - 1], y[y.length - 1])) {
            return Label.PASS;
        }
        if (x[0] == x[x.length - 1] && y[0] == y[y.length - 1]) {
            jitter(x);
            jitter(y);
        }
        double estimate = MannWhitney.shiftAt(x, y, 0);
        double tolerated = TOLERANCE * Math.abs(estimate);
        double ratio = mean(x) / mean(y);
        boolean defined = Double.isFinite(ratio);
        if (MannWhitney.shiftAt(x, y, Z) > tolerated && (!defined || ratio >= options.allowedIncrease())) {
            return Label.HIGH;
        }
        return MannWhitney.shiftAt(x, y, -Z) < -tolerated && (!defined || ratio <= 1 / options.allowedIncrease()) ? Label.LOW : Label.PASS;
    }

    /** Two constant arms get a little noise, which separates them; here it is spread evenly, so that the answer is always the same. */
    private static void jitter(double[] values) {
        double sd = 1e-5 * Math.abs(values[0]);
        for (int i = 0; i < values.length; i++) {
            values[i] += sd * (2.0 * (i + 1) / (values.length + 1) - 1);
        }
    }

    private static double[] clean(double[] values, Nan nan) {
        double[] kept = nan == Nan.REPLACE
                ? Arrays.stream(values).map(v -> Double.isNaN(v) ? 0 : v).toArray()
                : Arrays.stream(values).filter(v -> !Double.isNaN(v)).toArray();
        Arrays.sort(kept);
        return kept;
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    /** One metric of a run. */
    record Metric(Label label, boolean critical) {}

    /** The score of a run with one group: the share that passes among those with data, in percent; 0 when a critical one does not pass or half of them or more have no data. */
    static double score(List<Metric> metrics) {
        long noData = metrics.stream().filter(m -> m.label() == Label.NO_DATA).count();
        if (metrics.stream().anyMatch(m -> m.critical() && m.label() != Label.PASS) || !metrics.isEmpty() && 2 * noData >= metrics.size()) {
            return 0;
        }
        long judged = metrics.size() - noData;
        long passed = metrics.stream().filter(m -> m.label() == Label.PASS).count();
        return judged == 0 ? 100 : 100.0 * passed / judged;
    }
}
