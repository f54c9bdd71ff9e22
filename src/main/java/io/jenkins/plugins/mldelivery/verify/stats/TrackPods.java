package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.Arrays;
import java.util.List;

/** The spread of one track's events over its pods: look by look, and in periods of several looks, the last of them still open. Immutable. */
final class TrackPods {
    /** Pods that are told apart; more of them share the places. */
    static final int MOST = 64;

    /** Looks of a period; the last one never ends. */
    private static final int[] SPANS = {1, 4, 16, Integer.MAX_VALUE};

    private static final int HEAD = 4;
    private static final int OF_SPAN = 3;
    private static final int OPEN = SPANS.length - 1;

    private final long looks;
    private final double degrees;
    private final double all;
    private final Spread[] ended;

    /** Names as numbers that a double holds exactly. */
    private final double[] names;

    /** By open span (all but the first), by pod. */
    private final double[][] events;

    private final double[][] requests;

    private TrackPods(long looks, double degrees, double all, Spread[] ended, double[] names, double[][] events, double[][] requests) {
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
        return new TrackPods(0, 0, 0, ended, new double[0], new double[OPEN][0], new double[OPEN][0]);
    }

    /** Adds a look. */
    TrackPods plus(List<Pod> pods) {
        if (pods.isEmpty()) {
            return this;
        }
        double[] next = Arrays.copyOf(names, Math.min(MOST, names.length + pods.size()));
        double[] x = new double[next.length];
        double[] n = new double[next.length];
        int known = names.length;
        double sum = 0;
        for (Pod pod : pods) {
            double name = number(pod.name());
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

    /** FNV-1a (the draft <code>draft-eastlake-fnv</code>) in 52 bits. */
    private static double number(String name) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        return hash >>> 12;
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

    /** For each length of a period the spread so far, with the open period. */
    Spread[] spreads() {
        Spread[] spreads = ended.clone();
        for (int s = 0; s < OPEN; s++) {
            spreads[s + 1] = ended[s + 1].plus(Spread.of(events[s], requests[s]));
        }
        return spreads;
    }

    /** All of it as numbers: looks, degrees, events, number of pods, the ended periods, then for each pod its name and open counts. */
    double[] state() {
        double[] state = new double[length(names.length)];
        state[0] = looks;
        state[1] = degrees;
        state[2] = all;
        state[3] = names.length;
        int at = HEAD;
        for (Spread one : ended) {
            state[at++] = one.excess();
            state[at++] = one.events();
            state[at++] = one.noise();
        }
        for (int pod = 0; pod < names.length; pod++) {
            state[at++] = names[pod];
            for (int s = 0; s < OPEN; s++) {
                state[at++] = events[s][pod];
                state[at++] = requests[s][pod];
            }
        }
        return state;
    }

    private static int length(int pods) {
        return HEAD + OF_SPAN * SPANS.length + pods * (1 + 2 * OPEN);
    }

    /** How many of the numbers from a place on are {@link #state}'s; −1 when they are damaged. */
    static int length(double[] numbers, int from) {
        int pods = numbers.length - from < HEAD ? -1 : (int) numbers[from + HEAD - 1];
        return pods < 0 || pods > MOST || numbers.length - from < length(pods) ? -1 : length(pods);
    }

    /** Reads {@link #state} from a place on. */
    static TrackPods of(double[] numbers, int from) {
        int pods = (int) numbers[from + HEAD - 1];
        int at = from + HEAD;
        Spread[] ended = new Spread[SPANS.length];
        for (int s = 0; s < ended.length; s++) {
            ended[s] = new Spread(numbers[at], numbers[at + 1], numbers[at + 2]);
            at += OF_SPAN;
        }
        double[] names = new double[pods];
        double[][] events = new double[OPEN][pods];
        double[][] requests = new double[OPEN][pods];
        for (int pod = 0; pod < pods; pod++) {
            names[pod] = numbers[at++];
            for (int s = 0; s < OPEN; s++) {
                events[s][pod] = numbers[at++];
                requests[s][pod] = numbers[at++];
            }
        }
        return new TrackPods((long) numbers[from], numbers[from + 1], numbers[from + 2], ended, names, events, requests);
    }
}
