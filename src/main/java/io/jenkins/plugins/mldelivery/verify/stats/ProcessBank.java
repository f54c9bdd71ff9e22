package io.jenkins.plugins.mldelivery.verify.stats;

/**
 * Likelihood ratios as in {@link RatioTest} for many kinds of events at once, on a grid of few ratios whose logarithms of a tick are taken once for all, each kind guarded against bursts. Immutable.
 */
final class ProcessBank {
    private static final int GUARD = 4;

    private final double[] logs;
    private final int processes;

    /** For each process the log-likelihoods against the ratio 1, then squares, variance and noise of its residuals and its counted events. */
    private final double[] state;

    private ProcessBank(double[] logs, int processes, double[] state) {
        this.logs = logs;
        this.processes = processes;
        this.state = state;
    }

    /** @param logs logarithms of the ratios */
    static ProcessBank none(double[] logs, int processes) {
        return new ProcessBank(logs, processes, new double[processes * (logs.length + GUARD)]);
    }

    /** How many numbers {@link #state} has. */
    static int length(double[] logs, int processes) {
        return processes * (logs.length + GUARD);
    }

    /** @throws IllegalArgumentException when the state has a wrong length */
    static ProcessBank of(double[] logs, int processes, double[] state) {
        if (state.length != processes * (logs.length + GUARD)) {
            throw new IllegalArgumentException("the evidence has " + state.length + " numbers, not " + processes * (logs.length + GUARD));
        }
        return new ProcessBank(logs, processes, state);
    }

    /**
     * Adds a tick.
     *
     * @param now events of each process in this tick and observations
     * @param before the same of all earlier ticks
     * @param ticks earlier ones
     */
    ProcessBank plus(Tracks now, Tracks before, long ticks) {
        double share = now.canaryAll() / (now.canaryAll() + now.stableAll());
        double odds = now.canaryAll() / now.stableAll();
        double oddsBefore = before.stableAll() == 0 ? 1 : before.canaryAll() / before.stableAll();
        double[] cost = new double[logs.length];
        for (int k = 0; k < logs.length; k++) {
            cost[k] = Math.log1p(share * Math.expm1(logs[k]));
        }
        double[] next = state.clone();
        for (int p = 0; p < processes; p++) {
            double events = now.canary()[p] + now.stable()[p];
            if (events <= 0) {
                continue;
            }
            int at = p * (logs.length + GUARD);
            int guard = at + logs.length;
            double by = BurstGuard.discount(BurstGuard.dispersion(state[guard], state[guard + 1], state[guard + 2]), events, state[guard + 3], ticks);
            double x = now.canary()[p] / by;
            double all = events / by;
            for (int k = 0; k < logs.length; k++) {
                next[at + k] += x * logs[k] - all * cost[k];
            }
            // The ratio found so far, drawn to 1 by one event a track.
            double ratio = (before.canary()[p] + oddsBefore) / (before.stable()[p] + 1) / oddsBefore;
            double theta = odds * ratio / (1 + odds * ratio);
            double residual = now.canary()[p] - theta * events;
            double variance = events * theta * (1 - theta);
            next[guard] += residual * residual;
            next[guard + 1] += variance;
            next[guard + 2] += BurstGuard.noise(variance, theta);
            next[guard + 3] += all;
        }
        return new ProcessBank(logs, processes, next);
    }

    /** The log-likelihood of a process at a ratio of the grid. */
    double at(int process, int ratio) {
        return state[process * (logs.length + GUARD) + ratio];
    }

    /** Log of the mixture of a process over the ratios from..to−1 with these weights, made to sum to 1. */
    double logMixture(int process, double[] weights, int from, int to) {
        int at = process * (logs.length + GUARD);
        double max = Double.NEGATIVE_INFINITY;
        double sumOfWeights = 0;
        for (int k = from; k < to; k++) {
            max = Math.max(max, state[at + k]);
            sumOfWeights += weights[k];
        }
        double sum = 0;
        for (int k = from; k < to; k++) {
            double log = state[at + k] - max;
            sum += log < -40 ? 0 : weights[k] * Math.exp(log); // e⁻⁴⁰ is lost in a double's rounding; leaving it out only lowers the evidence.
        }
        return max + Math.log(sum / sumOfWeights);
    }

    /** Log of the mean over all processes of their mixtures, as {@link #logMixture}, with one logarithm for all. */
    double logMeanMixture(double[] weights, int from, int to) {
        int width = logs.length + GUARD;
        double max = Double.NEGATIVE_INFINITY;
        for (int p = 0; p < processes; p++) {
            max = Math.max(max, most(p, from, to));
        }
        double sum = 0;
        double sumOfWeights = 0;
        for (int k = from; k < to; k++) {
            double ofRatio = 0;
            for (int p = 0; p < processes; p++) {
                double log = state[p * width + k] - max;
                ofRatio += log < -40 ? 0 : Math.exp(log);
            }
            sum += weights[k] * ofRatio;
            sumOfWeights += weights[k];
        }
        return max + Math.log(sum / sumOfWeights / processes);
    }

    /** The largest log-likelihood of a process over the ratios from..to−1: no mixture over them is larger. */
    double most(int process, int from, int to) {
        int at = process * (logs.length + GUARD);
        double max = Double.NEGATIVE_INFINITY;
        for (int k = from; k < to; k++) {
            max = Math.max(max, state[at + k]);
        }
        return max;
    }

    double[] state() {
        return state.clone();
    }

    /**
     * Events of each process, and observations, on both tracks.
     *
     * @param canary events a process
     * @param canaryAll observations
     * @param stable events a process
     * @param stableAll observations
     */
    record Tracks(double[] canary, double canaryAll, double[] stable, double stableAll) {}
}
