package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
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
     * @param deadline until when it has to be over
     */
    static Agreement of(List<Point> points, List<List<Point>> others, Deadline deadline) {
        List<Neighbours> neighbours = others.stream().map(Neighbours::new).toList();
        int growths = 0;
        double before = Double.NaN;
        long steps = 0;
        for (Point point : points) {
            double low = 0;
            double high = 0;
            boolean fell = point.value() < before;
            for (Neighbours other : neighbours) {
                deadline.check(steps++);
                other.moveTo(point.millis());
                low += other.low();
                high += other.high();
                fell |= other.fall();
            }
            if (!fell && !(low <= point.value() && point.value() <= high)) {
                return IMPOSSIBLE;
            }
            growths += !fell && low > 0 && low < high && high < Double.POSITIVE_INFINITY ? 1 : 0;
            before = point.value();
        }
        return new Agreement(true, growths);
    }

    /** The samples around a moment that goes on: both ends move, and none is walked twice. */
    private static final class Neighbours {
        private final List<Point> points;
        /** The first sample that is not surely before the moment. */
        private int begin;
        /** The first sample that is surely after it. */
        private int end;
        /** The last sample up to the end that is lower than the one before it. */
        private int lastFall;

        Neighbours(List<Point> points) {
            this.points = points;
        }

        void moveTo(long millis) {
            while (begin < points.size() && points.get(begin).millis() <= millis - TOLERANCE) {
                begin++;
            }
            while (end < points.size() && points.get(end).millis() < millis + TOLERANCE) {
                end++;
                if (end < points.size() && points.get(end).value() < points.get(end - 1).value()) {
                    lastFall = end;
                }
            }
        }

        double low() {
            return begin == 0 ? 0 : points.get(begin - 1).value();
        }

        double high() {
            return end == points.size() ? Double.POSITIVE_INFINITY : points.get(end).value();
        }

        /** Whether it fell from the last sample before to the first one after. */
        boolean fall() {
            return lastFall > Math.max(0, begin - 1);
        }
    }

    /** Samples of the same moments, which must be the same. */
    static Agreement atSameMoments(List<Point> points, List<Point> others, Deadline deadline) {
        int growths = 0;
        int k = 0;
        double before = Double.NaN;
        long steps = 0;
        for (Point point : points) {
            deadline.check(steps++);
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
