package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * A place to read metrics from. All samples carry their own times, so that the time of the data, not of the look, decides to which part of the wait they belong. What is read within one look is read once, however many checks ask for it.
 */
public interface MetricSource {
    /**
     * A look begins: what the last one read is forgotten.
     *
     * @param retries how long this look may go on repeating what failed for a passing reason
     * @param deadline until when all of the look must be over, whatever a server does: what is read later is an
     *     {@link Unavailable} at once, and what takes no time as a rule ends with {@link Deadline.Over}
     */
    void beginLook(Duration retries, Deadline deadline);

    /** What this look may still keep, and how long it may take. */
    LookBudget budget();

    /** A look is over: what it read is not kept until the next one, which may be long. */
    void endLook();

    /**
     * A counter's raw samples on a track since a time, and for each series the last sample until then (of the last minutes), as the value to count from. Ask from where the last answer ended
     * ({@code Counters.readUpTo()}): what was seen already does no harm.
     *
     * @throws DeliveryException when the question is wrong
     */
    Reading counters(Selector selector, Track track, Instant since) throws Unavailable, DeliveryException, InterruptedException;

    /** The same of a histogram, classic or native. */
    HistogramReading histograms(Selector selector, Track track, Instant since) throws Unavailable, DeliveryException, InterruptedException;

    /**
     * Which of these metrics a track may have at present: surely not the others.
     *
     * @param metrics names of metrics, as their samples have them
     */
    Set<String> mayHave(Collection<String> metrics, Track track) throws Unavailable, DeliveryException, InterruptedException;

    /** The present result of a query: one sample for a scalar, one a series for a vector. */
    List<Sample> query(String query) throws Unavailable, DeliveryException, InterruptedException;

    /**
     * The results of a query over a time, one a step.
     *
     * @param step at least a millisecond; Prometheus gives at most 11,000 steps
     */
    List<Series> queryRange(String query, Instant start, Instant end, Duration step) throws Unavailable, DeliveryException, InterruptedException;

    /** Whether an answer of this look lacked something that its server could not reach, and was taken all the same. */
    default boolean isIncomplete() {
        return false;
    }

    /** The parameter that names this source, for errors. */
    String parameter();

    /** It gave no usable answer this time; a later look may. */
    final class Unavailable extends Exception {
        private static final long serialVersionUID = 1L;

        private static final String REMEDY = "Check the address and that the server is up.";

        private final String parameter;
        private final String problem;
        private final String remedy;
        private final boolean passes;
        private final boolean partial;

        /** @param problem what went wrong, in words, without a full stop at its end */
        public Unavailable(String problem, Throwable cause) {
            this(null, null, problem, REMEDY, cause, false, false);
        }

        private Unavailable(String message, String parameter, String problem, String remedy, Throwable cause, boolean passes, boolean partial) {
            super(message == null ? problem : message, cause);
            this.parameter = parameter;
            this.problem = problem;
            this.remedy = remedy;
            this.passes = passes;
            this.partial = partial;
        }

        /** It answered, but not with what was asked for. */
        static Unavailable answered(String problem, Throwable cause) {
            return new Unavailable(null, null, problem, "The server is up: its own log says more.", cause, false, false);
        }

        /** What may be gone in a moment, so that it is worth trying again within the same look. */
        static Unavailable passing(String problem, Throwable cause) {
            return new Unavailable(null, null, problem, REMEDY, cause, true, false);
        }

        /** It answered, but without what some of its storage, or some of several pages, has, so that nobody knows what is missing. */
        static Unavailable partial(String problem) {
            return new Unavailable(null, null, problem, "See that all of its stores answer.", null, false, true);
        }

        /** With what can be done, which its message has too. */
        static Unavailable of(DeliveryException e) {
            String remedy = e.sentence().substring(e.problem().length() + 1).strip();
            String phrase = remedy.isEmpty() ? "" : "; " + Character.toLowerCase(remedy.charAt(0)) + remedy.substring(1, remedy.length() - 1);
            return new Unavailable(e.problem() + phrase, e.parameter(), e.problem(), e.remedy(), e, false, false);
        }

        /** The same of what a parameter names, unless it names one itself. */
        Unavailable of(String named) {
            return new Unavailable(getMessage(), parameter == null ? named : parameter, problem, remedy, getCause(), passes, partial);
        }

        /**
         * The failure of who waited for it and has waited long enough.
         *
         * @param named the parameter that names the source
         */
        public DeliveryException failure(String named) {
            // A refused login is one wherever it was read: the exit code tells it from a server that is away.
            DeliveryException.Kind kind = getCause() instanceof DeliveryException e && e.kind() == DeliveryException.Kind.REFUSED
                    ? DeliveryException.Kind.REFUSED
                    : DeliveryException.Kind.UNREACHABLE;
            return new DeliveryException(kind, parameter == null ? named : parameter, problem, remedy, this);
        }

        boolean passes() {
            return passes;
        }

        /** Whether it answered, but not completely. */
        public boolean isPartial() {
            return partial;
        }
    }
}
