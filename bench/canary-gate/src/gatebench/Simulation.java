package gatebench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;

/** Runs the gates on conditions of error rates, and finds the thresholds that match their false-alarm rates. */
final class Simulation {
    /** Index of our gate. */
    static final int OURS = 0;
    /** Index of Kayenta against a baseline of the canary's size, as its documentation asks for. */
    static final int KAYENTA = 1;
    /** Index of Kayenta against the whole stable version. */
    static final int KAYENTA_ALL = 2;
    static final List<Gate> GATES = List.of(new OurGate(), new KayentaGate(false), new KayentaGate(true), ArgoGate.documented(), ArgoGate.quick(), new FlaggerGate());
    /** The false-alarm rates that are compared. */
    static final double[] LEVELS = {0.001, 0.01, 0.05};
    /** Rollouts that the thresholds are tuned on, for each that is judged. */
    private static final int TUNING = 2;
    private static final long TUNING_SEED = 0x7475_6E65L;

    private final int count;
    private final long seed;
    private final ExecutorService pool;
    private final Map<String, double[][]> tuned = new LinkedHashMap<>();

    Simulation(int count, long seed, ExecutorService pool) {
        this.count = count;
        this.seed = seed;
        this.pool = pool;
    }

    /** Rollouts under a condition, seen by all gates; by ours alone when the ticks are shorter than a minute. */
    Runs run(Condition c) throws InterruptedException {
        return run(c, count, seed, true);
    }

    private Runs run(Condition c, int rollouts, long withSeed, boolean passes) throws InterruptedException {
        int gates = c.tickSeconds() == 60 ? GATES.size() : 1;
        int ticks = c.ticks();
        return Runs.empty(rollouts, gates, ticks, c.tickSeconds(), c.onset() * 60 / c.tickSeconds(), passes).filled((i, into) -> {
            Trace trace = Traffic.trace(c, new Randomness(withSeed, c.name().hashCode(), c.tickSeconds(), i));
            into.exposed(i, trace.canary().requests());
            ((OurGate) GATES.get(OURS)).watch(trace, into.highest()[OURS][i], passes ? into.passes()[i] : null);
            for (int g = 1; g < gates; g++) {
                if (g == KAYENTA_ALL && trace.stable() == trace.baseline()) {
                    System.arraycopy(into.highest()[KAYENTA][i], 0, into.highest()[g][i], 0, ticks);
                } else {
                    GATES.get(g).watch(trace, into.highest()[g][i]);
                }
            }
        }, pool);
    }

    /** Each gate's threshold for each of {@link #LEVELS}, tuned on plain A/A rollouts of other seeds with the condition's split and base rate. */
    double[][] tuned(Condition c) throws InterruptedException {
        String key = c.split() + c.base();
        if (!tuned.containsKey(key)) {
            Runs runs = run(Condition.of(Condition.Shape.PLAIN, c.stablePerCanary(), c.base(), 1), TUNING * count, seed ^ TUNING_SEED, false);
            double[][] thresholds = new double[GATES.size()][LEVELS.length];
            for (int g = 0; g < GATES.size(); g++) {
                for (int l = 0; l < LEVELS.length; l++) {
                    thresholds[g][l] = runs.threshold(g, LEVELS[l]);
                }
            }
            tuned.put(key, thresholds);
        }
        return tuned.get(key);
    }

    /** The threshold of a gate's defaults; a rate at the bound itself is within it. */
    static double usual(int gate) {
        double usual = GATES.get(gate).usual();
        return gate == OURS ? usual : Math.nextUp((float) usual);
    }
}
