package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/** The spread of one track's events over its pods: look by look, and in periods of several looks, the last of them still open. Immutable. */
final class TrackPods {
    /** Pods that are told apart; more of them share the places. */
    static final int MOST = 64;

    /** Looks of a period; the last one never ends. */
    private static final int[] SPANS = {1, 4, 16, Integer.MAX_VALUE};

    private static final int OPEN = SPANS.length - 1;

    /** Pods whose bits are written together. */
    private static final int MASK = 28;

    private final long looks;
    private final double degrees;
    private final double all;
    private final Spread[] ended;

    private final long[] names;

    /** By open span (all but the first), by pod. */
    private final double[][] events;

    private final double[][] requests;

    private TrackPods(long looks, double degrees, double all, Spread[] ended, long[] names, double[][] events, double[][] requests) {
        this.looks = looks;
        this.degrees = degrees;
        this.all = all;
        this.ended = ended;
        this.names = names;
        this.events = events;
        this.requests = requests;
    }

    static TrackPods none() {
        Spread[] ended = new Spread[SPANS.length];
        Arrays.fill(ended, Spread.NONE);
        return new TrackPods(0, 0, 0, ended, new long[0], new double[OPEN][0], new double[OPEN][0]);
    }

    /** Adds a look. */
    TrackPods plus(List<Pod> pods) {
        if (pods.isEmpty()) {
            return this;
        }
        long[] next = Arrays.copyOf(names, Math.min(MOST, names.length + pods.size()));
        double[] x = new double[next.length];
        double[] n = new double[next.length];
        int known = names.length;
        double sum = 0;
        for (Pod pod : pods) {
            long name = NameHash.of(pod.name());
            int place = 0;
            while (place < known && next[place] != name) {
                place++;
            }
            if (place == MOST) {
                place = (int) (name % MOST);
            } else if (place == known) {
                next[known++] = name;
            }
            x[place] += pod.events();
            n[place] += pod.requests();
            sum += pod.events();
        }
        Spread[] nextEnded = ended.clone();
        double[][] nextEvents = new double[OPEN][];
        double[][] nextRequests = new double[OPEN][];
        nextEnded[0] = ended[0].plus(Spread.of(x, n));
        for (int s = 0; s < OPEN; s++) {
            nextEvents[s] = sum(events[s], x, known);
            nextRequests[s] = sum(requests[s], n, known);
            if ((looks + 1) % SPANS[s + 1] == 0) {
                nextEnded[s + 1] = ended[s + 1].plus(Spread.of(nextEvents[s], nextRequests[s]));
                nextEvents[s] = new double[known];
                nextRequests[s] = new double[known];
            }
        }
        return new TrackPods(looks + 1, degrees + degrees(x, n), all + sum, nextEnded, Arrays.copyOf(next, known), nextEvents, nextRequests);
    }

    private static double[] sum(double[] before, double[] now, int count) {
        double[] sum = Arrays.copyOf(before, count);
        for (int i = 0; i < sum.length; i++) {
            sum[i] += now[i];
        }
        return sum;
    }

    /** How much a look tells about the spread: one less than the pods, counted by their requests, and nothing at a single event. */
    private static double degrees(double[] events, double[] requests) {
        double all = 0;
        double x = 0;
        double squares = 0;
        for (int i = 0; i < events.length; i++) {
            all += requests[i];
            x += events[i];
            squares += requests[i] * requests[i];
        }
        return all > 0 && x > 1 && squares > 0 ? (all * all / squares - 1) * (1 - 1 / x) : 0;
    }

    /** What all looks so far told about the spread, in degrees of freedom. */
    double degrees() {
        return degrees;
    }

    /** Events of all looks so far. */
    double events() {
        return all;
    }

    /** The place of a pod, by its {@link NameHash}; −1 when it has none of its own. */
    int place(long name) {
        for (int i = 0; i < names.length; i++) {
            if (names[i] == name) {
                return i;
            }
        }
        return -1;
    }

    /**
     * The pod at a place.
     *
     * @throws IllegalArgumentException when there is none
     */
    long name(int place) {
        if (place < 0 || place >= names.length) {
            throw new IllegalArgumentException("there is no pod " + place);
        }
        return names[place];
    }

    /** How many pods have places. */
    int count() {
        return names.length;
    }

    /** Whether it has seen another pod than this one, by its {@link NameHash}. */
    boolean knowsBeside(long name) {
        return names.length > 1 || names.length == 1 && names[0] != name;
    }

