package gatebench;

import gatebench.ArgoAnalysis.Metric;
import gatebench.ArgoAnalysis.State;
import gatebench.KayentaJudge.Label;
import gatebench.KayentaJudge.Nan;
import gatebench.KayentaJudge.Options;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoublePredicate;

/** Holds the restatements to their documented semantics, on cases small enough to work out by hand. */
final class Checks {
    private static final DoublePredicate ENOUGH = v -> v >= 0.95;
    private static final DoublePredicate TOO_LOW = v -> v < 0.9;

    private Checks() {}

    static void all() {
        argoMeasurements();
        argoLimits();
        argoRuns();
        flagger();
        mannWhitney();
        kayentaLabels();
        kayentaScores();
        fastPathsDecideAsTheirAnalyses();
        randomness();
        bound();
    }

    private static void argoMeasurements() {
        Metric success = new Metric(ENOUGH, null, 60, 0, 0, 0);
        Metric failure = new Metric(null, TOO_LOW, 60, 0, 0, 0);
        Metric both = new Metric(ENOUGH, TOO_LOW, 60, 0, 0, 0);
        same("a success condition alone fails what it does not hold for", State.FAILED, ArgoAnalysis.measurement(success, 0.94));
        same("NaN fails a success condition", State.FAILED, ArgoAnalysis.measurement(success, Double.NaN));
        same("NaN is a success where there is only a failure condition", State.SUCCESSFUL, ArgoAnalysis.measurement(failure, Double.NaN));
        same("NaN is inconclusive with both conditions", State.INCONCLUSIVE, ArgoAnalysis.measurement(both, Double.NaN));
        same("between both conditions it is inconclusive", State.INCONCLUSIVE, ArgoAnalysis.measurement(both, 0.92));
        same("failure goes before success", State.FAILED, ArgoAnalysis.measurement(new Metric(v -> true, v -> true, 60, 0, 0, 0), 1));
        same("without conditions any value is a success", State.SUCCESSFUL, ArgoAnalysis.measurement(new Metric(null, null, 60, 0, 0, 0), Double.NaN));
    }

    private static void argoLimits() {
        ArgoAnalysis down = new ArgoAnalysis(new Metric(ENOUGH, null, 300, 0, 3, 0));
        int asked = 0;
        int last = 0;
        while (down.state() == State.RUNNING) {
            last = down.nextSeconds();
            down.error();
            asked++;
        }
        same("five errors in a row end a run", 5, asked);
        same("which a source that fails at once takes 40 s for", 40, last);
        same("as an error", State.ERROR, down.state());

        ArgoAnalysis failing = new ArgoAnalysis(new Metric(ENOUGH, null, 300, 0, 3, 0));
        for (double value : new double[] {0.9, 1, 0.9, 1, 0.9}) {
            failing.measured(value);
        }
        same("failures up to the limit are borne, whatever lies between", State.RUNNING, failing.state());
        failing.measured(0.9);
        same("one more fails, in a row or not", State.FAILED, failing.state());

        ArgoAnalysis counted = new ArgoAnalysis(new Metric(ENOUGH, null, 60, 2, 0, 0));
        counted.measured(1);
        counted.error();
        same("an error is not counted as a measurement", State.RUNNING, counted.state());
        counted.measured(1);
        same("the count ends it", State.SUCCESSFUL, counted.state());

        ArgoAnalysis once = new ArgoAnalysis(new Metric(ENOUGH, null, 0, 0, 0, 0));
        once.measured(1);
        same("without count and interval there is one measurement", State.SUCCESSFUL, once.state());

        ArgoAnalysis patient = new ArgoAnalysis(new Metric(ENOUGH, null, 60, 0, -1, 0));
        for (int i = 0; i < 100; i++) {
            patient.measured(0);
        }
        same("a limit of −1 bears any number", State.RUNNING, patient.state());
    }

    private static void argoRuns() {
        ArgoAnalysis bad = new ArgoAnalysis(new Metric(ENOUGH, null, 60, 0, 0, 0));
        ArgoAnalysis unfinished = new ArgoAnalysis(new Metric(ENOUGH, null, 60, 10, 0, 0));
        bad.measured(0);
        same("a run is as its worst metric", State.FAILED, ArgoAnalysis.run(List.of(bad, unfinished)));
        same("what is terminated unfinished counts as successful", State.SUCCESSFUL, unfinished.state());
        ArgoAnalysis error = new ArgoAnalysis(new Metric(ENOUGH, null, 60, 0, 0, 0));
        for (int i = 0; i < 5; i++) {
            error.error();
        }
        same("failed is worse than an error", State.FAILED, ArgoAnalysis.run(List.of(error, bad)));
    }

