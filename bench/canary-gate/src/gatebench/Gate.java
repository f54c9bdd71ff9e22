package gatebench;

/**
 * A gate, told by one number: the most that it has seen against the canary up to each tick. It rolls back in the first tick in which that number reaches the gate's threshold, so one pass over a rollout answers for every threshold.
 */
interface Gate {
    String name();

    /** The threshold that its documentation gives; for ours ln(1/0.01). */
    double usual();

    /** What {@link #usual} means. */
    String settings();

    /**
     * Watches a rollout.
     *
     * @param highest filled with the number by tick, −∞ while there is none; never falls
     */
    void watch(Trace trace, float[] highest);
}
