package io.jenkins.plugins.mldelivery.deploy;

/**
 * Whom requests to the model reach, as its Services and their endpoints say. A split of traffic is logged and noted only
 * once this bears it out: a route to a Service that leads elsewhere divides nothing.
 *
 * @param problem why a Service does not lead where it has to, in words, or null
 * @param stable ready pods of the stable version that get requests
 * @param canary ready pods of the canary that get requests
 * @param others ready pods that get requests too, though they are neither version's
 */
public record Reach(String problem, int stable, int canary, int others) {
    private static final int ALL = 100;

    public Reach {
        problem = KeptText.sentence(problem);
    }

    /** The canary's share in percent where requests are spread evenly over these pods; 0 where there are none. */
    public double share() {
        int pods = stable + canary + others;
        return pods == 0 ? 0 : (double) ALL * canary / pods;
    }

    /** A share in whole percent: one that is neither none nor all does not become that. */
    static int percent(double share) {
        return share <= 0 ? 0 : share >= ALL ? ALL : (int) Math.max(1, Math.min(ALL - 1, Math.round(share)));
    }
}
