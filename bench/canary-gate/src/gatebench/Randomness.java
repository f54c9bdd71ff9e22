package gatebench;

import java.util.SplittableRandom;

/** Random counts, the same for the same seed on every machine and with any number of threads. */
final class Randomness {
    private final SplittableRandom random;
    private double spare = Double.NaN;

    /** @param numbers what identifies the sequence, such as a seed, a cell and a rollout */
    Randomness(long... numbers) {
        long mixed = 0x9E3779B97F4A7C15L;
        for (long number : numbers) {
            mixed = (mixed ^ number) * 0xBF58476D1CE4E5B9L;
            mixed ^= mixed >>> 31;
        }
        random = new SplittableRandom(mixed);
    }

    /** Uniform in [0, 1). */
    double uniform() {
        return random.nextDouble();
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    /** Standard normal. */
    double normal() {
        if (!Double.isNaN(spare)) {
            double value = spare;
            spare = Double.NaN;
            return value;
        }
        double radius = Math.sqrt(-2 * Math.log(1 - uniform()));
        double angle = 2 * Math.PI * uniform();
        spare = radius * Math.sin(angle);
        return radius * Math.cos(angle);
    }

    /** Gamma with this shape and the mean 1 (Marsaglia & Tsang, ACM TOMS 26, 2000). */
    double gamma(double shape) {
        if (shape < 1) {
            return gamma(shape + 1) * (shape + 1) / shape * Math.pow(1 - uniform(), 1 / shape);
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = normal();
            double v = Math.pow(1 + c * x, 3);
            if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
                return d * v / shape;
            }
        }
    }

    /** Poisson: by multiplication for small means, else by transformed rejection (Hoermann, Insurance: Mathematics and Economics 12, 1993). */
    int poisson(double mean) {
        if (mean <= 0) {
            return 0;
        }
        if (mean < 10) {
            double limit = Math.exp(-mean);
            double product = 1 - uniform();
            int count = 0;
            while (product > limit) {
                product *= 1 - uniform();
                count++;
            }
            return count;
        }
        double b = 0.931 + 2.53 * Math.sqrt(mean);
        double a = -0.059 + 0.02483 * b;
        double inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
        double vr = 0.9277 - 3.6224 / (b - 2);
        double logMean = Math.log(mean);
        while (true) {
            double u = uniform() - 0.5;
            double v = 1 - uniform();
            double us = 0.5 - Math.abs(u);
            double k = Math.floor((2 * a / us + b) * u + mean + 0.43);
            if (us >= 0.07 && v <= vr) {
                return (int) k;
            }
            if (k < 0 || us < 0.013 && v > us) {
                continue;
            }
            if (Math.log(v * inverseAlpha / (a / (us * us) + b)) <= k * logMean - mean - logFactorial(k)) {
                return (int) k;
            }
        }
    }

    /** ln k!, by Stirling's series from 10 on. */
    private static double logFactorial(double k) {
        if (k < 10) {
            double log = 0;
            for (int i = 2; i <= k; i++) {
                log += Math.log(i);
            }
            return log;
        }
        return (k + 0.5) * Math.log(k) - k + 0.9189385332046727 + (1 / 12.0 - 1 / (360 * k * k)) / k;
    }
}
