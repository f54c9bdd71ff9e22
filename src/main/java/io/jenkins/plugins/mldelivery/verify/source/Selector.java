package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;

/**
 * Which series are meant, besides the track's own matchers, which the source knows.
 *
 * @param metric the metric's name; of a histogram its name without <code>_bucket</code> (with it is understood as well)
 * @param matchers PromQL label matchers without braces that narrow it, such as <code>method="POST"</code>; null or blank for none
 * @param parameter the parameter that the matchers and the name came from, for errors
 */
public record Selector(String metric, String matchers, String parameter) {
    /** Every series of a metric, named by the parameter <code>metric</code>. */
    public static Selector of(String metric) {
        return new Selector(metric, null, "metric");
    }

    boolean isNarrow() {
        return matchers != null && !matchers.isBlank();
    }

    /** The matchers, which match until the deadline; or null for none. */
    LabelMatchers parsed(Deadline deadline) throws DeliveryException {
        return isNarrow() ? LabelMatchers.parse(parameter, matchers).within(deadline) : null;
    }

    /** The histogram's name, without its suffix. */
    String histogram() {
        return metric.endsWith("_bucket") ? metric.substring(0, metric.length() - "_bucket".length()) : metric;
    }
}
