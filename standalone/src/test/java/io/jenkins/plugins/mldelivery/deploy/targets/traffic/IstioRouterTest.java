package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import io.jenkins.plugins.mldelivery.deploy.TrafficSplit;
import io.jenkins.plugins.mldelivery.deploy.TrafficStatus;
import java.util.List;
import java.util.Map;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

/** VirtualServices and DestinationRules of the embedded cluster, or of a real API server (-Dkubeconfig=FILE). There is no istiod: its status is written by the tests. */
public class IstioRouterTest {
    @ClassRule
    public static final RouterCluster CLUSTER = new RouterCluster();

    @Rule
    public final Timeout limit = Timeout.seconds(60);

    private static final ResourceDefinitionContext SERVICE = ClusterObject.type("networking.istio.io", "v1", "virtualservices", "VirtualService", true);
    private static final ResourceDefinitionContext RULE = ClusterObject.type("networking.istio.io", "v1", "destinationrules", "DestinationRule", true);

    private static final String HOSTS = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: %s}
            spec:
              hosts: [churn, models.example.com]
              gateways: [mesh, public]
              http:
              - name: new
                match: [{uri: {prefix: /v2}}]
                route: [{destination: {host: churn.NAMESPACE.svc.cluster.local, port: {number: 80}}, headers: {request: {set: {x: "1"}}}}]
                retries: {attempts: 2}
              - match: [{uri: {prefix: /fraud}}]
                route: [{destination: {host: fraud}, weight: 70}, {destination: {host: fraud-2}, weight: 30}]
              - route: [{destination: {host: churn}, weight: 100}]
            """;

    private static final String SUBSETS = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: %s}
            spec:
              hosts: [churn]
              http:
              - route: [{destination: {host: churn, subset: stable}}]
            """;

    private static final String DESTINATIONS = """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: %s}
            spec:
              host: churn
              trafficPolicy: {loadBalancer: {simple: LEAST_REQUEST}}
              subsets: [{name: v1, labels: {version: "1"}}]
            """;

    private static ClusterRouter router(String service, String rule) {
        return CLUSTER.router(Strategy.Canary.defaults(), new TrafficKind.Istio(service, rule));
    }

    private static void assertRefused(String message, ClusterRouter router) {
        assertEquals(message, assertThrows(DeliveryException.class, router::checkAccess).getMessage());
    }

    private static void status(ResourceDefinitionContext type, String name, Object generation, List<Object> messages) {
        GenericKubernetesResource object = CLUSTER.read(type, name);
        object.setAdditionalProperty("status", Map.of("observedGeneration", generation, "validationMessages", messages));
        CLUSTER.client().genericKubernetesResources(type).inNamespace(CLUSTER.namespace()).resource(object).updateStatus();
    }

    @Test
    public void aRolloutByHostsDividesBothRoutesAndLeavesTheObjectAsItWas() throws Exception {
        GenericKubernetesResource before = CLUSTER.create(SERVICE, HOSTS.formatted("hosts"));
        ClusterRouter router = router("hosts", null);
        router.checkAccess();
        for (TrafficSplit split : List.of(new TrafficSplit(10, 0), new TrafficSplit(0, 25), new TrafficSplit(100, 0), new TrafficSplit(50, 100))) {
            router.route(split);
            assertEquals(new TrafficStatus(split, true, null), router.observe());
        }
        GenericKubernetesResource during = CLUSTER.read(SERVICE, "hosts");
        assertEquals("churn-canary." + CLUSTER.namespace() + ".svc.cluster.local", during.get("spec", "http", 0, "route", 1, "destination", "host"));
        assertEquals("churn-canary", during.get("spec", "http", 2, "mirror", "host"));
        assertEquals(before.<Object>get("spec", "http", 1), during.<Object>get("spec", "http", 1));
        String version = during.getMetadata().getResourceVersion();
        router.route(new TrafficSplit(50, 100));
        assertEquals(version, CLUSTER.read(SERVICE, "hosts").getMetadata().getResourceVersion());
        router.route(TrafficSplit.STABLE_ONLY);
        assertEquals(TrafficStatus.stableOnly(), router.observe());
        assertEquals(before.<Object>get("spec"), CLUSTER.read(SERVICE, "hosts").<Object>get("spec"));
    }

    @Test
    public void aRolloutBySubsetsMakesSureOfThem() throws Exception {
        GenericKubernetesResource before = CLUSTER.create(SERVICE, SUBSETS.formatted("subsets"));
        CLUSTER.create(RULE, DESTINATIONS.formatted("churn"));
        ClusterRouter router = router("subsets", "churn");
        router.checkAccess();
        assertFalse("its subsets are not there yet", router.observe().confirmed());
        router.route(TrafficSplit.STABLE_ONLY);
        assertEquals(TrafficStatus.stableOnly(), router.observe());
        List<Object> subsets = CLUSTER.read(RULE, "churn").get("spec", "subsets");
        assertEquals(List.of(
                Map.of("name", "v1", "labels", Map.of("version", "1")),
                Map.of("name", "stable", "labels", Map.of("ml-delivery.io/track", "stable")),
                Map.of("name", "canary", "labels", Map.of("ml-delivery.io/track", "canary"))), subsets);
        router.route(new TrafficSplit(30, 0));
        assertEquals(new TrafficStatus(new TrafficSplit(30, 0), true, null), router.observe());
        assertEquals(Map.of("host", "churn", "subset", "canary"), CLUSTER.read(SERVICE, "subsets").get("spec", "http", 0, "route", 1, "destination"));
        router.route(TrafficSplit.STABLE_ONLY);
        assertEquals(before.<Object>get("spec"), CLUSTER.read(SERVICE, "subsets").<Object>get("spec"));
        router.checkAccess();
    }

    @Test
    public void whereIstiodWritesAStatusItConfirms() throws Exception {
        CLUSTER.create(SERVICE, HOSTS.formatted("status"));
        ClusterRouter router = router("status", null);
        status(SERVICE, "status", 1, List.of());
        router.route(new TrafficSplit(10, 0));
        assertEquals(new TrafficStatus(new TrafficSplit(10, 0), false, null), router.observe());
        status(SERVICE, "status", "2", List.of()); // Istio writes it as text
        assertEquals(new TrafficStatus(new TrafficSplit(10, 0), true, null), router.observe());
        status(SERVICE, "status", "2", List.of(Map.of("level", "ERROR", "type", Map.of("code", "IST0101", "name", "ReferencedResourceNotFound"))));
        assertEquals(
                new TrafficStatus(new TrafficSplit(10, 0), false, "istiod reports an error of VirtualService 'status': ReferencedResourceNotFound (IST0101)"), router.observe());
        assertRefused("virtualService: istiod reports an error of VirtualService 'status': ReferencedResourceNotFound (IST0101). Nothing was touched.", router);
    }

    @Test
    public void whatTheClusterLacksIsSaid() throws Exception {
        assertRefused(
                "virtualService: there is no VirtualService 'nowhere' in namespace '" + CLUSTER.namespace() + "'. Create it first; a rollout changes it, but does not make it.",
                router("nowhere", null));
        CLUSTER.create(SERVICE, HOSTS.formatted("others").replace("host: churn", "host: fraud"));
        assertRefused("virtualService: no HTTP route of VirtualService 'others' leads to Service 'churn'. Add it as a destination of an HTTP route.", router("others", null));
        CLUSTER.create(SERVICE, SUBSETS.formatted("divided"));
        assertRefused(
                "destinationRule: there is no DestinationRule 'none' in namespace '" + CLUSTER.namespace() + "'. Create it first; a rollout changes it, but does not make it.",
                router("divided", "none"));
        CLUSTER.create(RULE, DESTINATIONS.formatted("other-host").replace("host: churn", "host: fraud"));
        assertRefused("destinationRule: DestinationRule 'other-host' is of the host 'fraud'. Name the one of Service 'churn'.", router("divided", "other-host"));
        CLUSTER.create(RULE, DESTINATIONS.formatted("taken").replace("name: v1", "name: canary"));
        assertRefused(
                "destinationRule: subset 'canary' of DestinationRule 'taken' does not select the label ml-delivery.io/track: canary. Give it that label, or leave the subset to the rollout.",
                router("divided", "taken"));
        CLUSTER.create(SERVICE, HOSTS.formatted("undivided"));
        CLUSTER.create(RULE, DESTINATIONS.formatted("good"));
        assertRefused(
                "virtualService: an HTTP route of VirtualService 'undivided' leads to Service 'churn' without the subset 'stable', so that canary pods would get its requests at once. "
                        + "Name the subset 'stable' in its destination.",
                router("undivided", "good"));
    }

    @Test
    public void aMirrorOfTheUsersStays() throws Exception {
        GenericKubernetesResource before = CLUSTER.create(SERVICE, HOSTS.formatted("mirrored").replace("retries: {attempts: 2}", "mirror: {host: audit}"));
        assertRefused(
                "virtualService: VirtualService 'mirrored': rule 1 of it mirrors its requests elsewhere already. Give the model an HTTP route of its own.",
                CLUSTER.router(Strategy.Shadow.defaults(), new TrafficKind.Istio("mirrored", null)));
        ClusterRouter router = router("mirrored", null);
        router.checkAccess();
        router.route(new TrafficSplit(10, 0));
        assertEquals("audit", CLUSTER.read(SERVICE, "mirrored").get("spec", "http", 0, "mirror", "host"));
        router.route(TrafficSplit.STABLE_ONLY);
        assertEquals(before.<Object>get("spec"), CLUSTER.read(SERVICE, "mirrored").<Object>get("spec"));
    }

    @Test
    public void theWayBackWorksWithoutTheDestinationRule() throws Exception {
        CLUSTER.create(SERVICE, SUBSETS.formatted("orphan"));
        CLUSTER.create(RULE, DESTINATIONS.formatted("leaves"));
        ClusterRouter router = router("orphan", "leaves");
        router.route(new TrafficSplit(10, 0));
        CLUSTER.client().genericKubernetesResources(RULE).inNamespace(CLUSTER.namespace()).withName("leaves").delete();
        assertEquals(new TrafficStatus(new TrafficSplit(10, 0), false, "there is no DestinationRule 'leaves'"), router.observe());
        assertThrows(DeliveryException.class, () -> router.route(new TrafficSplit(20, 0)));
        router.route(TrafficSplit.STABLE_ONLY);
        assertEquals(TrafficStatus.stableOnly(), router.observe());
        assertNull(CLUSTER.read(SERVICE, "orphan").get("spec", "http", 0, "route", 0, "weight"));
    }
}
