package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.jenkins.plugins.mldelivery.deploy.TrafficSplit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.Test;
import org.junit.runner.RunWith;

/** Any route of any kind gets any splits one after another, and is in the end as its user wrote it. A failing trial is named by its seed. */
@RunWith(JUnitQuickcheck.class)
public class WeightedRulesTest {
    private static final int TRIALS = 200;
    private static final String NAMESPACE = "ml";
    private static final String MODEL = "churn";

    private static final RuleFormat GATEWAY = new GatewayFormat(NAMESPACE, MODEL);
    private static final RuleFormat HOSTS = new IstioFormat(NAMESPACE, MODEL, false);
    private static final RuleFormat SUBSETS = new IstioFormat(NAMESPACE, MODEL, true);

    @Property(trials = TRIALS)
    public void anHttpRouteIsSplitAndRestored(long seed) {
        splitAndRestore(GATEWAY, seed);
    }

    @Property(trials = TRIALS)
    public void aVirtualServiceOfHostsIsSplitAndRestored(long seed) {
        splitAndRestore(HOSTS, seed);
    }

    @Property(trials = TRIALS)
    public void aVirtualServiceOfSubsetsIsSplitAndRestored(long seed) {
        splitAndRestore(SUBSETS, seed);
    }

    private static void splitAndRestore(RuleFormat format, long seed) {
        Random random = new Random(seed);
        WeightedRules rules = new WeightedRules(format, MODEL);
        GenericKubernetesResource original = route(format, random);
        int managed = rules.read(original).rules();
        boolean mirrors = rules.misfit(original, new TrafficSplit(0, 1)) == null;
        GenericKubernetesResource now = original;
        for (int i = random.nextInt(5); i >= 0; i--) {
            TrafficSplit split = new TrafficSplit(random.nextInt(3) == 0 ? 0 : random.nextInt(101), !mirrors || random.nextBoolean() ? 0 : random.nextInt(101));
            GenericKubernetesResource before = Json.copy(now);
            GenericKubernetesResource next = rules.write(now, split);
            assertEquals("the object given was changed", before, now);
            assertEquals(new WeightedRules.Written(managed, managed == 0 ? TrafficSplit.STABLE_ONLY : split, true), rules.read(next));
            assertEquals("written twice", next, rules.write(next, split));
            assertSums(format, next, split);
            assertEquals("something else was changed", bare(format, original), bare(format, next));
            // What is stored has been JSON in between.
            now = Serialization.unmarshal(Serialization.asJson(next), GenericKubernetesResource.class);
        }
        assertEquals(original, rules.write(now, TrafficSplit.STABLE_ONLY));
    }

    private static void assertSums(RuleFormat format, GenericKubernetesResource route, TrafficSplit split) {
        for (Map<String, Object> rule : rulesOf(format, route)) {
            if (Json.maps(rule.get(format.backends())).stream().noneMatch(format::isStable)) {
                continue; // A tester's rule to the canary, say.
            }
            List<Map<String, Object>> canaries = Json.maps(rule.get(format.backends())).stream().filter(format::isCanary).toList();
            List<Map<String, Object>> stables = Json.maps(rule.get(format.backends())).stream().filter(format::isStable).toList();
            assertEquals(stables.isEmpty() || split.weight() == 0 ? 0 : 1, canaries.size());
            if (!canaries.isEmpty()) {
                assertEquals(100, (int) canaries.get(0).get("weight") + (int) stables.get(0).get("weight"));
                assertEquals(split.weight(), canaries.get(0).get("weight"));
            }
        }
    }

    /** The spec without canaries, their mirrors and the stable version's weights. */
    private static Object bare(RuleFormat format, GenericKubernetesResource route) {
        GenericKubernetesResource copy = Json.copy(route);
        for (Map<String, Object> rule : rulesOf(format, copy)) {
            List<Map<String, Object>> backends = new ArrayList<>(Json.maps(rule.get(format.backends())));
            if (backends.stream().noneMatch(format::isStable)) {
                continue;
            }
            backends.removeIf(format::isCanary);
            backends.stream().filter(format::isStable).forEach(b -> b.remove("weight"));
            rule.put(format.backends(), backends);
            if (Json.text(rule.get("mirror") instanceof Map<?, ?> mirror ? mirror.get("host") : null).contains(MODEL)) {
                rule.remove("mirror");
                rule.remove("mirrorPercentage");
            }
            List<Map<String, Object>> filters = new ArrayList<>(Json.maps(rule.get("filters")));
            filters.removeIf(f -> Serialization.asJson(f).contains(MODEL + "-canary"));
            rule.put("filters", filters);
        }
        return copy.getAdditionalProperties();
    }

