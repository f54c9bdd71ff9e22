package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import io.jenkins.plugins.mldelivery.deploy.TrafficSplit;
import io.jenkins.plugins.mldelivery.deploy.TrafficStatus;
import org.junit.After;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

/** HTTPRoutes of the embedded cluster, or of a real API server (-Dkubeconfig=FILE), with a simulated controller. */
public class GatewayRouterTest {
    @ClassRule
    public static final RouterCluster CLUSTER = new RouterCluster();

    @Rule
    public final Timeout limit = Timeout.seconds(60);

    private static final ResourceDefinitionContext TYPE = ClusterObject.type("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute", true);

    private static final String ROUTE = """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: %s, labels: {team: growth}}
            spec:
              parentRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: public}]
              hostnames: [models.example.com]
              rules:
              - matches: [{path: {type: PathPrefix, value: /churn}}]
                filters:
                - {type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}
                backendRefs:
                - {name: churn, port: 80, filters: [{type: RequestHeaderModifier, requestHeaderModifier: {remove: [x-debug]}}]}
              - matches: [{path: {type: PathPrefix, value: /v2/churn}, headers: [{name: x-user, value: a}]}]
                backendRefs: [{name: churn, port: 80, weight: 7}]
              - matches: [{path: {type: PathPrefix, value: /fraud}}]
                backendRefs: [{name: fraud, port: 80, weight: 3}]
            """;

    @After
    public void calm() {
        CLUSTER.gateway().refuse(null);
        CLUSTER.gateway().sleep(false);
    }

    private static ClusterRouter router(String route) {
        return CLUSTER.router(Strategy.Canary.defaults(), new TrafficKind.Gateway(route));
    }

    private static ClusterRouter accepted(String route, String yaml) throws Exception {
        CLUSTER.create(TYPE, yaml.formatted(route));
        for (int i = 0; i < 500 && CLUSTER.read(TYPE, route).getAdditionalProperties().get("status") == null; i++) {
            Thread.sleep(20);
        }
        return router(route);
    }

    private static void assertRefused(String message, ClusterRouter router) {
        assertEquals(message, assertThrows(DeliveryException.class, router::checkAccess).getMessage());
    }

    @Test
    public void aRolloutDividesBothRulesAndLeavesTheRouteAsItWas() throws Exception {
        ClusterRouter router = accepted("whole", ROUTE);
        GenericKubernetesResource before = CLUSTER.read(TYPE, "whole");
        router.checkAccess();
        assertEquals("the check has written", before.getMetadata().getResourceVersion(), CLUSTER.read(TYPE, "whole").getMetadata().getResourceVersion());
        for (int weight : new int[] {1, 10, 99, 100}) {
            TrafficSplit split = new TrafficSplit(weight, 0);
            RouterCluster.route(router, split);
            assertEquals(new TrafficStatus(split, true, null), RouterCluster.await(router, TrafficStatus::confirmed));
        }
        GenericKubernetesResource during = CLUSTER.read(TYPE, "whole");
        assertEquals(0, (int) during.<Integer>get("spec", "rules", 0, "backendRefs", 0, "weight"));
        assertEquals(100, (int) during.<Integer>get("spec", "rules", 1, "backendRefs", 1, "weight"));
        assertEquals(3, (int) during.<Integer>get("spec", "rules", 2, "backendRefs", 0, "weight"));
        RouterCluster.route(router, TrafficSplit.STABLE_ONLY);
        assertEquals(TrafficStatus.stableOnly(), RouterCluster.await(router, TrafficStatus::confirmed));
        GenericKubernetesResource after = CLUSTER.read(TYPE, "whole");
        assertEquals(before.<Object>get("spec"), after.<Object>get("spec"));
        assertEquals(before.getMetadata().getAnnotations(), after.getMetadata().getAnnotations());
    }

