package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.deploy.TrafficSplit;
import io.jenkins.plugins.mldelivery.deploy.TrafficStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Divides traffic by a VirtualService of Istio (networking.istio.io/v1): weights of its HTTP routes' destinations, and their mirror. The versions are two Services, or two subsets of one, which a
 * DestinationRule defines by the label of the track; missing subsets are added to it and stay. A split is confirmed when istiod has seen the newest generation, where it writes a status; it does
 * not everywhere, and then what is written counts as confirmed when it is read back.
 */
public final class IstioRouter implements ClusterRouter {
    private static final String GROUP = "networking.istio.io";
    private static final String TRACK = "ml-delivery.io/track";
    private static final String REMEDY = "Install Istio 1.22 or newer, or choose another kind of traffic.";

    private final ClusterObject service;
    private final ClusterObject rule;
    private final IstioFormat format;
    private final WeightedRules rules;
    private final String model;
    private final TrafficSplit hardest;

    /**
     * @param virtualService name of the VirtualService
     * @param destinationRule name of the DestinationRule whose subsets are routed to, or null
     * @param hardest the split that asks most of the route
     */
    IstioRouter(KubernetesClient client, String namespace, String model, String virtualService, String destinationRule, TrafficSplit hardest) {
        this.service = new ClusterObject(client, type("virtualservices", "VirtualService"), namespace, virtualService, "virtualService");
        this.rule = destinationRule == null ? null : new ClusterObject(client, type("destinationrules", "DestinationRule"), namespace, destinationRule, "destinationRule");
        this.format = new IstioFormat(namespace, model, destinationRule != null);
        this.rules = new WeightedRules(format, model);
        this.model = model;
        this.hardest = hardest;
    }

    private static ResourceDefinitionContext type(String plural, String kind) {
        return ClusterObject.type(GROUP, "v1", plural, kind, true);
    }

    @Override
    public List<Right> rights() {
        return rule == null ? List.of(service.right("get", "update")) : List.of(service.right("get", "update"), rule.right("get", "update"));
    }

    /** Reads, and rehearses the changes as dry runs. */
    @Override
    public void checkAccess() throws DeliveryException {
        GenericKubernetesResource found = service.require(REMEDY);
        GenericKubernetesResource destinations = rule == null ? null : rule.require(REMEDY);
        checkRoutes(found);
        if (rule != null) {
            checkSubsets(destinations);
            rule.rehearse(withSubsets(destinations));
        }
        String error = error(found);
        if (error != null) {
            throw service.wrong(error, "Nothing was touched.");
        }
        service.rehearse(rules.write(found, hardest));
    }

    private void checkRoutes(GenericKubernetesResource found) throws DeliveryException {
        for (Map<String, Object> http : Json.maps(Json.map(found.getAdditionalProperties().get("spec")).get("http"))) {
            if (Json.maps(http.get("route")).stream().anyMatch(format::isUndivided)) {
                throw service.wrong(
                        "an HTTP route of " + service.title() + " leads to Service '" + model + "' without the subset 'stable', so that canary pods would get its requests at once",
                        "Name the subset 'stable' in its destination.");
            }
        }
        if (rules.read(found).rules() == 0) {
            throw service.wrong(
                    "no HTTP route of " + service.title() + " leads to Service '" + model + "'" + (rule == null ? "" : ", subset 'stable'"), "Add it as a destination of an HTTP route.");
        }
        String misfit = rules.misfit(found, hardest);
        if (misfit != null) {
            throw service.wrong(service.title() + ": " + misfit, "Give the model an HTTP route of its own.");
        }
    }

