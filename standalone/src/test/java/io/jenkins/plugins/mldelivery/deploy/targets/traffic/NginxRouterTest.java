package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.networking.v1.IngressClass;
import io.fabric8.kubernetes.api.model.networking.v1.IngressClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import io.jenkins.plugins.mldelivery.deploy.TrafficSplit;
import io.jenkins.plugins.mldelivery.deploy.TrafficStatus;
import io.jenkins.plugins.mldelivery.playground.kube.FaultProxy;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.Assume;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

/** Ingresses of the embedded cluster, or of a real API server (-Dkubeconfig=FILE). */
public class NginxRouterTest {
    @ClassRule
    public static final RouterCluster CLUSTER = new RouterCluster();

    @Rule
    public final Timeout limit = Timeout.seconds(60);

    private static final ResourceDefinitionContext TYPE = ClusterObject.type("networking.k8s.io", "v1", "ingresses", "Ingress", true);

    private static final String INGRESS = """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: %s
              annotations: {nginx.ingress.kubernetes.io/upstream-hash-by: $remote_addr, cert-manager.io/cluster-issuer: ca}
            spec:
              ingressClassName: NAMESPACE-nginx
              tls: [{hosts: [models.example.com], secretName: tls}]
              rules:
              - host: models.example.com
                http:
                  paths:
                  - {path: /fraud, pathType: Prefix, backend: {service: {name: fraud, port: {number: 80}}}}
                  - {path: /churn, pathType: Prefix, backend: {service: {name: churn, port: {name: http}}}}
              - host: fraud.example.com
                http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: fraud, port: {number: 80}}}}]}
            """;

    private static ClusterRouter router(String ingress) {
        return CLUSTER.router(Strategy.Canary.defaults(), new TrafficKind.Nginx(ingress));
    }

    private static void assertRefused(String message, ClusterRouter router) {
        assertEquals(message, assertThrows(DeliveryException.class, router::checkAccess).getMessage());
    }

    @Test
    public void theCanaryIngressHasTheModelsPathsOnlyAndGoesInTheEnd() throws Exception {
        GenericKubernetesResource before = CLUSTER.create(TYPE, INGRESS.formatted("whole"));
        ClusterRouter router = router("whole");
        router.checkAccess();
        assertEquals(TrafficStatus.stableOnly(), router.observe());
        for (int weight : new int[] {5, 50, 100}) {
            router.route(new TrafficSplit(weight, 0));
            assertEquals(new TrafficStatus(new TrafficSplit(weight, 0), true, null), router.observe());
        }
        GenericKubernetesResource canary = CLUSTER.read(TYPE, "whole-canary");
        assertEquals(
                Map.of("nginx.ingress.kubernetes.io/canary", "true", "nginx.ingress.kubernetes.io/canary-weight", "100", "nginx.ingress.kubernetes.io/upstream-hash-by", "$remote_addr"),
                canary.getMetadata().getAnnotations());
        assertEquals(
                Map.of("ingressClassName", CLUSTER.namespace() + "-nginx", "rules", List.of(Map.of("host", "models.example.com", "http", Map.of("paths", List.of(
                        Map.of("path", "/churn", "pathType", "Prefix", "backend", Map.of("service", Map.of("name", "churn-canary", "port", Map.of("name", "http"))))))))),
                canary.get("spec"));
        router.route(new TrafficSplit(100, 0));
        assertEquals(canary.getMetadata().getResourceVersion(), CLUSTER.read(TYPE, "whole-canary").getMetadata().getResourceVersion());
        router.route(TrafficSplit.STABLE_ONLY);
        router.route(TrafficSplit.STABLE_ONLY);
        assertEquals(TrafficStatus.stableOnly(), router.observe());
        assertNull(CLUSTER.read(TYPE, "whole-canary"));
        assertEquals("the user's own is only read", before.getMetadata().getResourceVersion(), CLUSTER.read(TYPE, "whole").getMetadata().getResourceVersion());
    }

    @Test
    public void aPathAddedMeanwhileIsFollowed() throws Exception {
        CLUSTER.create(TYPE, INGRESS.formatted("moving"));
        ClusterRouter router = router("moving");
        router.route(new TrafficSplit(10, 0));
        GenericKubernetesResource changed = CLUSTER.read(TYPE, "moving");
        Map<String, Object> path = changed.get("spec", "rules", 1, "http", "paths", 0);
        path.put("backend", Map.of("service", Map.of("name", "churn", "port", Map.of("number", 80))));
        CLUSTER.client().genericKubernetesResources(TYPE).inNamespace(CLUSTER.namespace()).resource(changed).update();
        assertEquals(new TrafficStatus(new TrafficSplit(10, 0), false, null), router.observe());
        router.route(new TrafficSplit(10, 0));
        assertTrue(router.observe().confirmed());
        assertEquals(2, CLUSTER.read(TYPE, "moving-canary").<List<Object>>get("spec", "rules").size());
    }

    @Test
    public void theDefaultBackendMayBeTheModel() throws Exception {
        CLUSTER.create(TYPE, """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: bare}
                spec: {defaultBackend: {service: {name: churn, port: {number: 80}}}}
                """);
        ClusterRouter router = router("bare");
        router.checkAccess();
        router.route(new TrafficSplit(10, 0));
        assertEquals(Map.of("defaultBackend", Map.of("service", Map.of("name", "churn-canary", "port", Map.of("number", 80)))), CLUSTER.read(TYPE, "bare-canary").get("spec"));
    }

