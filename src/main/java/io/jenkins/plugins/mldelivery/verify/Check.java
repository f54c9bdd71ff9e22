package io.jenkins.plugins.mldelivery.verify;

import java.io.Serializable;

/** One thing that <code>mlVerifyMetrics</code> checks. The component names are the parameter names of the Jenkins describables. */
public sealed interface Check extends Serializable {
    /** The check's name in the log, the result and the charts. */
    String name();

    /**
     * A Prometheus query against bounds, as instant measurements.
     *
     * @param name the check's name
     * @param query PromQL giving a scalar or one series
     * @param min lowest allowed value, or null
     * @param max highest allowed value, or null
     * @param count how many measurements to take
     * @param failureLimit how many measurements may be out of bounds before the check fails
     * @param onNoData <code>inconclusive</code> or <code>fail</code>: what a query that answers nothing (or NaN) for all its measurements means; never a silent pass
     */
    record Threshold(
            String name, String query, Double min, Double max, int count, int failureLimit, String onNoData)
            implements Check {
        public static final int DEFAULT_COUNT = 3;
        public static final int DEFAULT_FAILURE_LIMIT = 0;
        public static final String DEFAULT_ON_NO_DATA = "inconclusive";
    }

    /**
     * The canary's error rate against the stable version's over the same time, as a sequential test that is valid at every look.
     *
     * @param name the check's name
     * @param metric the request counter
     * @param errors label matchers (PromQL, without braces) that select failed requests among those of <code>metric</code>
     * @param margin the rate ratio canary : stable that counts as "no worse" when shown to be below it; above 1, up to 32. Harm is shown against
     *     the ratio 1
     * @param alpha probability of failing a canary that is no worse than stable, over the whole wait and all <code>errorRate</code> checks of the request together, in (0, 1). The traffic steps of a rollout share it,
     *     so it is that of the whole rollout
     * @param beta probability of passing a canary whose ratio is at the margin or above and whose error rate is at <code>acceptable</code> or above, in (0, 1)
     * @param acceptable an error rate, 0 to 1, that is always good enough: a canary shown to be below it passes whatever the stable version does, which ends the wait when errors are too rare to compare; 0 switches this off
     * @param minRequests canary requests before a pass or fail is given
     */
    record ErrorRate(
            String name, String metric, String errors, double margin, double alpha, double beta, double acceptable, long minRequests)
            implements Check {
        public static final String DEFAULT_NAME = "errorRate";
        public static final String DEFAULT_METRIC = "http_requests_total";
        public static final String DEFAULT_ERRORS = "code=~\"5..\"";
        public static final double DEFAULT_MARGIN = 1.5;
        public static final double DEFAULT_ALPHA = 0.01;
        public static final double DEFAULT_BETA = 0.05;
        public static final double DEFAULT_ACCEPTABLE = 0.001;
        public static final long DEFAULT_MIN_REQUESTS = 50;

        /** The check with every default. */
        public static ErrorRate defaults() {
            return new ErrorRate(
                    DEFAULT_NAME, DEFAULT_METRIC, DEFAULT_ERRORS, DEFAULT_MARGIN, DEFAULT_ALPHA, DEFAULT_BETA,
                    DEFAULT_ACCEPTABLE, DEFAULT_MIN_REQUESTS);
        }
    }
}
