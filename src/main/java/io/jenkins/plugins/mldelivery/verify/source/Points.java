package io.jenkins.plugins.mldelivery.verify.source;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.RandomAccess;

/** Samples in the order of their times, of which each takes 16 bytes. Immutable. */
final class Points extends AbstractList<Point> implements RandomAccess {
    private final long[] millis;
    private final double[] values;

    private Points(long[] millis, double[] values) {
        this.millis = millis;
        this.values = values;
    }

    /** Takes samples one by one. */
    static final class Builder {
        private long[] millis = new long[4];
        private double[] values = new double[4];
        private int size;

        /** The time of the last one; before all others when there is none. */
        long last() {
            return size == 0 ? Long.MIN_VALUE : millis[size - 1];
        }

        /** Another sample of the last one's time: the larger one stays, as where VictoriaMetrics leaves repetitions out. */
        void again(double value) {
            double other = values[size - 1];
            values[size - 1] = value > other || Double.isNaN(other) ? value : other;
        }

        void add(long time, double value) {
            if (size == millis.length) {
                millis = Arrays.copyOf(millis, 2 * size);
                values = Arrays.copyOf(values, 2 * size);
            }
            millis[size] = time;
            values[size++] = value;
        }

        Points build() {
            return new Points(Arrays.copyOf(millis, size), Arrays.copyOf(values, size));
        }
    }

    /** Of any list; the same when it is one of these. */
    static List<Point> of(Collection<Point> points) {
        if (points instanceof Points same) {
            return same;
        }
        Builder builder = new Builder();
        points.forEach(point -> builder.add(point.millis(), point.value()));
        return builder.build();
    }

    @Override
    public Point get(int index) {
        return new Point(millis[index], values[index]);
    }

    @Override
    public int size() {
        return millis.length;
    }
}
