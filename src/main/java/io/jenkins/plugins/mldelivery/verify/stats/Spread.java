package io.jenkins.plugins.mldelivery.verify.stats;

/**
 * How far the events of a track are from being spread over its pods by chance, summed over periods. Immutable.
 *
 * <p>If the X events of a period fall on the pods independently, pod i with the probability pᵢ (its share of the requests), then given X the sum Σ(xᵢ−X·pᵢ)² − Σxᵢ(1−2pᵢ+Σp²), which counts the pairs of events that share a pod beyond chance,
 * has the mean 0 and the variance 2X(X−1)(Σp²−2Σp³+(Σp²)²), exactly; the first sum alone has the mean X(1−Σp²). (The variance of a track's total by clusters: Liang &amp; Zeger, Biometrika 73, 1986.)
 *
 * @param excess the sum above
 * @param events Σ X(1−Σp²), 0 for a single pod
 * @param noise the variance of the excess
 */
record Spread(double excess, double events, double noise) {
    static final Spread NONE = new Spread(0, 0, 0);

    /** Of one period. */
    static Spread of(double[] events, double[] requests) {
        double all = 0;
        double x = 0;
        for (int i = 0; i < events.length; i++) {
            all += requests[i];
            x += events[i];
        }
        if (!(all > 0 && x > 0)) {
            return NONE;
        }
        double squares = 0;
        double cubes = 0;
        for (double n : requests) {
            double p = n / all;
            squares += p * p;
            cubes += p * p * p;
        }
        double excess = 0;
        for (int i = 0; i < events.length; i++) {
            double p = requests[i] / all;
            double residual = events[i] - x * p;
            excess += residual * residual - events[i] * (1 - 2 * p + squares);
        }
        double noise = 2 * x * (x - 1) * (squares - 2 * cubes + squares * squares);
        return new Spread(excess, x * Math.max(0, 1 - squares), Math.max(0, noise));
    }

    Spread plus(Spread other) {
        return new Spread(excess + other.excess, events + other.events, noise + other.noise);
    }

    /** The excess of the events' variance over a Poisson count's, in parts of it, less so many standard errors. 0 where nothing is known. */
    double atLeast(double errors) {
        return events <= 0 ? 0 : Math.max(0, (excess - errors * Math.sqrt(noise)) / events);
    }
}
