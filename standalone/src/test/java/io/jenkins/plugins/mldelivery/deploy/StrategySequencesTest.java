package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.deploy.targets.traffic.GatewaySimulation;
import io.jenkins.plugins.mldelivery.playground.kube.EmbeddedCluster;
import io.jenkins.plugins.mldelivery.playground.kube.FaultProxy;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.After;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.TestName;

/** Whatever strategy went before: the share that is logged, judged and returned is the one that the requests have. */
public class StrategySequencesTest {
    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    private static final ResourceDefinitionContext ROUTES = new ResourceDefinitionContext.Builder()
            .withGroup("gateway.networking.k8s.io").withVersion("v1").withPlural("httproutes").withKind("HTTPRoute").withNamespaced(true).build();
    private static final TrafficKind RATIO = new TrafficKind.ReplicaRatio();
    private static final int SEQUENCE = 3;

    private static ToyCluster toy;
    private static GatewaySimulation gateway;

    @Rule
    public final TestName test = new TestName();

    private Deliveries churn;
    private TrafficKind routed;

    @BeforeClass
    public static void start() throws Exception {
        toy = new ToyCluster(FOLDER.getRoot().toPath());
        gateway = new GatewaySimulation(toy.client(), "ml");
    }

    @AfterClass
    public static void stop() {
        gateway.close();
        toy.close();
    }

    @Before
    public void newModel() throws Exception {
        churn = new Deliveries(toy, "m" + Integer.toHexString(test.getMethodName().hashCode()));
        churn.replicas = 3;
        routed = new TrafficKind.Gateway(churn.model);
        GenericKubernetesResource route = Serialization.unmarshal("""
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: MODEL, namespace: ml}
                spec:
                  parentRefs: [{name: public}]
                  rules: [{backendRefs: [{name: MODEL, port: 80}]}]
                """.replace("MODEL", churn.model), GenericKubernetesResource.class);
        toy.client().genericKubernetesResources(ROUTES).inNamespace("ml").resource(route).create();
        for (int i = 0; i < 500 && toy.client().genericKubernetesResources(ROUTES).inNamespace("ml").withName(churn.model).get().get("status") == null; i++) {
            Thread.sleep(20);
        }
    }

    @After
    public void removeModel() {
        toy.proxy().faults(request -> FaultProxy.NONE);
        toy.client().apps().deployments().inNamespace("ml").delete();
        toy.client().services().inNamespace("ml").delete();
    }

    private void next(Strategy strategy, TrafficKind traffic) {
        churn.strategy = strategy;
        churn.traffic = traffic;
    }

    private static Strategy canary() {
        return new Strategy.Canary(List.of(10, 60), "0s", null);
    }

    private static Strategy blueGreen() {
        return new Strategy.BlueGreen("0s", "0s");
    }

    /** The case of the report: the Service kept the track, and the canary had none of the requests. */
    @Test
    public void afterBlueGreenACanaryHasItsShareOfTheRequests() throws Exception {
        churn.deploy("v1");
        next(blueGreen(), RATIO);
        assertEquals(List.of(0, 100, 100), rollOut("v2", true).weightHistory());
        next(canary(), RATIO);
        assertEquals("what was in force, and not what was asked for", List.of(25, 50, 100), rollOut("v3", true).weightHistory());
        assertEquals(
                List.of("10 25", "60 50"),
                churn.told.of(Event.TrafficShifted.class).stream().filter(t -> t.wanted() == 10 || t.wanted() == 60)
                        .map(t -> t.wanted() + " " + Math.round(t.actual())).toList());
    }

    @Test
    public void inAnyOrderAndAlsoAfterRollbacks() throws Exception {
        churn.deploy("v0");
        Random random = new Random(20_261_130);
        List<String> done = new ArrayList<>();
        for (int i = 1; i <= 2 * SEQUENCE; i++) {
            List<Strategy> strategies = List.of(canary(), blueGreen(), Strategy.Rolling.defaults(), new Strategy.Shadow(30, "0s"));
            Strategy strategy = strategies.get(random.nextInt(strategies.size()));
            boolean routes = strategy instanceof Strategy.Shadow || !(strategy instanceof Strategy.Rolling) && random.nextBoolean();
            next(strategy, routes ? routed : RATIO);
            boolean good = random.nextInt(3) > 0;
            done.add(strategy.getClass().getSimpleName() + (routes ? " routed" : "") + (good ? "" : " bad"));
            assertEquals(done.toString(), good ? "promoted" : "rolledBack", rollOut("v" + i, good).result());
        }
    }

