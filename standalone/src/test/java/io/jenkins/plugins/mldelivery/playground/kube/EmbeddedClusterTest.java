package io.jenkins.plugins.mldelivery.playground.kube;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

/** The embedded cluster does what a real one does, as far as the steps and the demo rely on it. */
public class EmbeddedClusterTest {
    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    @Rule
    public final Timeout limit = Timeout.seconds(60);

    private static ToyCluster toy;
    private static KubernetesClient client;

    @BeforeClass
    public static void start() throws Exception {
        toy = new ToyCluster(FOLDER.getRoot().toPath());
        client = toy.client();
    }

    @AfterClass
    public static void stop() {
        toy.close();
    }

    private static ConfigMap map(String name, Map<String, String> data) {
        return new ConfigMapBuilder().withNewMetadata().withName(name).withNamespace("ml").endMetadata().withData(data).build();
    }

    private static ConfigMap apply(String manager, ConfigMap map) {
        return client.resource(map).fieldManager(manager).serverSideApply();
    }

    private static int code(Runnable call) {
        return assertThrows(KubernetesClientException.class, call::run).getCode();
    }

    @Test
    public void serverSideApplyKeepsEachManagersFields() {
        apply("one", map("ssa", Map.of("a", "1", "b", "1")));
        ConfigMap both = apply("two", map("ssa", Map.of("c", "2")));
        assertEquals(Map.of("a", "1", "b", "1", "c", "2"), both.getData());
        assertEquals("what a manager no longer applies goes, what others own stays", Map.of("b", "1", "c", "2"), apply("one", map("ssa", Map.of("b", "1"))).getData());
        assertEquals(409, code(() -> apply("two", map("ssa", Map.of("b", "2", "c", "2")))));
        assertEquals("the same value is no conflict", Map.of("b", "1", "c", "2"), apply("two", map("ssa", Map.of("b", "1", "c", "2"))).getData());
        assertEquals("a shared field stays until its last owner gives it up", Map.of("b", "1", "c", "2"), apply("one", map("ssa", Map.of("b", "1"))).getData());
        ConfigMap forced = client.resource(map("ssa", Map.of("b", "3"))).fieldManager("three").forceConflicts().serverSideApply();
        assertEquals(Map.of("b", "3", "c", "2"), forced.getData());
    }

    /** As the schema of Kubernetes 1.33 says it: x-kubernetes-map-type atomic. */
    @Test
    public void whatIsAtomicIsAppliedAsAWhole() {
        client.resource(selecting("atomic", Map.of("app", "a", "track", "stable"))).fieldManager("one").serverSideApply();
        Service switched = client.services().inNamespace("ml").withName("atomic").edit(
                s -> new ServiceBuilder(s).editSpec().addToSelector("track", "canary").endSpec().build());
        assertEquals(Map.of("app", "a", "track", "canary"), switched.getSpec().getSelector());
        assertEquals(409, code(() -> client.resource(selecting("atomic", Map.of("app", "a"))).fieldManager("one").serverSideApply()));
        Service applied = client.resource(selecting("atomic", Map.of("app", "a"))).fieldManager("one").forceConflicts().serverSideApply();
        assertEquals("what another one has written into it goes with the rest", Map.of("app", "a"), applied.getSpec().getSelector());
    }

    private static Service selecting(String name, Map<String, String> selector) {
        return new ServiceBuilder(service(name)).editSpec().withSelector(selector).endSpec().build();
    }

    /** x-kubernetes-list-type: map for containers, variables and ports (by number and protocol), atomic for tolerations and arguments. */
    @Test
    public void onlyListsThatTheSchemaTellsApartAreMerged() {
        client.resource(deployment("lists", 0)).fieldManager("one").serverSideApply();
        Deployment more = new DeploymentBuilder().withNewMetadata().withName("lists").withNamespace("ml").endMetadata()
                .withNewSpec().withNewTemplate().withNewSpec()
                .addNewContainer().withName("model").withArgs("--a", "--b")
                .addNewEnv().withName("A").withValue("1").endEnv()
                .addNewPort().withContainerPort(53).withProtocol("UDP").endPort()
                .addNewPort().withContainerPort(53).withProtocol("TCP").endPort().endContainer()
                .addNewToleration().withKey("gpu").withOperator("Exists").endToleration()
                .endSpec().endTemplate().endSpec().build();
        Deployment both = client.resource(more).fieldManager("two").serverSideApply();
        assertEquals("registry.test/ml/v1", both.getSpec().getTemplate().getSpec().getContainers().get(0).getImage());
        assertEquals(2, both.getSpec().getTemplate().getSpec().getContainers().get(0).getPorts().size());
        Deployment third = new DeploymentBuilder(more).editSpec().editTemplate().editSpec()
                .editContainer(0).withArgs("--c").withEnv().addNewEnv().withName("B").withValue("2").endEnv()
                .withPorts().endContainer()
                .withTolerations().addNewToleration().withKey("spot").withOperator("Exists").endToleration()
                .endSpec().endTemplate().endSpec().build();
        Deployment forced = client.resource(third).fieldManager("three").forceConflicts().serverSideApply();
        assertEquals(List.of("--c"), forced.getSpec().getTemplate().getSpec().getContainers().get(0).getArgs());
        assertEquals(List.of("A", "B"), forced.getSpec().getTemplate().getSpec().getContainers().get(0).getEnv().stream().map(e -> e.getName()).sorted().toList());
        assertEquals(List.of("spot"), forced.getSpec().getTemplate().getSpec().getTolerations().stream().map(t -> t.getKey()).toList());
        Deployment less = new DeploymentBuilder(more).editSpec().editTemplate().editSpec()
                .editContainer(0).withArgs(List.of()).withEnv().withPorts().endContainer().withTolerations().endSpec().endTemplate().endSpec().build();
        Deployment after = client.resource(less).fieldManager("two").serverSideApply();
        assertEquals("what its owner no longer applies goes", List.of(), after.getSpec().getTemplate().getSpec().getContainers().get(0).getPorts());
        assertEquals(List.of("--c"), after.getSpec().getTemplate().getSpec().getContainers().get(0).getArgs());
    }

