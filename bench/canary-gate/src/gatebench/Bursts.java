package gatebench;

import io.jenkins.plugins.mldelivery.verify.stats.ErrorRateTest;
import io.jenkins.plugins.mldelivery.verify.stats.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** False alarms of <code>errorRate()</code> where the errors of single pods come in bursts, with and without its guard against them, and what the guard costs. */
final class Bursts {
    private static final int ROLLOUTS = 3000;
    private static final int DETECTED = 1000;
    private static final int MINUTES = 60;
    private static final int ONSET = 30;
    private static final double RATE = 0.005;
    private static final double REQUESTS = 150;
    private static final int SPELL = 3;
    private static final int SPELL_EVERY = 120;

    private final Shape shape;
    private final int canary;
    private final int stable;
    private final double times;
    private final int looks;
    private final boolean staggered;

    /** How the error rate of each pod moves from minute to minute. */
    private enum Shape {
        PLAIN("plain"),
        GAMMA("each pod-minute × a gamma of variance 2"),
        SPELLS("a pod at ×10 for 3 min, once in 2 h"),
        WANDER("log-normal, AR 0.8, σ 0.7"),
        INCIDENT("both tracks at ×10 in minutes 20 to 30");

        private final String words;

        Shape(String words) {
            this.words = words;
        }
    }

    /**
     * @param times the usual traffic
     * @param looks a minute
     * @param staggered whether each pod is scraped once a minute, and not all of them in the same look
     */
    private Bursts(Shape shape, int canary, int stable, double times, int looks, boolean staggered) {
        this.shape = shape;
        this.canary = canary;
        this.stable = stable;
        this.times = times;
        this.looks = looks;
        this.staggered = staggered;
    }

    static String markdown() {
        StringBuilder table = new StringBuilder("# `errorRate()` where errors come in bursts\n\n`bench/canary-gate/run bursts`: " + MINUTES + " minutes, " + 100 * RATE + " % errors, " + (int) REQUESTS
                + " requests a pod and minute, α = 1 %. False alarms of " + ROLLOUTS + " rollouts in % (standard error 0.2 at 1 %), what is found of a canary with twice the errors, and minutes until ten times the errors from minute " + ONSET + " on are found, of "
                + DETECTED + " (undetected ones count to the end). \"Scraped in turn\": a look every 15 s, each pod in one of four.\n\n");
        table.append("| errors | pods, canary:stable | looks | false alarms without the guard | with it | ×2 found without | with it | ×10 from minute 30, min without | with it |\n|---|---|---|---|---|---|---|---|---|\n");
        int[][] splits = {{2, 18}, {2, 2}, {1, 9}, {1, 1}};
        for (Shape shape : Shape.values()) {
            for (int[] split : splits) {
                table.append(new Bursts(shape, split[0], split[1], 1, 1, false).row());
            }
        }
        for (int[] split : splits) {
            table.append(new Bursts(Shape.GAMMA, split[0], split[1], 1, 4, false).row());
            table.append(new Bursts(Shape.GAMMA, split[0], split[1], 1, 4, true).row());
            table.append(new Bursts(Shape.SPELLS, split[0], split[1], 1, 4, true).row());
            table.append(new Bursts(Shape.GAMMA, split[0], split[1], 10, 1, false).row());
        }
        return table.toString();
    }

    private String row() {
        String often = staggered ? "15 s, scraped in turn" : looks == 4 ? "15 s" : "1 min";
        return String.format(Locale.ROOT, "| %s%s | %d:%d | %s | %.1f | %.1f | %.0f | %.0f | %.1f | %.1f |%n", shape.words, times == 1 ? "" : ", " + (int) times + " × the traffic", canary, stable, often,
                found(1, 0, false, ROLLOUTS), found(1, 0, true, ROLLOUTS), found(2, 0, false, DETECTED), found(2, 0, true, DETECTED), late(false), late(true));
    }

    /** Percent. */
    private double found(double ratio, int onset, boolean guarded, int rollouts) {
        return 100.0 / rollouts * IntStream.range(0, rollouts).parallel().filter(run -> minutes(run, ratio, onset, guarded) <= MINUTES).count();
    }

    /** Mean minutes from the onset, of those that had no alarm before. */
    private double late(boolean guarded) {
        return IntStream.range(0, DETECTED).parallel().mapToDouble(run -> minutes(run, 10, ONSET, guarded) - ONSET).filter(m -> m > 0).average().orElse(Double.NaN);
    }

    /** When the canary is failed, in minutes; at the end and a look where it isn't. */
    private double minutes(int run, double ratio, int onset, boolean guarded) {
        Randomness random = new Randomness(29, run);
        Rates rates = new Rates(random);
        Pod[] unread = new Pod[canary + stable];
        ErrorRateTest test = ErrorRateTest.none();
        double[] open = new double[4];
        for (int look = 0; look < MINUTES * looks; look++) {
            if (look % looks == 0) {
                rates.next(look / looks);
            }
            List<Pod> ofCanary = new ArrayList<>();
            List<Pod> ofStable = new ArrayList<>();
            for (int pod = 0; pod < unread.length; pod++) {
                double requests = REQUESTS * times / looks;
                double rate = Math.min(1, RATE * rates.times[pod] * (pod < canary && look >= onset * looks ? ratio : 1));
                int errors = random.poisson(requests * rate);
                Pod before = unread[pod] == null ? new Pod("pod-" + pod, 0, 0) : unread[pod];
                unread[pod] = new Pod(before.name(), before.events() + errors, before.requests() + Math.max(errors, requests));
                if (!staggered || (look + pod) % looks == 0) {
                    (pod < canary ? ofCanary : ofStable).add(unread[pod]);
                    unread[pod] = null;
                }
            }
            test = guarded ? test.seen(ofCanary, ofStable) : test;
            add(open, 0, ofCanary);
            add(open, 2, ofStable);
            if (open[1] > 0 && open[3] > 0) {
                test = test.plus(open[0], open[1], open[2], open[3], OurGate.ALPHA);
                open = new double[4];
            }
            if (test.logEvidenceWorse() >= Math.log(1 / OurGate.ALPHA)) {
                return (look + 1.0) / looks;
            }
        }
        return MINUTES + 1.0 / looks;
    }

    private static void add(double[] open, int at, List<Pod> pods) {
        for (Pod pod : pods) {
            open[at] += pod.events();
            open[at + 1] += pod.requests();
        }
    }

    /** By what the pods' error rates are multiplied, minute by minute. */
    private final class Rates {
        private final Randomness random;
        private final double[] times = new double[canary + stable];
        private final double[] state = new double[canary + stable];

        Rates(Randomness random) {
            this.random = random;
        }

        void next(int minute) {
            for (int pod = 0; pod < times.length; pod++) {
                switch (shape) {
                    case GAMMA -> times[pod] = random.gamma(0.5);
                    case SPELLS -> {
                        state[pod] = state[pod] > 0 ? state[pod] - 1 : random.below(SPELL_EVERY) == 0 ? SPELL : 0;
                        times[pod] = state[pod] > 0 ? 10 : 1;
                    }
                    case WANDER -> {
                        state[pod] = 0.8 * state[pod] + 0.6 * random.normal();
                        times[pod] = Math.exp(0.7 * state[pod]);
                    }
                    case INCIDENT -> times[pod] = minute >= 20 && minute < 30 ? 10 : 1;
                    default -> times[pod] = 1;
                }
            }
        }
    }
}