    @Test
    public void aMirrorHasItsPercentUnlessItIsAll() throws Exception {
        ClusterRouter router = accepted("mirror", ROUTE);
        GenericKubernetesResource before = CLUSTER.read(TYPE, "mirror");
        CLUSTER.router(new Strategy.Shadow(30, "0s"), new TrafficKind.Gateway("mirror")).checkAccess();
        RouterCluster.route(router, new TrafficSplit(0, 30));
        assertEquals(new TrafficStatus(new TrafficSplit(0, 30), true, null), RouterCluster.await(router, TrafficStatus::confirmed));
        assertEquals(30, (int) CLUSTER.read(TYPE, "mirror").<Integer>get("spec", "rules", 0, "filters", 1, "requestMirror", "percent"));
        RouterCluster.route(router, new TrafficSplit(0, 100));
        assertEquals(new TrafficSplit(0, 100), RouterCluster.await(router, TrafficStatus::confirmed).split());
        assertNull(CLUSTER.read(TYPE, "mirror").get("spec", "rules", 1, "filters", 0, "requestMirror", "percent"));
        RouterCluster.route(router, TrafficSplit.STABLE_ONLY);
        assertEquals(before.<Object>get("spec"), CLUSTER.read(TYPE, "mirror").<Object>get("spec"));
    }

    @Test
    public void aTestersRuleToTheCanaryWorksDuringTheRolloutAndStaysAfterwards() throws Exception {
        String testers = "rules:\n  - matches: [{headers: [{name: x-tester, value: 'yes'}]}]\n    backendRefs: [{name: churn-canary, port: 80}]\n";
        ClusterRouter router = accepted("testers", ROUTE.replace("rules:\n", testers));
        GenericKubernetesResource before = CLUSTER.read(TYPE, "testers");
        router.checkAccess();
        RouterCluster.route(router, new TrafficSplit(10, 0));
        assertEquals(new TrafficStatus(new TrafficSplit(10, 0), true, null), RouterCluster.await(router, TrafficStatus::confirmed));
        assertEquals(before.<Object>get("spec", "rules", 0), CLUSTER.read(TYPE, "testers").<Object>get("spec", "rules", 0));
        RouterCluster.route(router, TrafficSplit.STABLE_ONLY);
        assertEquals(before.<Object>get("spec"), CLUSTER.read(TYPE, "testers").<Object>get("spec"));
    }

    @Test
    public void nothingIsWrittenTwice() throws Exception {
        ClusterRouter router = accepted("twice", ROUTE);
        TrafficSplit split = new TrafficSplit(20, 40);
        RouterCluster.route(router, split);
        RouterCluster.await(router, TrafficStatus::confirmed);
        String version = CLUSTER.read(TYPE, "twice").getMetadata().getResourceVersion();
        RouterCluster.route(router, split);
        assertEquals(version, CLUSTER.read(TYPE, "twice").getMetadata().getResourceVersion());
    }

    @Test
    public void aSplitIsNotConfirmedBeforeTheControllerHasSeenIt() throws Exception {
        ClusterRouter router = accepted("late", ROUTE);
        CLUSTER.gateway().sleep(true);
        RouterCluster.route(router, new TrafficSplit(10, 0));
        assertEquals(new TrafficStatus(new TrafficSplit(10, 0), false, null), router.observe());
        CLUSTER.gateway().sleep(false);
        assertTrue(RouterCluster.await(router, TrafficStatus::confirmed).confirmed());
        CLUSTER.gateway().sleep(true);
        RouterCluster.route(router, TrafficSplit.STABLE_ONLY);
        assertEquals("the way back is confirmed by the controller too", new TrafficStatus(TrafficSplit.STABLE_ONLY, false, null), router.observe());
    }

    @Test
    public void whatTheControllerHasAgainstTheRouteIsToldInItsWords() throws Exception {
        ClusterRouter router = accepted("refused", ROUTE);
        CLUSTER.gateway().refuse("weights are not supported.");
        RouterCluster.route(router, new TrafficSplit(10, 0));
        TrafficStatus status = RouterCluster.await(router, s -> s.problem() != null);
        assertEquals(
                new TrafficStatus(new TrafficSplit(10, 0), false, "Gateway 'public' says of HTTPRoute 'refused': not Accepted (UnsupportedValue): weights are not supported"), status);
        assertRefused("route: Gateway 'public' says of HTTPRoute 'refused': not Accepted (UnsupportedValue): weights are not supported. Nothing was touched.", router);
    }

    @Test
    public void aBackendThatIsNotThereIsAProblemOfTheCanaryButNotOfTheWayBack() throws Exception {
        ClusterRouter router = accepted("missing", ROUTE.replace("name: fraud", "name: gone"));
        router.checkAccess();
        RouterCluster.route(router, new TrafficSplit(10, 0));
        assertEquals(
                "Gateway 'public' says of HTTPRoute 'missing': not ResolvedRefs (BackendNotFound): no Service [gone]", RouterCluster.await(router, s -> s.problem() != null).problem());
        RouterCluster.route(router, TrafficSplit.STABLE_ONLY);
        assertEquals(TrafficStatus.stableOnly(), RouterCluster.await(router, TrafficStatus::confirmed));
    }