    private static List<Map<String, Object>> rulesOf(RuleFormat format, GenericKubernetesResource route) {
        return Json.maps(Json.map(route.getAdditionalProperties().get("spec")).get(format.rules()));
    }

    private static GenericKubernetesResource route(RuleFormat format, Random random) {
        List<Object> rules = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            Map<String, Object> rule = new LinkedHashMap<>();
            if (random.nextBoolean()) {
                rule.put("matches", List.of(Map.of("path", Map.of("type", "PathPrefix", "value", "/v" + i))));
            }
            if (format == GATEWAY && random.nextBoolean()) {
                List<Object> filters = new ArrayList<>(List.of(Map.of("type", "RequestHeaderModifier", "requestHeaderModifier", Map.of("remove", List.of("x")))));
                if (random.nextBoolean()) {
                    filters.add(Map.of("type", "RequestMirror", "requestMirror", Map.of("backendRef", Map.of("name", "audit", "port", 80), "percent", 3)));
                }
                rule.put("filters", filters);
            } else if (random.nextInt(4) == 0) {
                rule.put("timeouts", Map.of("request", "3s"));
            }
            if (random.nextInt(4) == 0) {
                rule.put(format.backends(), List.of(canary(format, random)));
            } else if (random.nextInt(5) > 0) {
                rule.put(format.backends(), backends(format, random));
                if (random.nextInt(8) == 0) {
                    mirrorOfTheUsers(format, rule);
                }
            }
            rules.add(rule);
        }
        GenericKubernetesResource route = new GenericKubernetesResource();
        route.setApiVersion("example.org/v1");
        route.setKind("Route");
        route.setMetadata(new ObjectMetaBuilder().withName("r").withNamespace(NAMESPACE).withAnnotations(random.nextBoolean() ? Map.of("a", "b") : Map.of()).build());
        route.setAdditionalProperty("spec", new LinkedHashMap<>(Map.of("parents", List.of("p"), format.rules(), rules)));
        return Serialization.unmarshal(Serialization.asJson(route), GenericKubernetesResource.class);
    }

    /** To the canary alone, whoever comes with a tester's header. */
    private static Map<String, Object> canary(RuleFormat format, Random random) {
        Map<String, Object> backend = format.toCanary(backend(format, MODEL, random));
        return random.nextBoolean() ? backend : weighted(backend, 100);
    }

    private static void mirrorOfTheUsers(RuleFormat format, Map<String, Object> rule) {
        if (format == GATEWAY) {
            rule.put("filters", List.of(Map.of("type", "RequestMirror", "requestMirror", Map.of("backendRef", Map.of("name", MODEL + "-canary", "port", 80)))));
        } else {
            rule.put("mirror", format == HOSTS ? Map.of("host", MODEL + "-canary") : Map.of("host", MODEL, "subset", "canary"));
        }
    }

    private static List<Object> backends(RuleFormat format, Random random) {
        List<Object> backends = new ArrayList<>();
        boolean mine = random.nextInt(3) > 0;
        if (random.nextBoolean()) {
            backends.add(weighted(backend(format, "other", random), mine ? 0 : random.nextInt(9)));
        }
        if (mine) {
            Map<String, Object> backend = backend(format, MODEL, random);
            backends.add(random.nextInt(3) == 0 ? backend : weighted(backend, random.nextInt(4) * 50));
        }
        if (random.nextBoolean()) {
            backends.add(weighted(backend(format, "more", random), 0));
        }
        return backends;
    }

    private static Map<String, Object> weighted(Map<String, Object> backend, int weight) {
        backend.put("weight", weight);
        return backend;
    }

    private static Map<String, Object> backend(RuleFormat format, String service, Random random) {
        if (format == GATEWAY) {
            Map<String, Object> backend = new LinkedHashMap<>(Map.of("name", service, "port", 80));
            if (random.nextBoolean()) {
                backend.putAll(Map.of("group", "", "kind", "Service", "namespace", NAMESPACE));
            }
            if (random.nextBoolean()) {
                backend.put("filters", List.of(Map.of("type", "ResponseHeaderModifier", "responseHeaderModifier", Map.of("remove", List.of("y")))));
            }
            return backend;
        }
        String[] hosts = {service, service + ".ml", service + ".ml.svc", service + ".ml.svc.cluster.local"};
        Map<String, Object> destination = new LinkedHashMap<>(Map.of("host", hosts[random.nextInt(hosts.length)]));
        if (format == SUBSETS && service.equals(MODEL)) {
            destination.put("subset", "stable");
        }
        if (random.nextBoolean()) {
            destination.put("port", Map.of("number", 80));
        }
        Map<String, Object> backend = new LinkedHashMap<>(Map.of("destination", destination));
        if (random.nextBoolean()) {
            backend.put("headers", Map.of("request", Map.of("set", Map.of("x", "1"))));
        }
        return backend;
    }

    private static GenericKubernetesResource httpRoute(String rules) {
        return Serialization.unmarshal("{\"metadata\": {\"name\": \"r\"}, \"spec\": {\"rules\": " + rules + "}}", GenericKubernetesResource.class);
    }

    private static GenericKubernetesResource virtualService(String http) {
        return Serialization.unmarshal("{\"metadata\": {\"name\": \"v\"}, \"spec\": {\"http\": " + http + "}}", GenericKubernetesResource.class);
    }

    @Test
    public void aRuleThatSomebodyEditedIsSeenAndPutRight() {
        WeightedRules rules = new WeightedRules(GATEWAY, MODEL);
        GenericKubernetesResource route = httpRoute("""
                [{"backendRefs": [{"name": "churn", "port": 80, "weight": 90}, {"name": "churn-canary", "port": 80, "weight": 10}]},
                 {"backendRefs": [{"name": "churn", "port": 80, "weight": 50}, {"name": "churn-canary", "port": 80, "weight": 50}]}]""");
        assertEquals(new WeightedRules.Written(2, new TrafficSplit(50, 0), false), rules.read(route));
        assertTrue(rules.read(rules.write(route, new TrafficSplit(10, 0))).even());
    }

    @Test
    public void aRuleWithoutTheCanaryIsLessThanWanted() {
        WeightedRules rules = new WeightedRules(GATEWAY, MODEL);
        GenericKubernetesResource added = httpRoute("""
                [{"backendRefs": [{"name": "churn", "port": 80, "weight": 90}, {"name": "churn-canary", "port": 80, "weight": 10}]},
                 {"backendRefs": [{"name": "churn", "port": 80, "weight": 7}]}]""");
        assertFalse(rules.read(added).even());
        GenericKubernetesResource both = rules.write(added, new TrafficSplit(10, 0));
        assertTrue(rules.read(both).even());
        assertTrue(Serialization.asJson(rules.write(both, TrafficSplit.STABLE_ONLY)).contains("\"weight\":7"));
    }

    /** A rule with the canary alone is one of the user's own, for testers say: it is neither divided nor rewritten. */
    @Test
    public void aTestersRuleToTheCanaryStaysAsItIs() {
        WeightedRules rules = new WeightedRules(GATEWAY, MODEL);
        GenericKubernetesResource route = httpRoute("""
                [{"matches": [{"headers": [{"name": "x-tester", "value": "yes"}]}], "backendRefs": [{"name": "churn-canary", "port": 80}]},
                 {"backendRefs": [{"name": "churn", "port": 80}]}]""");
        assertEquals(new WeightedRules.Written(1, TrafficSplit.STABLE_ONLY, true), rules.read(route));
        GenericKubernetesResource during = rules.write(route, new TrafficSplit(10, 0));
        assertEquals(route.<Object>get("spec", "rules", 0), during.<Object>get("spec", "rules", 0));
        assertEquals(new WeightedRules.Written(1, new TrafficSplit(10, 0), true), rules.read(during));
        assertEquals(route.<Object>get("spec"), rules.write(during, TrafficSplit.STABLE_ONLY).<Object>get("spec"));

        WeightedRules subsets = new WeightedRules(SUBSETS, MODEL);
        GenericKubernetesResource service = virtualService("""
                [{"match": [{"headers": {"x-tester": {"exact": "yes"}}}], "route": [{"destination": {"host": "churn", "subset": "canary"}}]},
                 {"route": [{"destination": {"host": "churn", "subset": "stable"}}]}]""");
        GenericKubernetesResource divided = subsets.write(service, new TrafficSplit(10, 0));
        assertEquals(service.<Object>get("spec", "http", 0), divided.<Object>get("spec", "http", 0));
        assertEquals(service.<Object>get("spec"), subsets.write(divided, TrafficSplit.STABLE_ONLY).<Object>get("spec"));
    }

    @Test
    public void aMirrorOfTheUsersToTheCanaryStaysAndShadowIsRefusedBesideIt() {
        for (RuleFormat format : List.of(GATEWAY, HOSTS)) {
            WeightedRules rules = new WeightedRules(format, MODEL);
            GenericKubernetesResource route = format == GATEWAY ? httpRoute("""
                    [{"backendRefs": [{"name": "churn", "port": 80}], "filters": [{"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "churn-canary", "port": 80}}}]}]""")
                    : virtualService("""
                    [{"route": [{"destination": {"host": "churn"}}], "mirror": {"host": "churn-canary"}}]""");
            assertEquals(new WeightedRules.Written(1, TrafficSplit.STABLE_ONLY, true), rules.read(route));
            assertEquals("rule 1 of it mirrors its requests to the canary already", rules.misfit(route, new TrafficSplit(0, 10)));
            assertNull(rules.misfit(route, new TrafficSplit(10, 0)));
            GenericKubernetesResource during = rules.write(route, new TrafficSplit(10, 0));
            assertEquals(new WeightedRules.Written(1, new TrafficSplit(10, 0), true), rules.read(during));
            assertEquals(route.<Object>get("spec"), rules.write(during, TrafficSplit.STABLE_ONLY).<Object>get("spec"));
        }
    }

    @Test
    public void aCanaryWithoutWeightIsNotAsItWasWritten() {
        WeightedRules rules = new WeightedRules(GATEWAY, MODEL);
        GenericKubernetesResource route = httpRoute("[{\"backendRefs\": [{\"name\": \"churn\", \"port\": 80, \"weight\": 1}, {\"name\": \"churn-canary\", \"port\": 80, \"weight\": 0}]}]");
        assertEquals(new WeightedRules.Written(1, TrafficSplit.STABLE_ONLY, false), rules.read(route));
        assertFalse(Serialization.asJson(rules.write(route, TrafficSplit.STABLE_ONLY)).contains("canary"));
    }

    @Test
    public void otherNamespacesAndKindsAreOthers() {
        WeightedRules rules = new WeightedRules(GATEWAY, MODEL);
        assertEquals(0, rules.read(httpRoute("""
                [{"backendRefs": [{"name": "churn", "namespace": "other", "port": 80}, {"name": "churn", "kind": "Bucket", "group": "example.org"}, {"name": "churn2", "port": 80}]}]""")).rules());
        assertEquals(0, new WeightedRules(HOSTS, MODEL).read(virtualService("""
                [{"route": [{"destination": {"host": "churn.other.svc.cluster.local"}}, {"destination": {"host": "churn.example.com"}}, {"destination": {"host": "churn-ml.svc"}}]}]""")).rules());
    }

    @Test
    public void rulesThatCannotBeDividedAreNamed() {
        TrafficSplit ten = new TrafficSplit(10, 0);
        WeightedRules gateway = new WeightedRules(GATEWAY, MODEL);
        assertEquals("rule 2 of it divides its requests between the model and others, so that the canary's share would be of a part only", gateway.misfit(httpRoute("""
                [{}, {"backendRefs": [{"name": "churn", "port": 80}, {"name": "fraud", "port": 80}]}]"""), ten));
        assertEquals("rule 1 of it has the model more than once", gateway.misfit(httpRoute("""
                [{"backendRefs": [{"name": "churn", "port": 80}, {"name": "churn", "port": 81}]}]"""), ten));
        assertNull(gateway.misfit(httpRoute("[{\"backendRefs\": [{\"name\": \"churn\", \"port\": 80}, {\"name\": \"fraud\", \"port\": 80, \"weight\": 0}]}]"), ten));
        WeightedRules istio = new WeightedRules(HOSTS, MODEL);
        GenericKubernetesResource mirrored = virtualService("[{\"route\": [{\"destination\": {\"host\": \"churn\"}}], \"mirror\": {\"host\": \"audit\"}}]");
        assertEquals("rule 1 of it mirrors its requests elsewhere already", istio.misfit(mirrored, new TrafficSplit(0, 10)));
        assertNull(istio.misfit(mirrored, ten));
        assertEquals("another's mirror is not touched", mirrored, istio.write(mirrored, new TrafficSplit(0, 10)));
    }

    @Test
    public void noteOfTheUsersWeightsThatIsBrokenDoesNoHarm() {
        WeightedRules rules = new WeightedRules(HOSTS, MODEL);
        GenericKubernetesResource split = rules.write(virtualService("[{\"route\": [{\"destination\": {\"host\": \"churn\"}, \"weight\": 100}]}]"), new TrafficSplit(10, 0));
        assertEquals("100", split.getMetadata().getAnnotations().get("ml-delivery.io/weights.churn"));
        split.getMetadata().getAnnotations().put("ml-delivery.io/weights.churn", "many,few");
        assertEquals(
                virtualService("[{\"route\": [{\"destination\": {\"host\": \"churn\"}}]}]"), rules.write(split, TrafficSplit.STABLE_ONLY));
    }
}
