package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.NearestName;
import java.util.List;

/**
 * How measurements are counted. The states and limits are those of Argo Rollouts' analysis (docs/features/analysis.md of argoproj/argo-rollouts), without three of its traps: no data, NaN and an error are outcomes of their own, a server that is
 * away never ends the wait by itself, and a check that was cut short has shown nothing.
 *
 * @param count how many measurements to take, at least 1
 * @param failureLimit how many of them may be bad, in all; −1 for no limit
 * @param consecutiveFailureLimit how many may be bad in a row; −1 for no limit
 * @param consecutiveSuccessLimit after how many good ones in a row the check passes before its count is reached; −1 for never
 * @param inconclusiveLimit how many may be inconclusive, in all; −1 for no limit
 * @param onNoData what a query without a result means: {@link #WAIT}, {@link #FAIL}, {@link #INCONCLUSIVE} or {@link #PASS}
 * @param onNaN what the result NaN means, likewise
 * @param onError what it means that the query could not be asked, likewise without <code>pass</code>
 */
public record MeasurementRules(
        int count, int failureLimit, int consecutiveFailureLimit, int consecutiveSuccessLimit, int inconclusiveLimit, String onNoData, String onNaN, String onError) {
    public static final int DEFAULT_COUNT = 3;
    public static final int DEFAULT_FAILURE_LIMIT = 0;
    public static final int DEFAULT_INCONCLUSIVE_LIMIT = 0;
    /** A limit that is none. */
    public static final int OFF = -1;
    /** It is no measurement, and another one is taken; if there are none until the time-out, the check is inconclusive. */
    public static final String WAIT = "wait";
    /** It is a bad measurement. */
    public static final String FAIL = "fail";
    /** It is an inconclusive measurement. */
    public static final String INCONCLUSIVE = "inconclusive";
    /** It is a good measurement. */
    public static final String PASS = "pass";

    public static final String DEFAULT_POLICY = WAIT;

    void check(String name) throws DeliveryException {
        if (count < 1) {
            throw DeliveryException.invalid("count", "the check '" + name + "' takes no measurement", "Give 1 or more.");
        }
        limit("failureLimit", failureLimit, 0, name);
        if (failureLimit >= count) {
            throw DeliveryException.invalid(
                    "failureLimit", failureLimit + " of " + count + " measurements allowed to fail make the check '" + name + "' no check", "Give 0 or more and less than count, or -1 for no limit.");
        }
        limit("consecutiveFailureLimit", consecutiveFailureLimit, 0, name);
        limit("consecutiveSuccessLimit", consecutiveSuccessLimit, 1, name);
        limit("inconclusiveLimit", inconclusiveLimit, 0, name);
        if (failureLimit == OFF && consecutiveFailureLimit == OFF && consecutiveSuccessLimit == OFF) {
            throw DeliveryException.invalid(
                    "failureLimit", "without any limit the check '" + name + "' could never fail", "Give failureLimit 0 or more, or consecutiveFailureLimit, or consecutiveSuccessLimit.");
        }
        if (consecutiveSuccessLimit > count) {
            throw DeliveryException.invalid(
                    "consecutiveSuccessLimit", consecutiveSuccessLimit + " good measurements in a row can't be reached with " + count + " in all in the check '" + name + "'", "Give count or less.");
        }
        if (consecutiveFailureLimit >= count) {
            throw DeliveryException.invalid(
                    "consecutiveFailureLimit", "more than " + consecutiveFailureLimit + " bad measurements in a row can't be reached with " + count + " in all in the check '" + name + "'",
                    "Give less than count, or -1 for no limit.");
        }
        policy("onNoData", onNoData, List.of(WAIT, FAIL, INCONCLUSIVE, PASS));
        policy("onNaN", onNaN, List.of(WAIT, FAIL, INCONCLUSIVE, PASS));
        policy("onError", onError, List.of(WAIT, FAIL, INCONCLUSIVE));
    }

    private static void limit(String parameter, int limit, int least, String name) throws DeliveryException {
        if (limit != OFF && limit < least) {
            throw DeliveryException.invalid(parameter, "it must be " + least + " or more, or -1 for no limit, not " + limit, "Correct it in the check '" + name + "'.");
        }
    }

    private static void policy(String parameter, String policy, List<String> allowed) throws DeliveryException {
        if (!allowed.contains(policy)) {
            throw DeliveryException.invalid(parameter, "'" + policy + "' is none of " + String.join(", ", allowed), NearestName.hint(policy, allowed) + "Give one of these.");
        }
    }
}
