package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import java.util.List;

/** A place to read metrics from. */
public interface MetricSource {
    /** The present values of a counter's series of a track; empty when there are none. */
    List<Sample> counter(String metric, Track track) throws Unavailable, DeliveryException, InterruptedException;

    /** The present result of a query: one sample for a scalar, one a series for a vector. */
    List<Sample> query(String query) throws Unavailable, DeliveryException, InterruptedException;

    /** The parameter that names this source, for errors. */
    String parameter();

    /** It gave no usable answer this time; a later look may. */
    final class Unavailable extends Exception {
        private static final long serialVersionUID = 1L;

        private final String parameter;

        /** @param message what went wrong, in words, without a full stop at its end */
        public Unavailable(String message, Throwable cause) {
            this(null, message, cause);
        }

        /** @param parameter the parameter that names what gave no answer, where the source has several; null for {@link MetricSource#parameter()} */
        public Unavailable(String parameter, String message, Throwable cause) {
            super(message, cause);
            this.parameter = parameter;
        }

        /** The parameter that names what gave no answer, or null. */
        public String parameter() {
            return parameter;
        }
    }
}
