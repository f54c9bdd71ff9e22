package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.Arrays;

/**
 * Likelihood ratios as in {@link RatioTest} for many kinds of events at once, on a grid of few ratios whose logarithms of a tick are taken once for all. Immutable.
 *
 * <p>Where the question is only whether the tracks are equal, those without the event count as well, which the ratio test leaves out since it was made for rare events: with the common probability p̄ of the earlier ticks, pₐ = r·p_b and p̄ their mean over the tick's observations, the likelihood ratio of pₐ and p_b
 * against p̄ on both tracks is (pₐ/p̄)ˣ(p_b/p̄)ʸ((1−pₐ)/(1−p̄))ⁿ⁻ˣ((1−p_b)/(1−p̄))ᵐ⁻ʸ. Its expectation is at most 1 whatever probability both tracks share in the tick (Turner, Ly &amp; Grünwald, Generic e-variables for exact sequential k-sample tests, 2021, Theorem 1), and for r above 1 also where the canary's is lower.
 */
final class ProcessBank {
    /** From this probability on it is worth its while to count those without the event; below, it makes less than 10 %. */
    private static final double FREQUENT = 0.1;

    private static final double MOST = 0.95;

    private final double[] logs;
    private final double[] ratios;
    private final int processes;

    /** For each process the log-likelihoods against the ratio 1. */
    private final double[] state;

    /** What they are divided by, as in {@link RatioTest}. */
    private final double discount;

    private ProcessBank(double[] logs, int processes, double[] state, double discount) {
        this.logs = logs;
        this.ratios = Arrays.stream(logs).map(Math::exp).toArray();
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
     * @param before the same of all earlier ticks, when the null is that the tracks are equal; else null
     * @param newDiscount of all evidence so far, 1 or more
     * @throws IllegalArgumentException when the discount is below 1
     */
    ProcessBank plus(Tracks now, Tracks before, double newDiscount) {
        double share = now.canaryAll() / (now.canaryAll() + now.stableAll());
        double[] cost = new double[logs.length];
        for (int k = 0; k < logs.length; k++) {
            cost[k] = Math.log1p(share * Math.expm1(logs[k]));
        }
        double[] means = cost.clone();
        for (int k = 0; k < logs.length; k++) {
            means[k] = Math.exp(-cost[k]);
        }
        double[] next = state.clone();
        for (int p = 0; p < processes; p++) {
            double x = now.canary()[p];
            double all = x + now.stable()[p];
            int at = p * logs.length;
            double usual = before == null ? 0 : before.share(p);
            if (usual >= FREQUENT) {
                addWithout(now, p, usual, means, next);
            }
            if (all <= 0) {
                continue;
            }
            for (int k = 0; k < logs.length; k++) {
                next[at + k] += x * logs[k] - all * cost[k];
            }
        }
        return new ProcessBank(logs, processes, next, checked(newDiscount));
    }

    /** What the observations without the event add. */
    private void addWithout(Tracks now, int process, double usual, double[] means, double[] next) {
        double canary = now.canaryAll() - now.canary()[process];
        double stable = now.stableAll() - now.stable()[process];
        for (int k = 0; k < logs.length; k++) {
            // Neither track's probability may come near 1.
            double mean = Math.min(usual, MOST / (means[k] * Math.max(1, ratios[k])));
            double ofStable = mean * means[k];
            double left = 1 / (1 - mean);
            next[process * logs.length + k] += canary * Logs.log1p((mean - ratios[k] * ofStable) * left) + stable * Logs.log1p((mean - ofStable) * left);
        }
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
    record Tracks(double[] canary, double canaryAll, double[] stable, double stableAll) {
        /** The share of the observations that have the event, on both tracks together; 0 without any. */
        double share(int process) {
            double all = canaryAll + stableAll;
            return all <= 0 ? 0 : (canary[process] + stable[process]) / all;
        }
    }
}
