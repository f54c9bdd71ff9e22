package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.jenkins.plugins.mldelivery.deploy.TrafficSplit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The rules of a route that lead to the model, and the split in them. Pure: objects are read and changed copies are made of them. Every rule that has the stable version as a backend is managed,
 * everything else stays as it is: a rule with the canary alone is one of the user's own, such as one for testers. The weights that the user had set are kept in an annotation while a canary is
 * in the rules, so that they can be put back; another one says that the mirrors to the canary are a rollout's, and not the user's.
 */
final class WeightedRules {
    private static final String ANNOTATION = "ml-delivery.io/weights.";
    private static final String MIRROR_ANNOTATION = "ml-delivery.io/mirror.";
    private static final String NONE = "-";
    private static final int ALL = 100;

    private final RuleFormat format;
    private final String annotation;
    private final String mirrorAnnotation;

    WeightedRules(RuleFormat format, String model) {
        this.format = format;
        this.annotation = ANNOTATION + model;
        this.mirrorAnnotation = MIRROR_ANNOTATION + model;
    }

    /**
     * What the rules say.
     *
     * @param rules how many of them are managed
     * @param split the largest weight and the largest mirror of any of them
     * @param even whether all of them say the same, and say it as this class writes it
     */
    record Written(int rules, TrafficSplit split, boolean even) {}

    Written read(GenericKubernetesResource route) {
        int weight = 0;
        int mirror = 0;
        boolean even = true;
        boolean mirrored = mirrored(route);
        List<TrafficSplit> splits = new ArrayList<>();
        for (Map<String, Object> rule : managed(route)) {
            List<Map<String, Object>> backends = Json.maps(rule.get(format.backends()));
            List<Map<String, Object>> canaries = backends.stream().filter(format::isCanary).toList();
            List<Map<String, Object>> stables = backends.stream().filter(format::isStable).toList();
            int share = 0;
            if (!canaries.isEmpty()) {
                long canary = canaries.stream().mapToLong(b -> weight(b, backends)).sum();
                long stable = stables.stream().mapToLong(b -> weight(b, backends)).sum();
                share = canary <= 0 ? 0 : (int) Math.max(1, Math.round((double) ALL * canary / (canary + Math.max(0, stable))));
                even &= canaries.size() == 1 && stables.size() == 1 && canary > 0 && canary + stable == ALL;
            }
            splits.add(new TrafficSplit(share, mirrored ? Math.max(0, Math.min(ALL, format.mirror(rule))) : 0));
            weight = Math.max(weight, share);
            mirror = Math.max(mirror, splits.get(splits.size() - 1).mirror());
        }
        TrafficSplit split = new TrafficSplit(weight, mirror);
        return new Written(splits.size(), split, even && splits.stream().allMatch(split::equals));
    }

    /** The route with the split in its managed rules; equal to the one given when it is there already. */
    GenericKubernetesResource write(GenericKubernetesResource route, TrafficSplit split) {
        GenericKubernetesResource changed = Json.copy(route);
        Iterator<Object> kept = kept(changed).iterator();
        List<Object> before = new ArrayList<>();
        boolean mirrors = split.mirror() > 0 || mirrored(route);
        boolean ours = false;
        for (Map<String, Object> rule : managed(changed)) {
            List<Object> backends = new ArrayList<>((List<?>) rule.get(format.backends()));
            boolean shared = find(backends, false) >= 0;
            backends.removeIf(b -> b instanceof Map<?, ?> && format.isCanary(Json.map(b)));
            int stableAt = find(backends, true);
            Map<String, Object> stable = Json.map(backends.get(stableAt));
            Object own = shared ? kept.hasNext() ? kept.next() : null : stable.get("weight");
            before.add(own);
            if (split.weight() > 0) {
                Map<String, Object> canary = format.toCanary(stable);
                canary.put("weight", split.weight());
                stable.put("weight", split.stableWeight());
                backends.add(stableAt + 1, canary);
            } else if (own == null) {
                stable.remove("weight");
            } else {
                stable.put("weight", own);
            }
            rule.put(format.backends(), backends);
            if (mirrors) {
                format.mirror(rule, stable, split.mirror());
                ours |= format.mirror(rule) > 0;
            }
        }
        keep(changed, split.weight() > 0 ? before : List.of(), ours);
        return changed;
    }

