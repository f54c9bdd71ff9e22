package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import java.util.Map;

/** What the rules of a kind of route look like, in JSON. */
interface RuleFormat {
    /** The field of the spec that has the rules. */
    String rules();

    /** The field of a rule that has its weighted backends. */
    String backends();

    /** Whether a backend is the stable version. */
    boolean isStable(Map<String, Object> backend);

    /** Whether a backend is the canary. */
    boolean isCanary(Map<String, Object> backend);

    /** A backend like this one of the stable version, but the canary. */
    Map<String, Object> toCanary(Map<String, Object> stable);

    /** The weight of a backend that says none. */
    int defaultWeight(boolean alone);

    /** How many of a rule's requests are copied to the canary, in percent. */
    int mirror(Map<String, Object> rule);

    /** Copies so many of the rule's requests to the canary: 0 takes the mirror out. */
    void mirror(Map<String, Object> rule, Map<String, Object> stable, int percent);

    /** Whether the rule has a mirror of its own in the place where the canary's would be. */
    boolean mirrorsElsewhere(Map<String, Object> rule);
}
