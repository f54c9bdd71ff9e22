package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesErrors;
import io.jenkins.plugins.mldelivery.deploy.TrafficSplit;
import io.jenkins.plugins.mldelivery.deploy.TrafficStatus;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Divides traffic by an HTTPRoute of the Gateway API (gateway.networking.k8s.io/v1): weights of its backendRefs, and RequestMirror filters. A split is confirmed when every Gateway that the route is attached
 * to (its status.parents) has seen the route's newest generation, accepts it and has found the backends.
 */
public final class GatewayRouter implements ClusterRouter {
    private static final String ACCEPTED = "Accepted";
    private static final String RESOLVED = "ResolvedRefs";
    private static final String PARTIAL = "PartiallyInvalid";
    private static final String NOT_FOUND = "BackendNotFound";

    private final ClusterObject route;
    private final WeightedRules rules;
    private final String model;
    private final TrafficSplit hardest;

    /**
     * @param name of the HTTPRoute
     * @param hardest the split that asks most of the route
     */
    GatewayRouter(KubernetesClient client, String namespace, String model, String name, TrafficSplit hardest) {
        this.route = new ClusterObject(client, ClusterObject.type("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute", true), namespace, name, "route");
        this.rules = new WeightedRules(new GatewayFormat(namespace, model), model);
        this.model = model;
        this.hardest = hardest;
    }

    @Override
    public List<Right> rights() {
        return List.of(route.right("get", "update"));
    }

    /** Reads, and rehearses the change as a dry run. */
    @Override
    public void checkAccess() throws DeliveryException {
        GenericKubernetesResource found = route.require("Install the Gateway API and a controller of it, or choose another kind of traffic.");
        if (rules.read(found).rules() == 0) {
            throw route.wrong("no rule of " + route.title() + " leads to Service '" + model + "'", "Add the Service to the backendRefs of a rule.");
        }
        String misfit = rules.misfit(found, hardest);
        if (misfit != null) {
            throw route.wrong(route.title() + ": " + misfit, "Give the model rules of its own.");
        }
        checkAccepted(found);
        GenericKubernetesResource tried = route.rehearse(rules.write(found, hardest));
        if (tried != null && !rules.read(tried).equals(new WeightedRules.Written(rules.read(found).rules(), hardest, true))) {
            throw DeliveryException.invalid(
                    "traffic", "the cluster's HTTPRoute drops part of what the traffic needs" + (hardest.mirror() > 0 ? ", the mirror's percent" : ""),
                    "Install Gateway API 1.3 or newer" + (hardest.mirror() > 0 ? ", or mirror 100 percent." : "."));
        }
    }

    /** The backends need not be found yet: the model's Service is made by its first rollout. */
    private void checkAccepted(GenericKubernetesResource found) throws DeliveryException {
        List<Map<String, Object>> parents = parents(found);
        if (parents.isEmpty()) {
            throw route.wrong("no Gateway has said that it accepts " + route.title(), "Check its parentRefs, and that the Gateway's controller is running.");
        }
        for (Map<String, Object> parent : parents) {
            String refused = refusal(found, parent, reason -> !NOT_FOUND.equals(reason));
            if (refused != null || !"True".equals(condition(parent, ACCEPTED).get("status"))) {
                throw route.wrong(refused == null ? gateway(parent) + " has not accepted " + route.title() + " yet" : refused, "Nothing was touched.");
            }
        }
    }

    @Override
    public TrafficStatus observe() {
        GenericKubernetesResource found = route.read();
        if (found == null) {
            return new TrafficStatus(TrafficSplit.STABLE_ONLY, false, "there is no " + route.title());
        }
        WeightedRules.Written written = rules.read(found);
        if (written.rules() == 0) {
            return new TrafficStatus(TrafficSplit.STABLE_ONLY, false, "no rule of " + route.title() + " leads to Service '" + model + "'");
        }
        boolean back = written.split().stableOnly();
        String problem = null;
        boolean confirmed = written.even();
        List<Map<String, Object>> parents = parents(found);
        for (Map<String, Object> parent : parents) {
            // On the way back the canary's backends are out of the route; what else may be missing in it is not the rollout's.
            String refused = refusal(found, parent, reason -> !back);
            problem = problem == null ? refused : problem;
            confirmed &= refused == null && isSeen(found, parent, ACCEPTED) && (back || isSeen(found, parent, RESOLVED));
        }
        if (parents.isEmpty() && !back) {
            return new TrafficStatus(written.split(), false, "no Gateway has said that it accepts " + route.title());
        }
        return new TrafficStatus(written.split(), confirmed, confirmed ? null : problem);
    }

    @Override
    public void route(TrafficSplit split) throws DeliveryException {
        GenericKubernetesResource found = route.read();
        if (found != null) {
            route.write(found, rules.write(found, split));
        } else if (!split.stableOnly()) {
            throw route.missing();
        }
    }

    private static List<Map<String, Object>> parents(GenericKubernetesResource found) {
        return Json.maps(Json.map(found.getAdditionalProperties().get("status")).get("parents"));
    }

    private static Map<String, Object> condition(Map<String, Object> parent, String type) {
        return Json.maps(parent.get("conditions")).stream().filter(c -> type.equals(c.get("type"))).findFirst().orElse(Map.of());
    }

    /** Whether a condition is true of the route as it now is. A controller that does not say of which generation it speaks is believed. */
    private static boolean isSeen(GenericKubernetesResource found, Map<String, Object> parent, String type) {
        Map<String, Object> condition = condition(parent, type);
        return "True".equals(condition.get("status")) && isOfNow(found, condition);
    }

    private static boolean isOfNow(GenericKubernetesResource found, Map<String, Object> condition) {
        Long generation = found.getMetadata().getGeneration();
        return generation == null || Json.number(condition.get("observedGeneration"), generation) >= generation;
    }

    /**
     * What a controller has against the route as it now is, in its own words, or null.
     *
     * @param unresolved for which reasons references that can't be resolved count
     */
    private String refusal(GenericKubernetesResource found, Map<String, Object> parent, Predicate<String> unresolved) {
        for (String type : List.of(ACCEPTED, PARTIAL, RESOLVED)) {
            Map<String, Object> condition = condition(parent, type);
            boolean bad = (type.equals(PARTIAL) ? "True" : "False").equals(condition.get("status"));
            if (bad && isOfNow(found, condition) && (!type.equals(RESOLVED) || unresolved.test(Json.text(condition.get("reason"))))) {
                String message = KubernetesErrors.withoutStop(Json.text(condition.get("message")).strip());
                return gateway(parent) + " says of " + route.title() + ": " + (type.equals(PARTIAL) ? type : "not " + type) + " (" + Json.text(condition.get("reason")) + ")"
                        + (message.isEmpty() ? "" : ": " + message);
            }
        }
        return null;
    }

    private static String gateway(Map<String, Object> parent) {
        Map<String, Object> reference = Json.map(parent.get("parentRef"));
        return reference.getOrDefault("kind", "Gateway") + " '" + reference.get("name") + "'";
    }
}
