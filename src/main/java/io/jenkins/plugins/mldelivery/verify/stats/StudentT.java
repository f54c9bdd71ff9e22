package io.jenkins.plugins.mldelivery.verify.stats;

/** Student's t distribution. */
final class StudentT {
    private static final double TINY = 1e-300;

    private StudentT() {}

    /** P(T ≤ t), by the incomplete beta function: P(T > t) = ½·I(ν/(ν+t²); ν/2, ½) for t ≥ 0 (Abramowitz &amp; Stegun 26.7.1). */
    static double cdf(double t, double freedom) {
        double tail = beta(freedom / (freedom + t * t), t * t / (freedom + t * t), freedom / 2, 0.5) / 2;
        return t < 0 ? Math.max(tail, Double.MIN_NORMAL) : 1 - tail;
    }

    /** I(x; a, b) by its continued fraction (Abramowitz &amp; Stegun 26.5.8, evaluated by Lentz's method), y = 1 − x given apart to keep its digits. */
    private static double beta(double x, double y, double a, double b) {
        if (x <= 0 || y <= 0) {
            return x <= 0 ? 0 : 1;
        }
        double front = Math.exp(a * Math.log(x) + b * Math.log(y) + logGamma(a + b) - logGamma(a) - logGamma(b));
        return x < (a + 1) / (a + b + 2) ? front * fraction(x, a, b) / a : 1 - front * fraction(y, b, a) / b;
    }

    private static double fraction(double x, double a, double b) {
        double c = 1;
        double d = 1 / away(1 - (a + b) * x / (a + 1));
        double h = d;
        for (int m = 1; m < 100_000; m++) {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / away(1 + even * d);
            c = away(1 + even / c);
            h *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / away(1 + odd * d);
            c = away(1 + odd / c);
            h *= d * c;
            if (Math.abs(d * c - 1) < 1e-15) {
                break;
            }
        }
        return h;
    }

    private static double away(double value) {
        return Math.abs(value) < TINY ? TINY : value;
    }

    /** By recurrence up to 10 and Stirling's series there (Abramowitz &amp; Stegun 6.1.41), good to about 1e-14. */
    static double logGamma(double x) {
        int steps = (int) Math.ceil(Math.max(0, 10 - x));
        double shift = 0;
        for (int i = 0; i < steps; i++) {
            shift -= Math.log(x + i);
        }
        double at = x + steps;
        double inverse = 1 / (at * at);
        double series = (1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1260 - inverse * (1.0 / 1680 - inverse / 1188)))) / at;
        return shift + (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series;
    }
}
