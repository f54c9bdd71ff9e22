package io.jenkins.plugins.mldelivery.verify.stats;

/**
 * Likelihood ratios as in {@link RatioTest} for many kinds of events at once, on a grid of few ratios whose logarithms of a tick are taken once for all. Immutable.
 */
final class ProcessBank {
    private final double[] logs;
    private final int processes;

    /** For each process the log-likelihoods against the ratio 1. */
    private final double[] state;

    /** What they are divided by, as in {@link RatioTest}. */
    private final double discount;

    private ProcessBank(double[] logs, int processes, double[] state, double discount) {
        this.logs = logs;
        this.processes = processes;
        this.state = state;
        this.discount = discount;
    }

    /** @param logs logarithms of the ratios */
    static ProcessBank none(double[] logs, int processes) {
        return new ProcessBank(logs, processes, new double[processes * logs.length], 1);
    }

    /** How many numbers {@link #state} has. */
    static int length(double[] logs, int processes) {
        return processes * logs.length;
    }

    /** @throws IllegalArgumentException when the state has a wrong length */
    static ProcessBank of(double[] logs, int processes, double[] state, double discount) {
        if (state.length != processes * logs.length) {
            throw new IllegalArgumentException("the evidence has " + state.length + " numbers, not " + processes * logs.length);
        }
        return new ProcessBank(logs, processes, state, checked(discount));
    }

    private static double checked(double discount) {
        if (!(discount >= 1 && discount < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("a discount must be 1 or more, not " + discount);
        }
        return discount;
    }

    /**
     * Adds a tick.
     *
     * @param now events of each process in this tick and observations
     * @param newDiscount of all evidence so far, 1 or more
     * @throws IllegalArgumentException when the discount is below 1
     */
    ProcessBank plus(Tracks now, double newDiscount) {
        double share = now.canaryAll() / (now.canaryAll() + now.stableAll());
        double[] cost = new double[logs.length];
        for (int k = 0; k < logs.length; k++) {
            cost[k] = Math.log1p(share * Math.expm1(logs[k]));
        }
        double[] next = state.clone();
        for (int p = 0; p < processes; p++) {
            double x = now.canary()[p];
            double all = x + now.stable()[p];
            if (all <= 0) {
                continue;
            }
            int at = p * logs.length;
            for (int k = 0; k < logs.length; k++) {
                next[at + k] += x * logs[k] - all * cost[k];
            }
        }
        return new ProcessBank(logs, processes, next, checked(newDiscount));
    }

    /** The log-likelihood of a process at a ratio of the grid, discounted. */
    double at(int process, int ratio) {
        return state[process * logs.length + ratio] / discount;
    }

    /** Log of the mixture of a process over the ratios from..to−1 with these weights, made to sum to 1. */
    double logMixture(int process, double[] weights, int from, int to) {
        int at = process * logs.length;
        double max = Double.NEGATIVE_INFINITY;
        double sumOfWeights = 0;
        for (int k = from; k < to; k++) {
            max = Math.max(max, state[at + k]);
            sumOfWeights += weights[k];
        }
        double sum = 0;
        for (int k = from; k < to; k++) {
            double log = (state[at + k] - max) / discount;
            sum += log < -40 ? 0 : weights[k] * Math.exp(log); // e⁻⁴⁰ is lost in a double's rounding; leaving it out only lowers the evidence.
        }
        return max / discount + Math.log(sum / sumOfWeights);
    }

    /** Log of the mean over all processes of their mixtures, as {@link #logMixture}, with one logarithm for all. */
    double logMeanMixture(double[] weights, int from, int to) {
        int width = logs.length;
        double max = Double.NEGATIVE_INFINITY;
        for (int p = 0; p < processes; p++) {
            max = Math.max(max, largest(p, from, to));
        }
        double sum = 0;
        double sumOfWeights = 0;
        for (int k = from; k < to; k++) {
            double ofRatio = 0;
            for (int p = 0; p < processes; p++) {
                double log = (state[p * width + k] - max) / discount;
                ofRatio += log < -40 ? 0 : Math.exp(log);
            }
            sum += weights[k] * ofRatio;
            sumOfWeights += weights[k];
        }
        return max / discount + Math.log(sum / sumOfWeights / processes);
    }

    /** The largest log-likelihood of a process over the ratios from..to−1, discounted: no mixture over them is larger. */
    double most(int process, int from, int to) {
        return largest(process, from, to) / discount;
    }

    private double largest(int process, int from, int to) {
        int at = process * logs.length;
        double max = Double.NEGATIVE_INFINITY;
        for (int k = from; k < to; k++) {
            max = Math.max(max, state[at + k]);
        }
        return max;
    }

    double[] state() {
        return state.clone();
    }

    double discount() {
        return discount;
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