    private static void flagger() {
        FlaggerAnalysis f = new FlaggerAnalysis(2, 10, 50);
        f.tick(false);
        same("the first tick looks at no metric", 0, f.failedChecks());
        same("and sets the first weight", 10, f.weight());
        f.tick(false);
        same("a failed check holds the weight", 10, f.weight());
        f.tick(true);
        same("a success moves it on", 20, f.weight());
        same("and forgets no failure", 1, f.failedChecks());
        f.tick(false);
        same("the tick that reaches the threshold does not roll back", false, f.rolledBack());
        f.tick(true);
        same("the next one does, whatever it would have measured", true, f.rolledBack());
        same("to the weight 0", 0, f.weight());
        FlaggerAnalysis healthy = new FlaggerAnalysis(1, 10, 20);
        for (int i = 0; i < 3; i++) {
            healthy.tick(true);
        }
        same("at its greatest weight it promotes", true, healthy.promoting());
    }

    private static void mannWhitney() {
        double[] x = {4, 5, 6};
        double[] y = {1, 2, 3};
        // Ranks 4+5+6 = 15, less 6, less 4.5, less 0.5 for continuity: 4. Variance 9/12·7 = 5.25.
        near("z of two samples apart", 4 / Math.sqrt(5.25), MannWhitney.z(x, y, 0));
        near("and mirrored", -4 / Math.sqrt(5.25), MannWhitney.z(y, x, 0));
        // 1, 2, 2 | 2, 3, 3: ranks 1, 3, 3 = 7, less 6, less 4.5, plus 0.5: −3. Ties 3³−3 + 2³−2 = 30: 9/12·(7 − 30/30) = 4.5.
        near("z with ties", -3 / Math.sqrt(4.5), MannWhitney.z(new double[] {1, 2, 2}, new double[] {2, 3, 3}, 0));
        near("z where all is the same does not exist", Double.NaN, MannWhitney.z(new double[] {2, 2}, new double[] {2, 2}, 0));
        near("the estimate is the median of the differences", 3, MannWhitney.shiftAt(x, y, 0));
        near("with an even number of differences, between the middle ones (here 5 and 7)", 6, MannWhitney.shiftAt(new double[] {5, 6, 9, 10}, new double[] {1, 2}, 0));
        double[] ten = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
        double[] other = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
        // z passes 2.326 where the pairs with a difference above the shift are 50 + 0.5 + 2.326·√175 = 81.27 of the 100; differences are whole.
        double expected = 0;
        for (int s = 1; s < 20; s++) {
            int above = 0;
            for (double a : ten) {
                for (double b : other) {
                    above += a - b > s - 0.5 ? 1 : 0;
                }
            }
            if (above >= 81.27) {
                expected = s;
            }
        }
        near("the lower end is the last difference that enough pairs reach", expected, MannWhitney.shiftAt(ten, other, KayentaJudge.Z));
        near("with three points it is their least difference, since no level of 98 % exists", 1, MannWhitney.shiftAt(x, y, KayentaJudge.Z));
    }

    private static void kayentaLabels() {
        double[] low = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
        double[] high = Arrays.stream(low).map(v -> v + 10).toArray();
        same("a clear shift up is high", Label.HIGH, KayentaJudge.classify(high, low, Options.DEFAULT));
        same("and down is low", Label.LOW, KayentaJudge.classify(low, high, Options.DEFAULT));
        same("the same values pass, in any order", Label.PASS, KayentaJudge.classify(new double[] {3, 1, 2}, new double[] {1, 2, 3}, Options.DEFAULT));
        same("one distinct value passes", Label.PASS, KayentaJudge.classify(new double[] {2, 2}, new double[] {2, 2, 2}, Options.DEFAULT));
        same("two constants differ", Label.HIGH, KayentaJudge.classify(new double[] {3, 3, 3, 3, 3}, new double[] {2, 2, 2, 2, 2}, Options.DEFAULT));
        same("a shift with too small an effect passes", Label.PASS, KayentaJudge.classify(high, low, new Options(Nan.REMOVE, false, false, 4)));
        same("three points apart are high although no test could say so", Label.HIGH, KayentaJudge.classify(new double[] {4, 5, 6}, new double[] {1, 2, 3}, Options.DEFAULT));
        double[] none = {Double.NaN, Double.NaN};
        same("no data is no data", Label.NO_DATA, KayentaJudge.classify(none, low, Options.DEFAULT));
        same("unless there must be", Label.NO_DATA_FAILS, KayentaJudge.classify(none, low, new Options(Nan.REMOVE, true, false, 1)));
        same("replaced by zero, less than the baseline is low", Label.LOW, KayentaJudge.classify(new double[] {Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN}, high, new Options(Nan.REPLACE, false, false, 1)));
        same("an empty arm passes where NaN is replaced", Label.PASS, KayentaJudge.classify(new double[0], low, new Options(Nan.REPLACE, false, false, 1)));
    }

    private static void kayentaScores() {
        KayentaJudge.Metric pass = new KayentaJudge.Metric(Label.PASS, false);
        KayentaJudge.Metric high = new KayentaJudge.Metric(Label.HIGH, false);
        KayentaJudge.Metric missing = new KayentaJudge.Metric(Label.NO_DATA, false);
        near("three of four", 75, KayentaJudge.score(List.of(pass, pass, pass, high)));
        near("no data is left out", 50, KayentaJudge.score(List.of(pass, high, missing)));
        near("half without data is nothing", 0, KayentaJudge.score(List.of(pass, missing)));
        near("a critical metric that does not pass is nothing", 0, KayentaJudge.score(List.of(pass, pass, pass, new KayentaJudge.Metric(Label.HIGH, true))));
    }

