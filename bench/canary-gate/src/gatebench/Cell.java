package gatebench;

/**
 * A condition and how each gate did under it.
 *
 * @param usual by gate: at its defaults
 * @param matched by gate and level: at the threshold tuned to a false-alarm rate
 * @param nominal of our gate by level: alpha set to the level, nothing tuned
 * @param ends of our gate with its rule of production at the default alpha, by margin
 */
record Cell(Condition condition, Tally[] usual, Tally[][] matched, Tally[] nominal, Runs.Ends[] ends) {
    /** Judges the runs of a condition. */
    static Cell of(Condition condition, Runs runs, double[][] thresholds) {
        int gates = Simulation.GATES.size();
        Tally[] usual = new Tally[gates];
        Tally[][] matched = new Tally[gates][Simulation.LEVELS.length];
        Tally[] nominal = new Tally[Simulation.LEVELS.length];
        for (int g = 0; g < gates; g++) {
            usual[g] = runs.tally(g, Simulation.usual(g));
            for (int l = 0; l < Simulation.LEVELS.length; l++) {
                matched[g][l] = runs.tally(g, thresholds[g][l]);
            }
        }
        for (int l = 0; l < nominal.length; l++) {
            nominal[l] = runs.tally(Simulation.OURS, Math.log(1 / Simulation.LEVELS[l]));
        }
        Runs.Ends[] ends = new Runs.Ends[OurGate.MARGINS.length];
        for (int m = 0; m < ends.length; m++) {
            ends[m] = runs.ends(Simulation.OURS, Math.log(1 / OurGate.ALPHA), m);
        }
        return new Cell(condition, usual, matched, nominal, ends);
    }

    /** Wald's bound at a false-alarm rate; for a plain rollout. */
    double bound(int level) {
        return Bound.requests(Simulation.LEVELS[level], condition.base() * condition.factor(), condition.base(), condition.stablePerCanary());
    }
}