    @Test
    public void whatTheClusterLacksIsSaid() throws Exception {
        assertRefused(
                "ingress: there is no Ingress 'nowhere' in namespace '" + CLUSTER.namespace() + "'. Create it first; a rollout changes it, but does not make it.", router("nowhere"));
        CLUSTER.create(TYPE, INGRESS.formatted("others").replace("name: churn,", "name: churn-2,"));
        assertRefused("ingress: no path of Ingress 'others' leads to Service 'churn'. Add the Service as the backend of a path.", router("others"));
        CLUSTER.create(TYPE, INGRESS.formatted("second").replace("cert-manager.io/cluster-issuer: ca", "nginx.ingress.kubernetes.io/canary: \"true\""));
        assertRefused("ingress: Ingress 'second' is a canary itself. Name the Ingress that it is the canary of.", router("second"));
    }

    @Test
    public void aClassOfAnotherControllerIsRefused() throws Exception {
        IngressClass other = new IngressClassBuilder()
                .withNewMetadata().withName(CLUSTER.namespace() + "-nginx").endMetadata().withNewSpec().withController("nginx.org/ingress-controller").endSpec().build();
        CLUSTER.create(TYPE, INGRESS.formatted("classy"));
        router("classy").checkAccess();
        CLUSTER.client().resource(other).create();
        try {
            assertRefused(
                    "ingress: the class of Ingress 'classy' belongs to the controller nginx.org/ingress-controller, which knows no canaries of ingress-nginx. Choose another kind of traffic.",
                    router("classy"));
        } finally {
            CLUSTER.client().resource(other).delete();
        }
    }

    @Test
    public void aCanaryIngressOfSomebodyElseIsNotTouched() throws Exception {
        CLUSTER.create(TYPE, INGRESS.formatted("shared"));
        CLUSTER.router(CLUSTER.client(), "fraud", Strategy.Canary.defaults(), new TrafficKind.Nginx("shared")).route(new TrafficSplit(10, 0));
        ClusterRouter router = router("shared");
        assertRefused("ingress: Ingress 'shared-canary' belongs to a rollout of 'fraud'. Wait for its end, or give the model an Ingress of its own.", router);
        assertThrows(DeliveryException.class, () -> router.route(new TrafficSplit(10, 0)));
        router.route(TrafficSplit.STABLE_ONLY);
        assertNotNull(CLUSTER.read(TYPE, "shared-canary"));
        assertEquals(TrafficStatus.stableOnly(), router.observe());
        CLUSTER.create(TYPE, INGRESS.formatted("mine"));
        CLUSTER.create(TYPE, INGRESS.formatted("mine-canary"));
        assertRefused("ingress: Ingress 'mine-canary' is there already, and was not made by a rollout. Remove it, or give the model an Ingress of its own.", router("mine"));
    }

    @Test
    public void anIngressThatSomebodyElseHasMadeMeanwhileIsNotDeleted() throws Exception {
        Assume.assumeFalse("needs an API server that can be told when to do something", CLUSTER.isReal());
        CLUSTER.create(TYPE, INGRESS.formatted("anew"));
        AtomicBoolean once = new AtomicBoolean(true);
        CLUSTER.toy().proxy().faults(request -> {
            if (request.startsWith("DELETE") && request.endsWith("/anew-canary") && once.getAndSet(false)) {
                CLUSTER.client().genericKubernetesResources(TYPE).inNamespace(CLUSTER.namespace()).withName("anew-canary").delete();
                CLUSTER.create(TYPE, INGRESS.formatted("anew-canary"));
            }
            return FaultProxy.NONE;
        });
        try (KubernetesClient proxied = TestEnvironment.open(CLUSTER.toy().access())) {
            ClusterRouter router = CLUSTER.router(proxied, RouterCluster.MODEL, Strategy.Canary.defaults(), new TrafficKind.Nginx("anew"));
            router.route(new TrafficSplit(10, 0));
            RouterCluster.route(router, TrafficSplit.STABLE_ONLY);
            assertNotNull(CLUSTER.read(TYPE, "anew-canary"));
            assertEquals(TrafficStatus.stableOnly(), router.observe());
        } finally {
            CLUSTER.toy().proxy().faults(request -> FaultProxy.NONE);
        }
    }

    @Test
    public void anIngressThatIsGoneCannotBeDividedButTheWayBackIsFree() throws Exception {
        CLUSTER.create(TYPE, INGRESS.formatted("gone"));
        ClusterRouter router = router("gone");
        router.route(new TrafficSplit(10, 0));
        CLUSTER.client().genericKubernetesResources(TYPE).inNamespace(CLUSTER.namespace()).withName("gone").delete();
        assertEquals(new TrafficStatus(new TrafficSplit(10, 0), false, "there is no Ingress 'gone'"), router.observe());
        assertThrows(DeliveryException.class, () -> router.route(new TrafficSplit(20, 0)));
        router.route(TrafficSplit.STABLE_ONLY);
        assertNull(CLUSTER.read(TYPE, "gone-canary"));
    }
}
