package gatebench;

import java.util.Arrays;

/** The k-th largest of the values given so far. */
final class Largest {
    private final double[] largest;

    Largest(int k) {
        largest = new double[k];
        Arrays.fill(largest, Double.NEGATIVE_INFINITY);
    }

    /** Adds a value; the answer is −∞ while there are fewer than k. */
    double plus(double value) {
        // Ascending; the first is the answer.
        if (value > largest[0]) {
            int i = 0;
            while (i + 1 < largest.length && largest[i + 1] < value) {
                largest[i] = largest[i + 1];
                i++;
            }
            largest[i] = value;
        }
        return largest[0];
    }
}
