package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One thing that <code>mlVerifyMetrics</code> checks. The component names are the parameter names of the Jenkins describables and of the command line.
 *
 * <p>All have in common: <code>name</code> in the log, the result and the charts; <code>importance</code>, what a failure means (<code>critical</code>: the gate fails; <code>warning</code>: it is told and the build becomes unstable;
 * <code>dryRun</code>: it is only told); <code>warmUp</code>, a time from the beginning of the wait whose data does not count.
 */
public sealed interface Check extends Serializable {
    String DEFAULT_IMPORTANCE = "critical";
    String DEFAULT_WARM_UP = "0s";

    /** The check's name in the log, the result and the charts. */
    String name();

    /** <code>critical</code>, <code>warning</code> or <code>dryRun</code>. */
    String importance();

    /** From the beginning of the wait on, a time whose data does not count. */
    String warmUp();

    /**
     * Checks this check by itself, as it is checked before a wait begins.
     *
     * @throws DeliveryException what is wrong, by the parameter's name
     */
    default void validate() throws DeliveryException {
        CheckChecks.check(this);
    }

    /** Whether its failure fails the gate. */
    default boolean decides() {
        return DEFAULT_IMPORTANCE.equals(importance());
    }

    /** A check of the canary against the stable version over the same time, by a sequential test that is valid at every look. */
    sealed interface Comparison extends Check {
        double DEFAULT_MARGIN = 1.5;
        double DEFAULT_ALPHA = 0.01;
        double DEFAULT_BETA = 0.05;
        double DEFAULT_WEIGHT = 1;

        /**
         * Probability of failing a canary that is no worse than stable, over the whole wait and all critical comparisons of the request together, in (0, 1). The traffic steps of a rollout share it, so it is that of the whole rollout.
         */
        double alpha();

        /** Probability of passing a canary that should not pass, in (0, 1). */
        double beta();

        /** The check's share of α, against the weights of the other critical comparisons; above 0. */
        double weight();
    }

    /** A check by measurements, one a look, as Argo Rollouts' analysis has them. */
    sealed interface Measured extends Check {
        /** How the measurements are counted, and what those without a number mean. */
        MeasurementRules rules();

        /** Its queries, in which <code>CANARY</code> and <code>STABLE</code> stand for the tracks' label matchers. */
        Collection<String> promql();
    }

    /**
     * A Prometheus query against bounds, as instant measurements. The rules of counting are those of {@link MeasurementRules}, whose components these are.
     *
     * @param name the check's name
     * @param query PromQL giving a scalar or one series; <code>CANARY</code> and <code>STABLE</code> stand for the tracks' label matchers
     * @param min lowest allowed value, or null
     * @param max highest allowed value, or null
     */
    record Threshold(
            String name, String query, Double min, Double max, int count, int failureLimit, int consecutiveFailureLimit, int consecutiveSuccessLimit, int inconclusiveLimit,
            String onNoData, String onNaN, String onError, String importance, String warmUp)
            implements Measured {
        /** With the default of everything else. */
        public Threshold(String name, String query, Double min, Double max, int count, int failureLimit, String onNoData) {
            this(name, query, min, max, count, failureLimit, MeasurementRules.OFF, MeasurementRules.OFF, MeasurementRules.DEFAULT_INCONCLUSIVE_LIMIT, onNoData,
                    MeasurementRules.DEFAULT_POLICY, MeasurementRules.DEFAULT_POLICY, DEFAULT_IMPORTANCE, DEFAULT_WARM_UP);
        }

        /** The check with every default. */
        public static Threshold of(String name, String query, Double min, Double max) {
            return new Threshold(name, query, min, max, MeasurementRules.DEFAULT_COUNT, MeasurementRules.DEFAULT_FAILURE_LIMIT, MeasurementRules.DEFAULT_POLICY);
        }

        @Override
        public MeasurementRules rules() {
            return new MeasurementRules(count, failureLimit, consecutiveFailureLimit, consecutiveSuccessLimit, inconclusiveLimit, onNoData, onNaN, onError);
        }

        @Override
        public Collection<String> promql() {
            return List.of(query);
        }
    }