    @Test
    public void whatTheClusterLacksIsSaid() throws Exception {
        assertRefused(
                "route: there is no HTTPRoute 'nowhere' in namespace '" + CLUSTER.namespace() + "'. Create it first; a rollout changes it, but does not make it.", router("nowhere"));
        ClusterObject unknown = new ClusterObject(CLUSTER.client(), ClusterObject.type("gateway.example.org", "v1", "httproutes", "HTTPRoute", true), CLUSTER.namespace(), "r", "route");
        assertEquals(
                "traffic: the cluster has no HTTPRoute of gateway.example.org/v1. Install it.", assertThrows(DeliveryException.class, () -> unknown.require("Install it.")).getMessage());
        accepted("others", ROUTE.replace("name: churn", "name: churn-2"));
        assertRefused("route: no rule of HTTPRoute 'others' leads to Service 'churn'. Add the Service to the backendRefs of a rule.", router("others"));
        accepted("shared", ROUTE.replace("backendRefs: [{name: churn, port: 80, weight: 7}]", "backendRefs: [{name: churn, port: 80}, {name: fraud, port: 80}]"));
        assertRefused(
                "route: HTTPRoute 'shared': rule 2 of it divides its requests between the model and others, so that the canary's share would be of a part only. Give the model rules of its own.",
                router("shared"));
        CLUSTER.gateway().sleep(true);
        CLUSTER.create(TYPE, ROUTE.formatted("ignored"));
        assertRefused("route: no Gateway has said that it accepts HTTPRoute 'ignored'. Check its parentRefs, and that the Gateway's controller is running.", router("ignored"));
    }

    @Test
    public void aRuleOfSixteenBackendsIsRefusedBeforeAnythingIsTouched() throws Exception {
        StringBuilder more = new StringBuilder("backendRefs: [{name: churn, port: 80}");
        for (int i = 1; i < 16; i++) {
            more.append(", {name: fraud, port: 80, weight: 0}");
        }
        ClusterRouter router = accepted("full", ROUTE.replace("backendRefs: [{name: churn, port: 80, weight: 7}]", more + "]"));
        String message = assertThrows(DeliveryException.class, router::checkAccess).getMessage();
        assertTrue(message, message.startsWith("route: the cluster would refuse to divide the traffic in HTTPRoute 'full': HTTPRoute") && message.contains("must have at most 16 items"));
    }

    @Test
    public void somebodysChangeInBetweenIsNotLost() throws Exception {
        accepted("raced", ROUTE);
        ClusterObject route = new ClusterObject(CLUSTER.client(), TYPE, CLUSTER.namespace(), "raced", "route");
        WeightedRules rules = new WeightedRules(new GatewayFormat(CLUSTER.namespace(), RouterCluster.MODEL), RouterCluster.MODEL);
        GenericKubernetesResource read = route.read();
        GenericKubernetesResource others = Json.copy(read);
        others.getMetadata().getLabels().put("team", "risk");
        CLUSTER.client().genericKubernetesResources(TYPE).inNamespace(CLUSTER.namespace()).resource(others).update();
        assertEquals(409, assertThrows(KubernetesClientException.class, () -> route.write(read, rules.write(read, new TrafficSplit(10, 0)))).getCode());
        assertFalse(CLUSTER.read(TYPE, "raced").toString().contains("canary"));
    }

    @Test
    public void aRouteThatIsGoneCannotBeDividedButTheWayBackIsFree() throws Exception {
        ClusterRouter router = accepted("gone", ROUTE);
        RouterCluster.route(router, new TrafficSplit(10, 0));
        CLUSTER.client().genericKubernetesResources(TYPE).inNamespace(CLUSTER.namespace()).withName("gone").delete();
        assertEquals(new TrafficStatus(TrafficSplit.STABLE_ONLY, false, "there is no HTTPRoute 'gone'"), router.observe());
        RouterCluster.route(router, TrafficSplit.STABLE_ONLY);
        assertThrows(DeliveryException.class, () -> router.route(new TrafficSplit(20, 0)));
    }
}
