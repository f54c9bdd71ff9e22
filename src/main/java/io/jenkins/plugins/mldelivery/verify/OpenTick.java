package io.jenkins.plugins.mldelivery.verify;

/**
 * What was counted since both tracks last had requests. A Prometheus server scrapes each pod at its own moment, so a look often sees only one track move; the tick stays open until the other one has moved as well, and nothing is lost.
 * When it closes depends on the requests alone, never on how many failed, so the test stays valid.
 *
 * @param canaryEvents failed canary requests
 * @param canaryRequests canary requests
 * @param stableEvents failed stable requests
 * @param stableRequests stable requests
 */
public record OpenTick(double canaryEvents, double canaryRequests, double stableEvents, double stableRequests) {
    public OpenTick {
        Numbers.amounts(canaryEvents, canaryRequests, stableEvents, stableRequests);
    }

    static final OpenTick NONE = new OpenTick(0, 0, 0, 0);

    OpenTick plus(OpenTick other) {
        return new OpenTick(
                canaryEvents + other.canaryEvents, canaryRequests + other.canaryRequests, stableEvents + other.stableEvents, stableRequests + other.stableRequests);
    }

    /** Whether both tracks have had requests. */
    boolean whole() {
        return canaryRequests > 0 && stableRequests > 0;
    }
}
