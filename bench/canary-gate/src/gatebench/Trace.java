package gatebench;

/**
 * A simulated rollout: counts per tick. What a pod counted between its last scrape and its restart is in none of them.
 *
 * @param canary requests and errors of the canary
 * @param baseline of as many stable pods as the canary has (the group that Kayenta's documentation asks for)
 * @param stable of the whole stable version, the baseline in it
 */
record Trace(Track canary, Track baseline, Track stable) {
    /**
     * One group of pods.
     *
     * @param requests by tick
     * @param errors by tick
     * @param seen whether the scrape of the tick is there; without it the counters show the tick at the next one
     * @param podRequests the requests of each pod by tick
     * @param podErrors the errors of each pod by tick
     */
    record Track(int[] requests, int[] errors, boolean[] seen, int[][] podRequests, int[][] podErrors) {
        Track(int ticks, int pods) {
            this(new int[ticks], new int[ticks], new boolean[ticks], new int[pods][ticks], new int[pods][ticks]);
        }

        int pods() {
            return podRequests.length;
        }

        int ticks() {
            return requests.length;
        }

        /** Errors by request over the seen ticks in [from, to); NaN when none is. */
        double rate(int from, int to) {
            double e = 0;
            double n = 0;
            for (int t = from; t < to; t++) {
                if (seen[t]) {
                    e += errors[t];
                    n += requests[t];
                }
            }
            return n == 0 ? Double.NaN : e / n;
        }
    }
}