    /** Requests of all looks so far: those of the period that never ends. */
    double requests() {
        return DoubleStream.of(requests[OPEN - 1]).sum();
    }

    /** For each length of a period the spread so far, with the open period. */
    Spread[] spreads() {
        Spread[] spreads = ended.clone();
        for (int s = 0; s < OPEN; s++) {
            spreads[s + 1] = ended[s + 1].plus(Spread.of(events[s], requests[s]));
        }
        return spreads;
    }

    /** Writes all of it: looks, degrees, events, the ended periods, then the pods' names, and what they have in the open periods. */
    void pack(Packer to) {
        to.whole(looks).number(degrees).number(all);
        for (Spread one : ended) {
            to.number(one.excess()).number(one.events()).number(one.noise());
        }
        to.whole(names.length);
        for (long name : names) {
            to.name(name);
        }
        for (int s = 0; s < OPEN; s++) {
            to.numbers(DoubleStream.of(requests[s]).boxed().toList()).numbers(DoubleStream.of(events[s]).boxed().toList());
        }
    }

    /**
     * Reads {@link #pack}.
     *
     * @throws IllegalArgumentException when it is damaged
     */
    static TrackPods unpack(Unpacker from) {
        long looks = from.whole();
        double degrees = from.number();
        double all = from.number();
        Spread[] ended = new Spread[SPANS.length];
        for (int s = 0; s < ended.length; s++) {
            ended[s] = new Spread(from.number(), from.number(), from.number());
        }
        int pods = from.count();
        if (pods > MOST) {
            throw new IllegalArgumentException("there are more pods than are told apart");
        }
        long[] names = new long[pods];
        Arrays.setAll(names, i -> from.name());
        double[][] events = new double[OPEN][];
        double[][] requests = new double[OPEN][];
        for (int s = 0; s < OPEN; s++) {
            requests[s] = from.numbers(pods).stream().mapToDouble(Double::doubleValue).toArray();
            events[s] = from.numbers(pods).stream().mapToDouble(Double::doubleValue).toArray();
        }
        return new TrackPods(looks, degrees, all, ended, names, events, requests);
    }

    /** Writes what differs from another one that saw the same pods and requests, but more events. */
    void packBeside(Packer to, TrackPods other) {
        to.number(degrees).number(all);
        for (int s = 0; s < ended.length; s++) {
            to.whole(ended[s].equals(other.ended[s]) ? 0 : 1);
            if (!ended[s].equals(other.ended[s])) {
                to.number(ended[s].excess()).number(ended[s].events()).number(ended[s].noise());
            }
        }
        for (int s = 0; s < OPEN; s++) {
            for (int from = 0; from < names.length; from += MASK) {
                long differ = 0;
                for (int pod = from; pod < Math.min(names.length, from + MASK); pod++) {
                    differ |= events[s][pod] == other.events[s][pod] ? 0 : 1L << pod - from;
                }
                to.whole(differ);
                for (int pod = from; differ >>> pod - from != 0 && pod < from + MASK; pod++) {
                    if ((differ >>> pod - from & 1) != 0) {
                        to.number(events[s][pod]);
                    }
                }
            }
        }
    }

    /**
     * Reads {@link #packBeside}.
     *
     * @throws IllegalArgumentException when it is damaged
     */
    static TrackPods unpackBeside(Unpacker from, TrackPods other) {
        double degrees = from.number();
        double all = from.number();
        Spread[] ended = new Spread[SPANS.length];
        for (int s = 0; s < ended.length; s++) {
            ended[s] = from.whole() == 0 ? other.ended[s] : new Spread(from.number(), from.number(), from.number());
        }
        double[][] events = new double[OPEN][];
        for (int s = 0; s < OPEN; s++) {
            events[s] = other.events[s].clone();
            for (int first = 0; first < other.names.length; first += MASK) {
                long differ = from.whole();
                if (differ >>> Math.min(MASK, other.names.length - first) != 0) {
                    throw new IllegalArgumentException("it tells of pods that are not there");
                }
                for (int pod = first; differ >>> pod - first != 0; pod++) {
                    events[s][pod] = (differ >>> pod - first & 1) == 0 ? events[s][pod] : from.number();
                }
            }
        }
        return new TrackPods(other.looks, degrees, all, ended, other.names, events, other.requests);
    }
}
