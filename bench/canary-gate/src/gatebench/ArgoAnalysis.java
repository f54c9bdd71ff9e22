package gatebench;

import java.util.List;
import java.util.function.DoublePredicate;

/** An analysis run of Argo Rollouts by its documented states. Our restatement: one metric at a time, with its measurements' times. */
final class ArgoAnalysis {
    static final int RETRY_AFTER_ERROR_SECONDS = 10;
    static final int CONSECUTIVE_ERRORS = 4;

    /** From best to worst. */
    enum State { SUCCESSFUL, INCONCLUSIVE, ERROR, FAILED, RUNNING }

    /**
     * A metric.
     *
     * @param success success condition, or null
     * @param failure failure condition, or null
     * @param intervalSeconds time between measurements
     * @param count measurements to take, 0 for no end
     * @param failureLimit failures that are borne, −1 for any number
     * @param inconclusiveLimit inconclusive measurements that are borne
     */
    record Metric(DoublePredicate success, DoublePredicate failure, int intervalSeconds, int count, int failureLimit, int inconclusiveLimit) {}

    private final Metric metric;
    private int measured;
    private int failed;
    private int inconclusive;
    private int errorsInARow;
    private int nextSeconds;
    private State state = State.RUNNING;

    ArgoAnalysis(Metric metric) {
        this.metric = metric;
    }

    State state() {
        return state;
    }

    /** When the next measurement is due, in seconds from the first. */
    int nextSeconds() {
        return nextSeconds;
    }

    /** How one measured value counts. */
    static State measurement(Metric metric, double value) {
        boolean success = metric.success() != null && metric.success().test(value);
        boolean failure = metric.failure() != null && metric.failure().test(value);
        if (metric.success() == null && metric.failure() == null) {
            return State.SUCCESSFUL;
        }
        if (metric.failure() == null) {
            return success ? State.SUCCESSFUL : State.FAILED;
        }
        if (metric.success() == null) {
            return failure ? State.FAILED : State.SUCCESSFUL;
        }
        return failure ? State.FAILED : success ? State.SUCCESSFUL : State.INCONCLUSIVE;
    }

    /** A measurement with a value. */
    void measured(double value) {
        record(measurement(metric, value));
    }

    /** A measurement that could not be made, such as the first element of an empty result. */
    void error() {
        record(State.ERROR);
    }

    private void record(State outcome) {
        if (state != State.RUNNING) {
            return;
        }
        errorsInARow = outcome == State.ERROR ? errorsInARow + 1 : 0;
        measured += outcome == State.ERROR ? 0 : 1;
        failed += outcome == State.FAILED ? 1 : 0;
        inconclusive += outcome == State.INCONCLUSIVE ? 1 : 0;
        nextSeconds += outcome == State.ERROR ? RETRY_AFTER_ERROR_SECONDS : metric.intervalSeconds();
        boolean single = metric.count() == 0 && metric.intervalSeconds() == 0;
        if (metric.failureLimit() >= 0 && failed > metric.failureLimit()) {
            state = State.FAILED;
        } else if (inconclusive > metric.inconclusiveLimit()) {
            state = State.INCONCLUSIVE;
        } else if (errorsInARow > CONSECUTIVE_ERRORS) {
            state = State.ERROR;
        } else if (metric.count() > 0 && measured >= metric.count() || single && measured >= 1) {
            state = State.SUCCESSFUL;
        }
    }

    /** Ends it because another metric failed: what is unfinished counts as successful. */
    void terminate() {
        state = state == State.RUNNING ? State.SUCCESSFUL : state;
    }

    /** A run is as good as its worst metric; the first bad end terminates the others. */
    static State run(List<ArgoAnalysis> metrics) {
        if (metrics.stream().anyMatch(m -> m.state() != State.RUNNING && m.state() != State.SUCCESSFUL)) {
            metrics.forEach(ArgoAnalysis::terminate);
        }
        return metrics.stream().map(ArgoAnalysis::state).max(Enum::compareTo).orElse(State.SUCCESSFUL);
    }
}
