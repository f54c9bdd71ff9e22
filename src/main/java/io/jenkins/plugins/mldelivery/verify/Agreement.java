package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.verify.source.Point;
import java.util.List;

/**
 * How far a counter's samples may be those of another one, or of the sum of several, that was read at other moments: each
 * must lie between what the other ones show before it and after it.
 *
 * @param isPossible whether none contradicts
 * @param growths how many samples agree that would be there by chance only, since the counter grew around them
 */
record Agreement(boolean isPossible, int growths) {
    static final Agreement NONE = new Agreement(true, 0);
    static final Agreement IMPOSSIBLE = new Agreement(false, 0);

    /** A sample's time is when its reading began; the value may be of some seconds later, or of a server whose clock differs. */
    private static final long TOLERANCE = 5_000;

    Agreement and(Agreement other) {
        return new Agreement(isPossible && other.isPossible, growths + other.growths);
    }

    /**
     * Samples against those of others, which are summed. Around resets nothing is said.
     *
     * @param points in the order of their times
     * @param others each in the order of its times
     */
    static Agreement of(List<Point> points, List<List<Point>> others) {
        int[] at = new int[others.size()];
        int growths = 0;
        double before = Double.NaN;
        for (Point point : points) {
            double low = 0;
            double high = 0;
            boolean fell = point.value() < before;
            for (int i = 0; i < at.length; i++) {
                List<Point> other = others.get(i);
                while (at[i] < other.size() && other.get(at[i]).millis() <= point.millis() - TOLERANCE) {
                    at[i]++;
                }
                int from = at[i] - 1;
                int to = at[i];
                while (to < other.size() && other.get(to).millis() < point.millis() + TOLERANCE) {
                    to++;
                }
                low += from < 0 ? 0 : other.get(from).value();
                high += to >= other.size() ? Double.POSITIVE_INFINITY : other.get(to).value();
                fell |= falls(other, Math.max(0, from), Math.min(to, other.size() - 1));
            }
            if (!fell && !(low <= point.value() && point.value() <= high)) {
                return IMPOSSIBLE;
            }
            growths += !fell && low > 0 && low < high && high < Double.POSITIVE_INFINITY ? 1 : 0;
            before = point.value();
        }
        return new Agreement(true, growths);
    }

    private static boolean falls(List<Point> points, int from, int to) {
        for (int i = from + 1; i <= to; i++) {
            if (points.get(i).value() < points.get(i - 1).value()) {
                return true;
            }
        }
        return false;
    }

    /** Samples of the same moments, which must be the same. */
    static Agreement atSameMoments(List<Point> points, List<Point> others) {
        int growths = 0;
        int k = 0;
        double before = Double.NaN;
        for (Point point : points) {
            while (k < others.size() && others.get(k).millis() < point.millis()) {
                k++;
            }
            if (k >= others.size() || others.get(k).millis() > point.millis()) {
                continue;
            }
            if (others.get(k).value() != point.value()) {
                return IMPOSSIBLE;
            }
            growths += point.value() > before ? 1 : 0;
            before = point.value();
        }
        return new Agreement(true, growths);
    }
}
