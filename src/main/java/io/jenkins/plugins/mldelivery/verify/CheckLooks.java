package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;

/** The look for each kind of check. */
final class CheckLooks {
    private CheckLooks() {}

    static CheckLook of(Check check, Watch watch) throws DeliveryException {
        if (check instanceof Check.ErrorRate rate) {
            return new ErrorRateLook(rate, false, watch);
        } else if (check instanceof Check.OwnErrorRate own) {
            return new ErrorRateLook(own.rate(), true, watch);
        } else if (check instanceof Check.Latency latency) {
            return new LatencyLook(latency, watch);
        } else if (check instanceof Check.Distribution distribution) {
            return new DistributionLook(distribution, watch);
        } else if (check instanceof Check.Gauge gauge) {
            return new GaugeLook(gauge, watch);
        } else if (check instanceof Check.Expression expression) {
            return new ExpressionLook(expression, watch);
        }
        return new ThresholdLook((Check.Threshold) check, watch);
    }
}
