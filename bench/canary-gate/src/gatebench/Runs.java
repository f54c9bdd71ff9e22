package gatebench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * What the gates saw in many rollouts under one condition.
 *
 * @param ticks ticks of a rollout
 * @param tickSeconds length of one
 * @param onset the first harmed tick
 * @param requests canary requests from the onset to each tick's end, by rollout
 * @param highest a gate's number by gate, rollout and tick
 * @param passes first tick in which our gate passes, by rollout and margin; null when it was not asked
 */
record Runs(int ticks, int tickSeconds, int onset, float[][] requests, float[][][] highest, int[][] passes) {
    private static final int CHUNK = 250;

    /** What makes and watches the rollout with an index, and puts down what the gates saw. */
    interface Rollout {
        void run(int index, Runs into);
    }

    static Runs empty(int count, int gates, int ticks, int tickSeconds, int onset, boolean passes) {
        return new Runs(ticks, tickSeconds, onset, new float[count][ticks], new float[gates][count][ticks], passes ? new int[count][OurGate.MARGINS.length] : null);
    }

    int count() {
        return requests.length;
    }

    /** Fills it, in parallel. */
    Runs filled(Rollout rollout, ExecutorService pool) throws InterruptedException {
        List<Future<?>> parts = new ArrayList<>();
        for (int from = 0; from < count(); from += CHUNK) {
            int first = from;
            parts.add(pool.submit(() -> {
                for (int i = first; i < Math.min(count(), first + CHUNK); i++) {
                    rollout.run(i, this);
                }
            }));
        }
        for (Future<?> part : parts) {
            try {
                part.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        return this;
    }

    /** Puts down the canary's requests since the onset. */
    void exposed(int index, int[] canaryRequests) {
        float sum = 0;
        for (int t = 0; t < ticks; t++) {
            sum += t < onset ? 0 : canaryRequests[t];
            requests[index][t] = sum;
        }
    }

    /** The first tick in which a gate's number is at least the threshold, or the number of ticks. */
    int alarm(int gate, int index, double threshold) {
        float[] row = highest[gate][index];
        if (!(row[ticks - 1] >= threshold)) {
            return ticks;
        }
        int low = 0;
        int high = ticks - 1;
        while (low < high) {
            int middle = (low + high) / 2;
            if (row[middle] >= threshold) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** The lowest threshold that at most this share of the rollouts reaches. */
    double threshold(int gate, double share) {
        float[] last = new float[count()];
        for (int i = 0; i < last.length; i++) {
            last[i] = highest[gate][i][ticks - 1];
        }
        Arrays.sort(last);
        int allowed = (int) Math.floor(share * last.length);
        return Math.nextUp(last[last.length - 1 - allowed]);
    }

    /** How a gate did with a threshold. */
    Tally tally(int gate, double threshold) {
        int early = 0;
        int found = 0;
        double exposed = 0;
        double minutes = 0;
        for (int i = 0; i < count(); i++) {
            int alarm = alarm(gate, i, threshold);
            if (alarm < onset) {
                early++;
                continue;
            }
            found += alarm < ticks ? 1 : 0;
            int last = Math.min(alarm, ticks - 1);
            exposed += requests[i][last];
            minutes += (last + 1 - onset) * tickSeconds / 60.0;
        }
        int judged = count() - early;
        return new Tally(count(), early, found, exposed / judged, minutes / judged);
    }

    /** How our gate ends with its rule of production: harm shown, no worse than the margin shown, or neither. */
    Ends ends(int gate, double threshold, int margin) {
        int failed = 0;
        int passedBefore = 0;
        int passedAfter = 0;
        double minutes = 0;
        double passMinutes = 0;
        for (int i = 0; i < count(); i++) {
            int alarm = alarm(gate, i, threshold);
            int pass = passes[i][margin];
            int end = Math.min(Math.min(alarm, pass), ticks - 1);
            minutes += (end + 1) * tickSeconds / 60.0;
            if (alarm <= pass && alarm < ticks) {
                failed++;
            } else if (pass < ticks) {
                passedBefore += pass < onset ? 1 : 0;
                passedAfter += pass < onset ? 0 : 1;
                passMinutes += (pass + 1) * tickSeconds / 60.0;
            }
        }
        return new Ends(count(), failed, passedBefore, passedAfter, minutes / count(), passMinutes / Math.max(1, passedBefore + passedAfter));
    }

    /**
     * Rollouts by their end.
     *
     * @param minutes mean time to the end, the horizon when there is none
     * @param passMinutes mean time of those that pass
     */
    record Ends(int count, int failed, int passedBeforeOnset, int passed, double minutes, double passMinutes) {
        int neither() {
            return count - failed - passedBeforeOnset - passed;
        }
    }
}