    /** The gates of the simulation work with one number; on these rollouts they must end as the analyses do. */
    private static void fastPathsDecideAsTheirAnalyses() {
        int alarms = 0;
        int otherwise = 0;
        for (int i = 0; i < 300; i++) {
            Condition c = Condition.of(Condition.Shape.values()[i % Condition.Shape.values().length], 1, Cells.BASE, i % 5 + 1);
            Trace trace = Traffic.trace(c, new Randomness(7, i));
            float[] highest = new float[Condition.MINUTES];
            double bound = 0.01;

            ArgoGate.documented().watch(trace, highest);
            ArgoAnalysis argo = new ArgoAnalysis(new Metric(v -> v >= 1 - bound, null, 300, 0, 3, 0));
            int ended = Condition.MINUTES;
            for (int t = 4; t < Condition.MINUTES && ended == Condition.MINUTES; t += 5) {
                double rate = trace.canary().rate(t - 4, t + 1);
                argo.measured(1 - rate);
                ended = argo.state() == State.RUNNING ? ended : t;
            }
            same("Argo's minute", ended, first(highest, Math.nextUp((float) bound)));

            new FlaggerGate().watch(trace, highest);
            FlaggerAnalysis flagger = new FlaggerAnalysis(10, 0, 50);
            ended = Condition.MINUTES;
            for (int t = 0; t < Condition.MINUTES && ended == Condition.MINUTES; t++) {
                flagger.tick(trace.canary().rate(t, t + 1) <= bound);
                ended = flagger.rolledBack() ? t : ended;
            }
            same("Flagger's minute", ended, first(highest, Math.nextUp((float) bound)));
            alarms += ended < Condition.MINUTES ? 1 : 0;

            new KayentaGate(false).watch(trace, highest);
            ended = Condition.MINUTES;
            for (int t = 4; t < Condition.MINUTES && ended == Condition.MINUTES; t += 5) {
                ended = KayentaJudge.classify(rates(trace.canary(), t), rates(trace.baseline(), t), Options.DEFAULT) == Label.HIGH ? t : ended;
            }
            otherwise += ended == first(highest, KayentaJudge.Z) ? 0 : 1;
        }
        // Ties change z's variance, so z does not fall quite steadily with the shift, and an interval that ends just at the tolerance can be told either way.
        same("Kayenta's minute, in 99 % of the rollouts; others: " + otherwise, true, otherwise <= 3);
        same("some of them end early and some do not", true, alarms > 50 && alarms < 290);
    }

    private static double[] rates(Trace.Track track, int last) {
        double[] rates = new double[last + 1];
        Arrays.setAll(rates, t -> 1000 * track.rate(t, t + 1));
        return rates;
    }

    private static int first(float[] highest, double threshold) {
        int t = 0;
        while (t < highest.length && !(highest[t] >= (float) threshold)) {
            t++;
        }
        return t;
    }

    private static void randomness() {
        for (double mean : new double[] {0.3, 1.5, 9.9, 13.5, 300, 2700}) {
            Randomness random = new Randomness(11, (long) (10 * mean));
            int n = 200_000;
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < n; i++) {
                double k = random.poisson(mean);
                sum += k;
                squares += (k - mean) * (k - mean);
            }
            same("the mean of Poisson counts at " + mean, true, Math.abs(sum / n - mean) < 5 * Math.sqrt(mean / n));
            same("and their variance", true, Math.abs(squares / n / mean - 1) < 5 * Math.sqrt((2 + 1 / mean) / n));
        }
        Randomness random = new Randomness(12);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < 400_000; i++) {
            double g = random.gamma(0.5);
            sum += g;
            squares += (g - 1) * (g - 1);
        }
        same("the mean of the bursts is 1", true, Math.abs(sum / 400_000 - 1) < 0.015);
        same("and their variance 2", true, Math.abs(squares / 400_000 - 2) < 0.1);
    }

    private static void bound() {
        same("Wald's bound at a doubled error rate, equal arms", 5381L, Math.round(Bound.requests(0.01, 0.01, 0.005, 1)));
        same("and with nine times the stable traffic", 2708L, Math.round(Bound.requests(0.01, 0.01, 0.005, 9)));
    }

    private static void same(String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            throw new AssertionError(what + ": expected " + expected + ", was " + actual);
        }
    }

    private static void near(String what, double expected, double actual) {
        if (!(Double.isNaN(expected) ? Double.isNaN(actual) : Math.abs(expected - actual) <= 1e-6 * Math.max(1, Math.abs(expected)))) {
            throw new AssertionError(what + ": expected " + expected + ", was " + actual);
        }
    }
}