    /**
     * A formula over several Prometheus queries, as instant measurements: a measurement is good when <code>pass</code> holds and <code>fail</code> does not, bad when <code>fail</code> holds (or <code>pass</code> alone is given and does
     * not), and inconclusive when neither does. The rules of counting are those of {@link MeasurementRules}, whose components these are.
     *
     * @param name the check's name
     * @param queries names of values to PromQL queries, each giving a scalar or one series; <code>CANARY</code> and <code>STABLE</code> stand for the tracks' label matchers
     * @param pass a formula over the names ({@link Formula}), or null
     * @param fail likewise, or null
     */
    record Expression(
            String name, Map<String, String> queries, String pass, String fail, int count, int failureLimit, int consecutiveFailureLimit, int consecutiveSuccessLimit, int inconclusiveLimit,
            String onNoData, String onNaN, String onError, String importance, String warmUp)
            implements Measured {
        public Expression {
            queries = new TreeMap<>(queries);
        }

        /** The check with every default. */
        public static Expression of(String name, Map<String, String> queries, String pass, String fail) {
            return new Expression(
                    name, queries, pass, fail, MeasurementRules.DEFAULT_COUNT, MeasurementRules.DEFAULT_FAILURE_LIMIT, MeasurementRules.OFF, MeasurementRules.OFF,
                    MeasurementRules.DEFAULT_INCONCLUSIVE_LIMIT, MeasurementRules.DEFAULT_POLICY, MeasurementRules.DEFAULT_POLICY, MeasurementRules.DEFAULT_POLICY, DEFAULT_IMPORTANCE, DEFAULT_WARM_UP);
        }

        @Override
        public MeasurementRules rules() {
            return new MeasurementRules(count, failureLimit, consecutiveFailureLimit, consecutiveSuccessLimit, inconclusiveLimit, onNoData, onNaN, onError);
        }

        @Override
        public Collection<String> promql() {
            return queries.values();
        }
    }

    /**
     * The canary's error rate against the stable version's.
     *
     * @param name the check's name
     * @param preset whose metrics to read when <code>metric</code> is null: the name of a model server, or <code>auto</code> for the first one whose metrics are there
     * @param metric the request counter, or null for the preset's
     * @param labels label matchers (PromQL, without braces) that narrow it to the requests that count, or null
     * @param errors label matchers that select failed requests among those; null for the preset's
     * @param margin the rate ratio canary : stable that counts as "no worse" when shown to be below it; above 1, up to 32. Harm is shown against the ratio 1
     * @param beta probability of passing a canary whose ratio is at the margin or above and whose error rate is at <code>acceptable</code> or above
     * @param acceptable an error rate, 0 to 1, that is always good enough: a canary shown to be below it passes whatever the stable version does, which ends the wait when errors are too rare to compare; 0 switches this off
     * @param minRequests canary requests before a pass or fail is given
     */
    record ErrorRate(
            String name, String preset, String metric, String labels, String errors, double margin, double alpha, double beta, double acceptable, long minRequests, double weight, String importance,
            String warmUp)
            implements Comparison {
        public static final String DEFAULT_NAME = "errorRate";
        public static final String DEFAULT_PRESET = RequestMetrics.AUTO;
        public static final double DEFAULT_ACCEPTABLE = 0.001;
        public static final long DEFAULT_MIN_REQUESTS = 50;

        /** With the default of everything else. */
        public ErrorRate(String name, String metric, String errors, double margin, double alpha, double beta, double acceptable, long minRequests) {
            this(name, DEFAULT_PRESET, metric, null, errors, margin, alpha, beta, acceptable, minRequests, DEFAULT_WEIGHT, DEFAULT_IMPORTANCE, DEFAULT_WARM_UP);
        }

        /** The check with every default. */
        public static ErrorRate defaults() {
            return new ErrorRate(DEFAULT_NAME, null, null, DEFAULT_MARGIN, DEFAULT_ALPHA, DEFAULT_BETA, DEFAULT_ACCEPTABLE, DEFAULT_MIN_REQUESTS);
        }
    }

    /**
     * An {@link ErrorRate} where no other version serves: the new version's error rate against <code>acceptable</code>
     * alone. Nobody asks for it by itself, see {@link VerifyMetricsRequest#alone}.
     *
     * @param rate the comparison in whose place it is, whose <code>acceptable</code> is above 0
     */
    record OwnErrorRate(ErrorRate rate) implements Check {
        @Override
        public String name() {
            return rate.name();
        }

        @Override
        public String importance() {
            return rate.importance();
        }

        @Override
        public String warmUp() {
            return rate.warmUp();
        }
    }

