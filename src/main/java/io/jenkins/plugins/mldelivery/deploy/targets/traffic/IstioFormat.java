package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** HTTP routes of a VirtualService: weighted destinations, and one mirror. The versions are told apart by the Service's host, or by the subset of one host. */
final class IstioFormat implements RuleFormat {
    static final String STABLE = "stable";
    static final String CANARY = "canary";
    private static final String DESTINATION = "destination";
    private static final String MIRROR = "mirror";
    private static final String PERCENTAGE = "mirrorPercentage";
    private static final int ALL = 100;

    private final String namespace;
    private final String model;
    private final boolean subsets;

    /** @param subsets whether both versions are subsets of the Service's host */
    IstioFormat(String namespace, String model, boolean subsets) {
        this.namespace = namespace;
        this.model = model;
        this.subsets = subsets;
    }

    @Override
    public String rules() {
        return "http";
    }

    @Override
    public String backends() {
        return "route";
    }

    /** Whether a host, in the model's namespace, is a Service: by its short name or a longer one, in whatever cluster domain. */
    boolean isHost(String host, String service) {
        return host.equals(service) || host.equals(service + "." + namespace) || host.equals(service + "." + namespace + ".svc") || host.startsWith(service + "." + namespace + ".svc.");
    }

    /** Whether a backend leads to the model's host, but to none of its two subsets, where they are what is routed. */
    boolean isUndivided(Map<String, Object> backend) {
        Map<String, Object> destination = Json.map(backend.get(DESTINATION));
        return subsets && isHost(Json.text(destination.get("host")), model) && !isStable(backend) && !isCanary(backend);
    }

    @Override
    public boolean isStable(Map<String, Object> backend) {
        return is(Json.map(backend.get(DESTINATION)), model, STABLE);
    }

    @Override
    public boolean isCanary(Map<String, Object> backend) {
        return isCanaryDestination(Json.map(backend.get(DESTINATION)));
    }

    private boolean isCanaryDestination(Map<String, Object> destination) {
        return is(destination, subsets ? model : model + "-canary", CANARY);
    }

    private boolean is(Map<String, Object> destination, String service, String subset) {
        return isHost(Json.text(destination.get("host")), service) && (!subsets || subset.equals(destination.get("subset")));
    }

    @Override
    public Map<String, Object> toCanary(Map<String, Object> backend) {
        Map<String, Object> destination = new LinkedHashMap<>(Json.map(backend.get(DESTINATION)));
        if (subsets) {
            destination.put("subset", CANARY);
        } else {
            destination.put("host", model + "-canary" + Json.text(destination.get("host")).substring(model.length()));
            destination.remove("subset"); // A subset of the user's is one of the other host.
        }
        Map<String, Object> other = new LinkedHashMap<>(backend);
        other.put(DESTINATION, destination);
        return other;
    }

    /** Istio sends everything to the only destination, and of several nothing to one without a weight. */
    @Override
    public int defaultWeight(boolean alone) {
        return alone ? ALL : 0;
    }

    @Override
    public int mirror(Map<String, Object> rule) {
        return isCanaryDestination(Json.map(rule.get(MIRROR))) ? (int) Json.number(Json.map(rule.get(PERCENTAGE)).get("value"), ALL) : 0;
    }

    @Override
    public void mirror(Map<String, Object> rule, Map<String, Object> stable, int percent) {
        if (percent > 0 && !mirrorsElsewhere(rule)) {
            rule.put(MIRROR, Json.map(toCanary(stable).get(DESTINATION)));
            rule.put(PERCENTAGE, new LinkedHashMap<>(Map.of("value", percent)));
        } else if (percent == 0 && isCanaryDestination(Json.map(rule.get(MIRROR)))) {
            rule.remove(MIRROR);
            rule.remove(PERCENTAGE);
        }
    }

    /** Istio takes either one <code>mirror</code> or <code>mirrors</code>. */
    @Override
    public boolean mirrorsElsewhere(Map<String, Object> rule) {
        return rule.get(MIRROR) != null && !isCanaryDestination(Json.map(rule.get(MIRROR))) || rule.get("mirrors") instanceof List<?> list && !list.isEmpty();
    }
}