    /** What is wrong with the managed rules, or null. */
    String misfit(GenericKubernetesResource route, TrafficSplit hardest) {
        List<Map<String, Object>> rules = managed(route);
        for (Map<String, Object> rule : rules) {
            List<Map<String, Object>> backends = Json.maps(rule.get(format.backends()));
            String which = "rule " + (Json.maps(spec(route).get(format.rules())).indexOf(rule) + 1) + " of it ";
            if (backends.stream().filter(format::isStable).count() > 1) {
                return which + "has the model more than once";
            }
            if (backends.stream().anyMatch(b -> !format.isStable(b) && !format.isCanary(b) && weight(b, backends) > 0)) {
                return which + "divides its requests between the model and others, so that the canary's share would be of a part only";
            }
            if (hardest.mirror() > 0 && !mirrored(route) && format.mirror(rule) > 0) {
                return which + "mirrors its requests to the canary already";
            }
            if (hardest.mirror() > 0 && format.mirrorsElsewhere(rule)) {
                return which + "mirrors its requests elsewhere already";
            }
        }
        return null;
    }

    private List<Map<String, Object>> managed(GenericKubernetesResource route) {
        return Json.maps(spec(route).get(format.rules())).stream()
                .filter(rule -> Json.maps(rule.get(format.backends())).stream().anyMatch(format::isStable))
                .toList();
    }

    /** Whether mirrors to the canary are a rollout's. */
    private boolean mirrored(GenericKubernetesResource route) {
        Map<String, String> annotations = route.getMetadata().getAnnotations();
        return annotations != null && annotations.containsKey(mirrorAnnotation);
    }

    private static Map<String, Object> spec(GenericKubernetesResource route) {
        return Json.map(route.getAdditionalProperties().get("spec"));
    }

    private int find(List<Object> backends, boolean stable) {
        for (int i = 0; i < backends.size(); i++) {
            if (backends.get(i) instanceof Map<?, ?> && (stable ? format.isStable(Json.map(backends.get(i))) : format.isCanary(Json.map(backends.get(i))))) {
                return i;
            }
        }
        return -1;
    }

    private long weight(Map<String, Object> backend, List<Map<String, Object>> backends) {
        return Json.number(backend.get("weight"), format.defaultWeight(backends.size() == 1));
    }

    /** The user's own weights of the rules that have a canary, in order; null stands for none. */
    private List<Object> kept(GenericKubernetesResource route) {
        Map<String, String> annotations = route.getMetadata().getAnnotations();
        String text = annotations == null ? null : annotations.get(annotation);
        List<String> weights = text == null ? List.of() : List.of(text.split(",", -1));
        // Each by itself: a pattern of all of them would go as deep as the text is long.
        if (!weights.stream().allMatch(w -> w.matches("-|\\d{1,7}"))) {
            return List.of();
        }
        return weights.stream().map(w -> (Object) (NONE.equals(w) ? null : Integer.valueOf(w)))
                .collect(Collectors.toList());
    }

    private void keep(GenericKubernetesResource route, List<Object> weights, boolean mirrors) {
        Map<String, String> annotations = new LinkedHashMap<>();
        if (route.getMetadata().getAnnotations() != null) {
            annotations.putAll(route.getMetadata().getAnnotations());
        }
        String before = annotations.remove(annotation);
        if (!weights.isEmpty()) {
            annotations.put(annotation, weights.stream().map(w -> w == null ? NONE : String.valueOf(w)).collect(Collectors.joining(",")));
        }
        String mirrored = annotations.remove(mirrorAnnotation);
        if (mirrors) {
            annotations.put(mirrorAnnotation, "true");
        }
        if (!Objects.equals(before, annotations.get(annotation)) || (mirrored != null) != mirrors) {
            route.getMetadata().setAnnotations(annotations);
        }
    }
}