    @Test
    public void anEndpointSliceSaysWhichPodsAServiceReaches() throws Exception {
        client.resource(service("sliced")).create();
        client.resource(deployment("sliced", 2)).create();
        awaitReady("sliced", 2);
        List<String> names = List.of();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (names.size() < 2) {
            names = slice("sliced").stream().filter(e -> Boolean.TRUE.equals(e.getConditions().getReady())).map(e -> e.getTargetRef().getName()).toList();
            assertTrue("the slice does not follow: " + names, System.nanoTime() < end);
        }
        assertTrue(names.toString(), names.stream().allMatch(n -> n.startsWith("sliced-")));
        client.services().inNamespace("ml").withName("sliced").edit(s -> new ServiceBuilder(s).editSpec().addToSelector("app", "else").endSpec().build());
        while (!slice("sliced").isEmpty()) {
            assertTrue("the slice does not follow the selector", System.nanoTime() < end);
        }
        client.services().inNamespace("ml").withName("sliced").delete();
        while (!slice("sliced").isEmpty() || !client.discovery().v1().endpointSlices().inNamespace("ml").withLabel("kubernetes.io/service-name", "sliced").list().getItems().isEmpty()) {
            assertTrue("the slice outlives its Service", System.nanoTime() < end);
        }
    }

    private static List<Endpoint> slice(String service) {
        return client.discovery().v1().endpointSlices().inNamespace("ml").withLabel("kubernetes.io/service-name", service).list()
                .getItems().stream().filter(s -> s.getEndpoints() != null).flatMap(s -> s.getEndpoints().stream()).toList();
    }

    @Test
    public void aDryRunChangesNothing() {
        ConfigMap dry = client.resource(map("dry", Map.of("a", "1"))).dryRun().fieldManager("one").serverSideApply();
        assertEquals(Map.of("a", "1"), dry.getData());
        assertNull(client.configMaps().inNamespace("ml").withName("dry").get());
    }

