package gatebench;

/** The counter of Flagger's analysis by its documentation. Our restatement: a tick first looks at the failed checks so far, then checks; a failed check is never forgotten. */
final class FlaggerAnalysis {
    private final int threshold;
    private final int stepWeight;
    private final int maxWeight;
    private int failedChecks;
    private int weight;
    private boolean rolledBack;
    private boolean promoting;
    private boolean started;

    FlaggerAnalysis(int threshold, int stepWeight, int maxWeight) {
        this.threshold = threshold;
        this.stepWeight = stepWeight;
        this.maxWeight = maxWeight;
    }

    /** One tick. @param healthy whether all metrics are there and in range; an empty or NaN answer is not */
    void tick(boolean healthy) {
        if (rolledBack || promoting) {
            return;
        }
        if (failedChecks >= threshold) {
            rolledBack = true;
            weight = 0;
            return;
        }
        if (started && !healthy) {
            failedChecks++;
            return;
        }
        started = true;
        if (weight >= maxWeight) {
            promoting = true;
        } else {
            weight = Math.min(maxWeight, weight + stepWeight);
        }
    }

    int failedChecks() {
        return failedChecks;
    }

    int weight() {
        return weight;
    }

    boolean rolledBack() {
        return rolledBack;
    }

    boolean promoting() {
        return promoting;
    }
}