    private void checkSubsets(GenericKubernetesResource found) throws DeliveryException {
        Map<String, Object> spec = Json.map(found.getAdditionalProperties().get("spec"));
        if (!format.isHost(Json.text(spec.get("host")), model)) {
            throw rule.wrong(rule.title() + " is of the host '" + Json.text(spec.get("host")) + "'", "Name the one of Service '" + model + "'.");
        }
        for (Map<String, Object> subset : Json.maps(spec.get("subsets"))) {
            String name = Json.text(subset.get("name"));
            if (List.of(IstioFormat.STABLE, IstioFormat.CANARY).contains(name) && !name.equals(Json.map(subset.get("labels")).get(TRACK))) {
                throw rule.wrong("subset '" + name + "' of " + rule.title() + " does not select the label " + TRACK + ": " + name, "Give it that label, or leave the subset to the rollout.");
            }
        }
    }

    @Override
    public TrafficStatus observe() {
        GenericKubernetesResource found = service.read();
        if (found == null) {
            return new TrafficStatus(TrafficSplit.STABLE_ONLY, false, "there is no " + service.title());
        }
        WeightedRules.Written written = rules.read(found);
        if (written.rules() == 0) {
            return new TrafficStatus(TrafficSplit.STABLE_ONLY, false, "no HTTP route of " + service.title() + " leads to Service '" + model + "'");
        }
        if (!written.even() || !isSeen(found)) {
            return new TrafficStatus(written.split(), false, null);
        }
        if (rule != null) {
            GenericKubernetesResource destinations = rule.read();
            if (destinations == null) {
                return new TrafficStatus(written.split(), written.split().stableOnly(), written.split().stableOnly() ? null : "there is no " + rule.title());
            }
            if (!withSubsets(destinations).equals(destinations) || !isSeen(destinations)) {
                return new TrafficStatus(written.split(), false, null);
            }
        }
        String error = written.split().stableOnly() ? null : error(found);
        return new TrafficStatus(written.split(), error == null, error);
    }

    /** Whether istiod has seen the object as it now is; where it writes no status nobody knows. */
    private static boolean isSeen(GenericKubernetesResource found) {
        Long generation = found.getMetadata().getGeneration();
        return generation == null || Json.number(status(found).get("observedGeneration"), generation) >= generation;
    }

    /** An error that istiod's analysis has found in the VirtualService as it now is, or null. */
    private String error(GenericKubernetesResource found) {
        if (!isSeen(found)) {
            return null;
        }
        return Json.maps(status(found).get("validationMessages")).stream()
                .filter(m -> "ERROR".equals(m.get("level")))
                .map(m -> Json.map(m.get("type")))
                .map(t -> "istiod reports an error of " + service.title() + ": " + Json.text(t.get("name")) + " (" + Json.text(t.get("code")) + ")")
                .findFirst()
                .orElse(null);
    }

    private static Map<String, Object> status(GenericKubernetesResource found) {
        return Json.map(found.getAdditionalProperties().get("status"));
    }

    /** The subsets come first: a route to a subset that is not there answers 503. */
    @Override
    public void route(TrafficSplit split) throws DeliveryException {
        if (rule != null) {
            GenericKubernetesResource destinations = rule.read();
            if (destinations != null) {
                rule.write(destinations, withSubsets(destinations));
            } else if (!split.stableOnly()) {
                throw rule.missing();
            }
        }
        GenericKubernetesResource found = service.read();
        if (found != null) {
            service.write(found, rules.write(found, split));
        } else if (!split.stableOnly()) {
            throw service.missing();
        }
    }

    private static GenericKubernetesResource withSubsets(GenericKubernetesResource destinations) {
        GenericKubernetesResource changed = Json.copy(destinations);
        Map<String, Object> spec = Json.map(changed.getAdditionalProperties().get("spec"));
        List<Map<String, Object>> subsets = new ArrayList<>(Json.maps(spec.get("subsets")));
        for (String track : List.of(IstioFormat.STABLE, IstioFormat.CANARY)) {
            if (subsets.stream().noneMatch(s -> track.equals(s.get("name")))) {
                Map<String, Object> subset = new LinkedHashMap<>();
                subset.put("name", track);
                subset.put("labels", new LinkedHashMap<>(Map.of(TRACK, track)));
                subsets.add(subset);
            }
        }
        spec.put("subsets", subsets);
        return changed;
    }
}
