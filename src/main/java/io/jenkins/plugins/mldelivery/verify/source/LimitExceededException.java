package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.IOException;

/** What comes from outside exceeds one of {@link ReadLimits}. The message is a predicate, such as "sent more than 32 MiB". */
final class LimitExceededException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String remedy;
    private final boolean ofLook;

    /** @param remedy a whole sentence without its full stop */
    LimitExceededException(String problem, String remedy) {
        this(problem, remedy, false);
    }

    /** @param ofLook whether it is the sum of all that a look reads, for which no single query or page is to blame */
    LimitExceededException(String problem, String remedy, boolean ofLook) {
        super(problem);
        this.remedy = remedy;
        this.ofLook = ofLook;
    }

    /** Whether the one query that was asked, or the one page, is too large, so that asking it again does not help. */
    boolean isOfQuery() {
        return !ofLook;
    }

    String remedy() {
        return remedy;
    }

    /** As a look that could not be made. */
    MetricSource.Unavailable of(String who) {
        return MetricSource.Unavailable.of(DeliveryException.unreachable(null, who + " " + getMessage(), remedy + ".", this));
    }
}