    @Test
    public void everyChangeHasANewVersionAndOnlyTheSpecANewGeneration() {
        Deployment first = client.resource(deployment("versions", 0)).fieldManager("one").serverSideApply();
        Deployment same = client.resource(deployment("versions", 0)).fieldManager("one").serverSideApply();
        assertEquals(first.getMetadata().getGeneration(), same.getMetadata().getGeneration());
        Deployment labelled = client.apps().deployments().inNamespace("ml").withName("versions")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\": {\"labels\": {\"x\": \"y\"}}}");
        assertEquals(first.getMetadata().getGeneration(), labelled.getMetadata().getGeneration());
        assertNotEquals(same.getMetadata().getResourceVersion(), labelled.getMetadata().getResourceVersion());
        Deployment scaled = client.apps().deployments().inNamespace("ml").withName("versions").scale(1);
        assertTrue(scaled.getMetadata().getGeneration() > first.getMetadata().getGeneration());
        assertEquals(first.getMetadata().getUid(), scaled.getMetadata().getUid());
    }

    @Test
    public void ofTwoWhoWriteALeaseOneWins() {
        Lease lease = new LeaseBuilder().withNewMetadata().withName("race").withNamespace("ml").endMetadata().withNewSpec().withHolderIdentity("a").endSpec().build();
        Lease created = client.resource(lease).create();
        assertEquals(409, code(() -> client.resource(lease).create()));
        Lease mine = new LeaseBuilder(created).editSpec().withHolderIdentity("b").endSpec().build();
        Lease theirs = new LeaseBuilder(created).editSpec().withHolderIdentity("c").endSpec().build();
        client.resource(mine).update();
        assertEquals(409, code(() -> client.resource(theirs).update()));
        assertEquals("b", client.leases().inNamespace("ml").withName("race").get().getSpec().getHolderIdentity());
    }

    @Test
    public void aDeploymentBecomesReadyPodsBehindItsService() throws Exception {
        client.resource(service("serving")).create();
        client.resource(deployment("serving", 2)).create();
        Deployment ready = awaitReady("serving", 2);
        assertEquals(ready.getMetadata().getGeneration(), ready.getStatus().getObservedGeneration());
        EmbeddedCluster.ServiceInfo service = new EmbeddedCluster.ServiceInfo("ml", "serving");
        List<EmbeddedCluster.Endpoint> endpoints = toy.cluster().endpoints(service);
        assertEquals(2, endpoints.size());
        String pod = endpoints.get(0).pod();
        assertTrue(client.raw("/api/v1/namespaces/ml/pods/" + pod + ":8080/proxy/metrics").contains("http_requests_total"));
        assertEquals("starting registry.test/ml/v1", client.pods().inNamespace("ml").withName(pod).tailingLines(5).getLog().strip());

        client.apps().deployments().inNamespace("ml").withName("serving").edit(d -> new DeploymentBuilder(d).editSpec().editTemplate().editSpec().editContainer(0)
                .withImage("registry.test/ml/v2").endContainer().endSpec().endTemplate().endSpec().build());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        boolean updated = false;
        while (!updated && System.nanoTime() < end) {
            assertTrue("a rolling update took the last ready pod", toy.cluster().endpoints(service).size() >= 1);
            Deployment d = client.apps().deployments().inNamespace("ml").withName("serving").get();
            updated = d.getMetadata().getGeneration().equals(d.getStatus().getObservedGeneration()) && Integer.valueOf(2).equals(d.getStatus().getUpdatedReplicas())
                    && d.getStatus().getReplicas() == 2 && d.getStatus().getAvailableReplicas() == 2;
        }
        assertTrue("it was not updated", updated);

        client.apps().deployments().inNamespace("ml").withName("serving").delete();
        while (!client.pods().inNamespace("ml").withLabel("app", "serving").list().getItems().isEmpty()) {
            assertTrue("pods of a deleted Deployment are left", System.nanoTime() < end + TimeUnit.SECONDS.toNanos(10));
        }
        assertEquals(List.of(), toy.cluster().endpoints(service));
    }

    @Test
    public void answersErrorsAsTheRealOneDoes() throws Exception {
        ConfigMap nowhere = new ConfigMapBuilder().withNewMetadata().withName("a").withNamespace("nowhere").endMetadata().build();
        assertEquals(404, code(() -> client.resource(nowhere).create()));
        assertEquals(422, code(() -> client.resource(map("Upper_Case", Map.of())).create()));
        Deployment other = deployment("selector", 0);
        client.resource(other).create();
        Deployment moved = new DeploymentBuilder(other).editSpec().withNewSelector().addToMatchLabels("app", "else").endSelector().editTemplate().editMetadata().addToLabels("app", "else").endMetadata()
                .endTemplate().endSpec().build();
        assertEquals(422, code(() -> client.resource(moved).forceConflicts().fieldManager("x").serverSideApply()));
        ClusterAccess wrong = ClusterAccess.server(toy.cluster().url(), null, SecretText.of("wrong"));
        try (KubernetesClient stranger = TestEnvironment.open(wrong)) {
            assertEquals(401, code(() -> stranger.configMaps().inNamespace("ml").list()));
        }
    }

    private static Deployment awaitReady(String name, int replicas) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            Deployment d = client.apps().deployments().inNamespace("ml").withName(name).get();
            if (d.getStatus() != null && Integer.valueOf(replicas).equals(d.getStatus().getAvailableReplicas())) {
                return d;
            }
            assertTrue("its pods do not get ready", System.nanoTime() < end);
        }
    }

    private static Service service(String name) {
        return new ServiceBuilder().withNewMetadata().withName(name).withNamespace("ml").endMetadata().withNewSpec().addToSelector("app", name).addNewPort().withPort(80).endPort().endSpec().build();
    }

    private static Deployment deployment(String name, int replicas) {
        return new DeploymentBuilder().withNewMetadata().withName(name).withNamespace("ml").endMetadata()
                .withNewSpec().withReplicas(replicas).withNewSelector().addToMatchLabels("app", name).endSelector()
                .withNewTemplate().withNewMetadata().addToLabels("app", name).endMetadata()
                .withNewSpec().addNewContainer().withName("model").withImage("registry.test/ml/v1").endContainer().endSpec().endTemplate().endSpec().build();
    }

    @Test
    public void whatHasLostItsOwnerIsTakenAway() throws Exception {
        client.resource(new ReplicaSetBuilder()
                .withNewMetadata().withName("orphan").withNamespace("ml")
                .addNewOwnerReference().withApiVersion("apps/v1").withKind("Deployment").withName("gone").withUid("0000").endOwnerReference()
                .endMetadata()
                .withNewSpec().withReplicas(1).endSpec()
                .build()).create();
        client.resource(map("free", Map.of())).create();
        client.apps().replicaSets().inNamespace("ml").withName("orphan").waitUntilCondition(set -> set == null, 10, TimeUnit.SECONDS);
        assertNotNull("what never had an owner stays", client.configMaps().inNamespace("ml").withName("free").get());
    }
}
