package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rules of an HTTPRoute: <code>backendRefs</code> with weights, and filters of the type RequestMirror. What the API server would fill in is written, so that what is read is what was written. */
final class GatewayFormat implements RuleFormat {
    private static final String MIRROR_TYPE = "RequestMirror";
    private static final String MIRROR = "requestMirror";
    private static final String SERVICE = "Service";
    private static final int ALL = 100;

    private final String namespace;
    private final String stable;
    private final String canary;

    GatewayFormat(String namespace, String model) {
        this.namespace = namespace;
        this.stable = model;
        this.canary = model + "-canary";
    }

    @Override
    public String rules() {
        return "rules";
    }

    @Override
    public String backends() {
        return "backendRefs";
    }

    @Override
    public boolean isStable(Map<String, Object> backend) {
        return isService(backend, stable);
    }

    @Override
    public boolean isCanary(Map<String, Object> backend) {
        return isService(backend, canary);
    }

    private boolean isService(Map<String, Object> backend, String name) {
        return name.equals(backend.get("name"))
                && backend.getOrDefault("group", "").equals("")
                && backend.getOrDefault("kind", SERVICE).equals(SERVICE)
                && backend.getOrDefault("namespace", namespace).equals(namespace);
    }

    @Override
    public Map<String, Object> toCanary(Map<String, Object> backend) {
        Map<String, Object> other = new LinkedHashMap<>(backend);
        other.put("name", canary);
        return other;
    }

    @Override
    public int defaultWeight(boolean alone) {
        return 1;
    }

    @Override
    public int mirror(Map<String, Object> rule) {
        return Json.maps(rule.get("filters")).stream().filter(this::isMirror).mapToInt(f -> percent(Json.map(f.get(MIRROR)))).max().orElse(0);
    }

    private static int percent(Map<String, Object> mirror) {
        if (mirror.get("fraction") instanceof Map<?, ?>) {
            Map<String, Object> fraction = Json.map(mirror.get("fraction"));
            return (int) (ALL * Json.number(fraction.get("numerator"), 0) / Math.max(1, Json.number(fraction.get("denominator"), ALL)));
        }
        return (int) Json.number(mirror.get("percent"), ALL);
    }

    @Override
    public void mirror(Map<String, Object> rule, Map<String, Object> backend, int percent) {
        List<Map<String, Object>> filters = new ArrayList<>(Json.maps(rule.get("filters")));
        int at = -1;
        for (int i = filters.size() - 1; i >= 0; i--) {
            if (isMirror(filters.get(i))) {
                at = i;
                filters.remove(i);
            }
        }
        if (percent > 0) {
            filters.add(at < 0 ? filters.size() : at, filter(backend, percent));
        }
        if (!filters.isEmpty()) {
            rule.put("filters", filters);
        } else if (at >= 0) {
            rule.remove("filters");
        }
    }

    private Map<String, Object> filter(Map<String, Object> backend, int percent) {
        Map<String, Object> reference = new LinkedHashMap<>(Map.of("group", "", "kind", SERVICE, "name", canary));
        for (String field : List.of("namespace", "port")) {
            if (backend.containsKey(field)) {
                reference.put(field, backend.get(field));
            }
        }
        Map<String, Object> mirror = new LinkedHashMap<>(Map.of("backendRef", reference));
        if (percent < ALL) {
            mirror.put("percent", percent);
        }
        return new LinkedHashMap<>(Map.of("type", MIRROR_TYPE, MIRROR, mirror));
    }

    private boolean isMirror(Map<String, Object> filter) {
        return MIRROR_TYPE.equals(filter.get("type")) && isCanary(Json.map(Json.map(filter.get(MIRROR)).get("backendRef")));
    }

    /** A rule may have several mirrors. */
    @Override
    public boolean mirrorsElsewhere(Map<String, Object> rule) {
        return false;
    }
}
