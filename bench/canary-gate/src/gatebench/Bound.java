package gatebench;

/** Wald's bound of the mean canary requests that any test with this false-alarm rate needs (Sequential Analysis, 1947; the overshoot left out). */
final class Bound {
    private Bound() {}

    /** For an unknown base rate p0, a canary at p1 and r stable requests for each canary request: ln(1/alpha) over the divergence from the nearest rate that both could share. */
    static double requests(double alpha, double p1, double p0, double r) {
        double pooled = (p1 + r * p0) / (1 + r);
        return Math.log(1 / alpha) / (divergence(p1, pooled) + r * divergence(p0, pooled));
    }

    private static double divergence(double p, double q) {
        return p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
    }
}