    /**
     * Whether the canary is slower than the stable version, from histograms. Without <code>bound</code> harm is looked for at every bucket's bound at once, and "no worse" is shown at the stable version's quantile; with it both at that bound alone.
     *
     * @param name the check's name
     * @param preset whose metrics to read when <code>metric</code> is null, as for {@link ErrorRate}
     * @param metric the histogram, with or without <code>_bucket</code>; null for the preset's
     * @param labels label matchers that narrow it to the requests that count, or null
     * @param quantile in (0, 1): the bound is the greatest one that at least the share 1 − quantile of the stable version's requests exceed, found once from those before the wait (else from the first ones in it); null when <code>bound</code> is given, and for 0.99
     * @param bound a latency in the metric's own unit (a preset's: seconds), as of a service level objective, or null. If it is no bucket's bound the next lower one is used, and told
     * @param margin the ratio canary : stable of the shares of requests slower than the bound that counts as "no worse" when shown to be below it; above 1, up to 16
     * @param beta probability of passing a canary whose ratio is at the margin or above and whose share is at <code>acceptable</code> or above
     * @param acceptable a share of requests slower than the bound, 0 to 1, that is always good enough: a canary shown to be below it passes whatever the stable version does; 0 switches this off
     * @param minRequests canary requests before a pass or fail is given
     */
    record Latency(
            String name, String preset, String metric, String labels, Double quantile, Double bound, double margin, double alpha, double beta, double acceptable, long minRequests, double weight,
            String importance, String warmUp)
            implements Comparison {
        public static final String DEFAULT_NAME = "latency";
        public static final String DEFAULT_PRESET = RequestMetrics.AUTO;
        public static final double DEFAULT_QUANTILE = 0.99;
        public static final double DEFAULT_ACCEPTABLE = 0.001;
        public static final long DEFAULT_MIN_REQUESTS = 50;

        /** The check with every default. */
        public static Latency defaults() {
            return new Latency(
                    DEFAULT_NAME, DEFAULT_PRESET, null, null, null, null, DEFAULT_MARGIN, DEFAULT_ALPHA, DEFAULT_BETA, DEFAULT_ACCEPTABLE, DEFAULT_MIN_REQUESTS, DEFAULT_WEIGHT, DEFAULT_IMPORTANCE,
                    DEFAULT_WARM_UP);
        }

        /** The quantile in force when there is no bound. */
        double quantileOrDefault() {
            return quantile == null ? DEFAULT_QUANTILE : quantile;
        }
    }

    /**
     * Whether the canary's predictions, or the features it gets, are distributed otherwise than the stable version's over the same time, from histograms. Fails when a difference is shown and is large; passes when it is shown to be small.
     *
     * @param name the check's name
     * @param metric the histogram, with or without <code>_bucket</code>
     * @param labels label matchers that narrow it, or null
     * @param floor the population stability index from which on a difference matters, above 0; 0.1 is usually called moderate, 0.25 large
     * @param beta probability of passing a canary whose index is at the floor or above
     * @param minSamples observations on each track before a pass or fail is given
     */
    record Distribution(
            String name, String metric, String labels, double floor, double alpha, double beta, long minSamples, double weight, String importance, String warmUp)
            implements Comparison {
        public static final double DEFAULT_FLOOR = 0.1;
        public static final long DEFAULT_MIN_SAMPLES = 500;

        /** The check with every default. */
        public static Distribution of(String name, String metric) {
            return new Distribution(name, metric, null, DEFAULT_FLOOR, DEFAULT_ALPHA, DEFAULT_BETA, DEFAULT_MIN_SAMPLES, DEFAULT_WEIGHT, DEFAULT_IMPORTANCE, DEFAULT_WARM_UP);
        }
    }

    /**
     * A measurement on both tracks, such as an accuracy, a cost or a use of the GPU: fails when the canary's mean is shown to be worse by more than <code>tolerance</code>, passes when it is shown to be not.
     *
     * @param name the check's name
     * @param metric a gauge, of which each track's series are averaged; null when <code>query</code> is given
     * @param labels label matchers that narrow it, or null
     * @param query PromQL in which <code>TRACK</code> stands for the label matchers of a track, giving a scalar or one series; null when <code>metric</code> is given
     * @param worse <code>higher</code> or <code>lower</code>: which direction is the worse one
     * @param tolerance a difference of the means that does not matter, above 0, in the measurement's own unit
     * @param low what the measurement can't fall below; null, with <code>high</code>, when it has no bounds and is roughly normal
     * @param high what it can't exceed
     * @param beta probability of passing a canary that is worse by the tolerance or more
     * @param minSamples measurements on each track before a pass or fail is given
     */
    record Gauge(
            String name, String metric, String labels, String query, String worse, Double tolerance, Double low, Double high, double alpha, double beta, long minSamples, double weight, String importance,
            String warmUp)
            implements Comparison {
        public static final String DEFAULT_WORSE = "higher";
        public static final long DEFAULT_MIN_SAMPLES = 5;
        /** In a query, stands for the label matchers of a track. */
        public static final String TRACK = "TRACK";

        /** The check with every default. */
        public static Gauge of(String name, String metric, Double tolerance) {
            return new Gauge(
                    name, metric, null, null, DEFAULT_WORSE, tolerance, null, null, DEFAULT_ALPHA, DEFAULT_BETA, DEFAULT_MIN_SAMPLES, DEFAULT_WEIGHT, DEFAULT_IMPORTANCE, DEFAULT_WARM_UP);
        }
    }
}