    private DeployModelResult rollOut(String image, boolean good) throws Exception {
        return churn.deploy(image, facts -> {
            assertEquals("told " + facts.weight() + " % of " + churn.strategy, share(), facts.weight(), 0.51);
            return Gate.Answer.of(good ? Verdict.PASS : Verdict.FAIL, good ? "fine" : "errors");
        });
    }

    /** The share of the requests that the canary really gets, in percent, as the data plane's objects have it. */
    private double share() {
        if (churn.strategy instanceof Strategy.Rolling) {
            return 100;
        }
        if (churn.traffic == RATIO) {
            return canaries(churn.model);
        }
        GenericKubernetesResource route = toy.client().genericKubernetesResources(ROUTES).inNamespace("ml").withName(churn.model).get();
        List<Map<String, Object>> backends = route.get("spec", "rules", 0, "backendRefs");
        double all = 0;
        double canary = 0;
        for (Map<String, Object> backend : backends) {
            int weight = (Integer) backend.get("weight");
            all += weight;
            canary += weight * canaries((String) backend.get("name")) / 100;
        }
        return 100 * canary / all;
    }

    private double canaries(String service) {
        List<EmbeddedCluster.Endpoint> endpoints = toy.cluster().endpoints(new EmbeddedCluster.ServiceInfo("ml", service));
        assertTrue("nobody is behind Service " + service, !endpoints.isEmpty());
        return 100.0 * endpoints.stream().filter(e -> e.track().equals("canary")).count() / endpoints.size();
    }

    @Test
    public void whatTurnsTheServiceAwayIsPutRightAndToldBeforeTheStepPasses() throws Exception {
        churn.deploy("v1");
        List<Integer> weights = new ArrayList<>();
        DeployModelResult result = churn.deploy("v2", facts -> {
            weights.add(facts.weight());
            if (weights.size() == 1) {
                toy.client().services().inNamespace("ml").withName(churn.model).edit(s ->
                        new ServiceBuilder(s).editSpec().addToSelector("ml-delivery.io/track", "stable").endSpec().build());
            }
            assertEquals(weights.size() == 1 ? 0 : share(), weights.size() == 1 ? 0 : facts.weight(), 0.51);
            return Gate.Answer.of(Verdict.PASS, "fine");
        });
        assertEquals("promoted", result.result());
        assertEquals(List.of(50, 50, 100), result.weightHistory());
        String selected = "Service '" + churn.model + "' (it selects ml-delivery.io/model=" + churn.model
                + ", ml-delivery.io/track=stable) does not select the pods of the canary, which therefore get no requests from it";
        assertTrue(churn.told.notes().toString(), churn.told.notes().contains(
                "step 1 of 1 waits: its split of the traffic is no longer in force: " + selected));
        assertTrue(churn.told.warnings().toString(), churn.told.warnings().contains(selected));
    }

    @Test
    public void aServiceThatDoesNotLeadToTheCanaryEndsInARollbackThatSaysSo() throws Exception {
        churn.deploy("v1");
        churn.progressDeadline = "3s";
        toy.client().services().inNamespace("ml").withName(churn.model).edit(s ->
                new ServiceBuilder(s).editSpec().addToSelector("ml-delivery.io/track", "stable").endSpec().build());
        // Somebody who answers 200 and applies nothing.
        toy.proxy().faults(request -> request.startsWith("PATCH") && request.contains("/services/") ? FaultProxy.IGNORE : FaultProxy.NONE);
        DeployModelResult result = churn.deploy("v2");
        assertEquals("rolledBack", result.result());
        assertTrue(result.reason(), result.reason().startsWith("the way of the requests to the canary did not get ready within 3 s: Service '" + churn.model + "'"));
        assertEquals(List.of(), result.weightHistory());
        assertEquals("v1 x 3", churn.stable());
    }

    @Test
    public void whereEndpointSlicesCannotBeListedSelectorsAreBelieved() throws Exception {
        toy.proxy().faults(request -> request.contains("endpointslices") ? 403 : FaultProxy.NONE);
        churn.deploy("v1");
        next(canary(), RATIO);
        assertEquals(List.of(25, 50, 100), rollOut("v2", true).weightHistory());
        String note = "endpointslices can't be listed, so the split of the traffic is confirmed by selectors and ready pods alone";
        assertEquals(2, churn.told.notes().stream().filter(note::equals).count());
    }

    @Test
    public void theFactsOfAStepHaveTheShareInForce() throws Exception {
        churn.deploy("v1");
        next(Strategy.Canary.defaults(), RATIO);
        List<RolloutFacts> asked = new ArrayList<>();
        churn.deploy("v2", facts -> {
            asked.add(facts);
            return Gate.Answer.of(Verdict.PASS, "fine");
        });
        assertEquals(List.of(25, 50), asked.stream().map(RolloutFacts::weight).toList());
    }
}
