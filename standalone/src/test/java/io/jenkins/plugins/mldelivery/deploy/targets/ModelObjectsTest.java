package io.jenkins.plugins.mldelivery.deploy.targets;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.deploy.Autoscale;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.ModelSettings;
import io.jenkins.plugins.mldelivery.deploy.PodSettings;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.Target;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import io.jenkins.plugins.mldelivery.playground.kube.FaultProxy;
import io.jenkins.plugins.mldelivery.deploy.targets.traffic.Right;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.AfterClass;
import org.junit.Assume;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.TestName;

/** What surrounds a model's Deployments, on a cluster. */
public class ModelObjectsTest {
    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    private static final Autoscale BY_CPU = new Autoscale(2, 6, 70, null, Map.of("in_flight", "20"), null, Map.of());
    private static final Autoscale BY_QUERY = new Autoscale(1, 5, null, null, Map.of(), "http://prometheus:9090", Map.of("sum(rate(requests_total[1m]))", "30"));

    private static Surround cluster;

    @Rule
    public final TestName test = new TestName();

    private String name;

    @BeforeClass
    public static void start() throws Exception {
        cluster = new Surround(FOLDER.getRoot().toPath());
    }

    @AfterClass
    public static void stop() {
        cluster.close();
    }

    @Before
    public void newModel() {
        name = "m" + Integer.toHexString(test.getMethodName().hashCode());
    }

    @Test
    public void everythingThatIsWantedIsAppliedAndTheSameAgainWritesNothing() throws Exception {
        Surround.Model model = cluster.model(request(full(BY_CPU)));
        model.admission.check();
        assertEquals(List.of(), cluster.names("services", name));
        model.around.apply();
        model.around.applyAutoscaler(null);

        Service service = service(name);
        assertEquals(Map.of(KubernetesObjects.MODEL_LABEL, name), service.getSpec().getSelector());
        assertEquals(model.objects.labels(), service.getMetadata().getLabels());
        assertEquals("arn:role", account().getMetadata().getAnnotations().get("eks.amazonaws.com/role-arn"));
        assertEquals(Boolean.FALSE, account().getAutomountServiceAccountToken());
        NetworkPolicy policy = cluster.client.network().v1().networkPolicies().inNamespace(cluster.namespace).withName(name).get();
        assertEquals(List.of("Ingress"), policy.getSpec().getPolicyTypes());
        assertEquals(2, policy.getSpec().getIngress().get(0).getFrom().size());
        assertEquals(new IntOrString(8080), policy.getSpec().getIngress().get(0).getPorts().get(0).getPort());
        var budget = cluster.client.policy().v1().podDisruptionBudget().inNamespace(cluster.namespace).withName(name).get();
        assertEquals(new IntOrString("25%"), budget.getSpec().getMaxUnavailable());
        assertEquals(Map.of(KubernetesObjects.MODEL_LABEL, name), budget.getSpec().getSelector().getMatchLabels());
        HorizontalPodAutoscaler scaler = scaler();
        assertEquals(2, scaler.getSpec().getMinReplicas().intValue());
        assertEquals(6, scaler.getSpec().getMaxReplicas().intValue());
        assertEquals(name, scaler.getSpec().getScaleTargetRef().getName());
        assertEquals(70, scaler.getSpec().getMetrics().get(0).getResource().getTarget().getAverageUtilization().intValue());
        assertEquals("20", scaler.getSpec().getMetrics().get(1).getPods().getTarget().getAverageValue().toString());

        model.around.apply();
        model.around.prune();
        assertEquals(service.getMetadata().getResourceVersion(), service(name).getMetadata().getResourceVersion());
        assertEquals(budget.getMetadata().getResourceVersion(),
                cluster.client.policy().v1().podDisruptionBudget().inNamespace(cluster.namespace).withName(name).get().getMetadata().getResourceVersion());
    }

    @Test
    public void theStableVersionKeepsItsFloorWhileTrafficMoves() throws Exception {
        ModelObjects around = cluster.model(request(full(BY_CPU))).around;
        around.applyAutoscaler(4);
        assertEquals(4, scaler().getSpec().getMinReplicas().intValue());
        around.applyAutoscaler(9);
        assertEquals("no less than it has", 9, scaler().getSpec().getMinReplicas().intValue());
        assertEquals(9, scaler().getSpec().getMaxReplicas().intValue());
        around.applyAutoscaler(1);
        assertEquals(2, scaler().getSpec().getMinReplicas().intValue());
        around.applyAutoscaler(null);
        assertEquals(2, scaler().getSpec().getMinReplicas().intValue());
        assertEquals(6, scaler().getSpec().getMaxReplicas().intValue());
    }

    @Test
    public void kedaScalesByQueriesAndItsScaledObjectTakesTheAutoscalersPlace() throws Exception {
        Surround.Model before = cluster.model(request(full(BY_CPU)));
        before.around.applyAutoscaler(null);
        Surround.Model model = cluster.model(request(full(BY_QUERY)));
        model.admission.check();
        model.around.applyAutoscaler(3);
        Map<?, ?> spec = (Map<?, ?>) cluster.get(ObjectKind.SCALED_OBJECT, name).getAdditionalProperties().get("spec");
        assertEquals(3, spec.get("minReplicaCount"));
        assertEquals(name, ((Map<?, ?>) spec.get("scaleTargetRef")).get("name"));
        Map<?, ?> trigger = (Map<?, ?>) ((List<?>) spec.get("triggers")).get(0);
        assertEquals("prometheus", trigger.get("type"));
        assertEquals(Map.of("serverAddress", "http://prometheus:9090", "query", "sum(rate(requests_total[1m]))", "threshold", "30"), trigger.get("metadata"));
        model.around.prune();
        assertEquals(List.of(), cluster.names("horizontalpodautoscalers", name));
        assertEquals(List.of(name), cluster.names("scaledobjects", name));
    }

    @Test
    public void servicesSelectWhatTheirTrafficKindNeeds() throws Exception {
        Strategy canary = Strategy.Canary.defaults();
        assertEquals("null ", selectors(canary, new TrafficKind.ReplicaRatio()));
        assertEquals("null ", selectors(Strategy.Rolling.defaults(), new TrafficKind.ReplicaRatio()));
        assertEquals("null ", selectors(canary, new TrafficKind.Istio("vs", "dr")));
        assertEquals("stable canary ", selectors(canary, new TrafficKind.Istio("vs", null)));
        assertEquals("stable canary ", selectors(canary, new TrafficKind.Gateway("route")));
        assertEquals("stable canary ", selectors(Strategy.BlueGreen.defaults(), new TrafficKind.Nginx("ingress")));
        assertEquals("stable canary ", selectors(Strategy.BlueGreen.defaults(), new TrafficKind.ReplicaRatio()));
    }

    /** The tracks that the Services select, after they were applied and pruned. */
    private String selectors(Strategy strategy, TrafficKind kind) throws Exception {
        ModelObjects around = cluster.model(request(ModelSettings.defaults()).withStrategy(strategy, kind)).around;
        around.apply();
        around.prune();
        StringBuilder tracks = new StringBuilder();
        cluster.names("services", name).forEach(s -> {
            assertEquals(name, service(s).getSpec().getSelector().get(KubernetesObjects.MODEL_LABEL));
            tracks.append(service(s).getSpec().getSelector().get(KubernetesObjects.TRACK_LABEL)).append(' ');
        });
        return tracks.toString();
    }

    @Test
    public void aSelectorThatWasSwitchedToTheOtherColourStays() throws Exception {
        ModelObjects around = cluster.model(request(ModelSettings.defaults()).withStrategy(Strategy.BlueGreen.defaults(), new TrafficKind.ReplicaRatio())).around;
        around.apply();
    }

    @Test
    public void whatIsNoLongerWantedGoesAndNothingElse() throws Exception {
        ModelObjects before = cluster.model(request(full(BY_CPU)).withStrategy(Strategy.Canary.defaults(), new TrafficKind.Gateway("r"))).around;
        before.apply();
        before.applyAutoscaler(null);
        // Another model's, and one that only looks alike.
        ModelObjects other = cluster.model(DeployModelRequest.of(name + "-x", "registry.test/ml/v1")).around;
        other.apply();
        cluster.create(new ServiceBuilder().withNewMetadata().withName(name + "-foreign").addToLabels(KubernetesObjects.MODEL_LABEL, name).endMetadata()
                .withNewSpec().addNewPort().withPort(80).endPort().endSpec().build());

        ModelObjects now = cluster.model(request(new ModelSettings(3, null, "none", List.of(), null, Map.of(), null))).around;
        now.apply();
        assertEquals(5, now.unwanted().size());
        now.prune();
        assertEquals(List.of(name, name + "-foreign", name + "-x"), cluster.names("services", name));
        assertEquals(List.of(name + "-x"), cluster.names("poddisruptionbudgets", name));
        for (String plural : List.of("networkpolicies", "horizontalpodautoscalers", "serviceaccounts", "scaledobjects")) {
            assertEquals(plural, List.of(), cluster.names(plural, name));
        }
        now.prune();
        assertEquals(List.of(name, name + "-foreign", name + "-x"), cluster.names("services", name));
    }

    @Test
    public void afterAFirstInstallThatFailedOnlyWhatItMadeGoes() throws Exception {
        ModelObjects earlier = cluster.model(request(new ModelSettings(3, null, "none", List.of(), null, Map.of(), null)), "build 1").around;
        earlier.apply();
        ModelObjects around = cluster.model(request(full(BY_CPU)), "build 2").around;
        around.apply();
        around.applyAutoscaler(2);
        around.removeAll();
        assertEquals("the Service was there before", List.of(name), cluster.names("services", name));
        for (String plural : List.of("networkpolicies", "poddisruptionbudgets", "horizontalpodautoscalers", "serviceaccounts")) {
            assertEquals(plural, List.of(), cluster.names(plural, name));
        }
        around.removeAll();
    }

    @Test
    public void aServiceOfSomebodyElseIsUsedButNeverRemoved() throws Exception {
        cluster.create(new ServiceBuilder().withNewMetadata().withName(name).addToLabels("team", "serving").endMetadata()
                .withNewSpec().addToSelector(KubernetesObjects.NAME_LABEL, name).addNewPort().withName("grpc").withPort(9000).endPort().endSpec().build());
        Surround.Model model = cluster.model(request(ModelSettings.defaults()));
        model.admission.check();
        ModelObjects around = model.around;
        around.apply();
        assertEquals(Map.of("team", "serving"), service(name).getMetadata().getLabels());
        assertEquals(name, service(name).getSpec().getSelector().get(KubernetesObjects.MODEL_LABEL));
        around.removeAll();
        around.prune();
        assertEquals(List.of(name), cluster.names("services", name));
        assertEquals(List.of(), cluster.names("poddisruptionbudgets", name));
    }

    @Test
    public void aServiceThatWouldTurnTheTrafficToOneVersionOrHasNoSelectorIsRefused() throws Exception {
        for (Map<String, String> selector : List.of(Map.<String, String>of(),
                Map.of(KubernetesObjects.TRACK_LABEL, "canary"), Map.of(KubernetesObjects.TRACK_LABEL, "stable"))) {
            Service theirs = cluster.create(new ServiceBuilder().withNewMetadata().withName(name).endMetadata()
                    .withNewSpec().withSelector(selector).addNewPort().withName("http").withPort(80).endPort().endSpec()
                            .build());
            String message = refused("name", request(ModelSettings.defaults())).getMessage();
            assertTrue(message,
                    message.contains("leads to other pods ("
                    + (selector.isEmpty() ? "it has no selector" : selector.toString().replaceAll("[{}]", "")) + ")"));
            cluster.client.resource(theirs).delete();
        }
    }

    /** Whoever may write to Services alone must not have other things removed by this engine. */
    @Test
    public void theKindsNotedOnTheServiceRemoveNothingThatManifestsCanNotHold() throws Exception {
        Surround.Model model = cluster.model(request(ModelSettings.defaults()));
        model.around.apply();
        model.applyStable(1);
        cluster.client.services().inNamespace(cluster.namespace).withName(name)
                .edit(s -> new ServiceBuilder(s).editMetadata()
                .addToAnnotations(ModelObjects.KINDS,
                        "apps/v1/deployments/Deployment,/v1/pods/Pod,/v1/../Namespace,/v1/configmaps?x/ConfigMap,../v1/secrets/Secret,x,/v1/configmaps/ConfigMap").endMetadata().build());
        cluster.create(new ConfigMapBuilder().withNewMetadata().withName(name + "-old")
                .withLabels(model.objects.labels()).endMetadata().build());
        model.around.prune();
        assertNotNull("its Deployment", model.stable());
        assertNotNull(cluster.client.namespaces().withName(cluster.namespace).get());
        assertNull("what manifests can hold goes", cluster.client.configMaps().inNamespace(cluster.namespace)
                .withName(name + "-old").get());
    }

    /** An object that is labelled as the model's, and the names of others on the Service: only what is labelled may go. */
    @Test
    public void theKindsNotedOnTheServiceRemoveNoObjectOfAnotherKind() throws Exception {
        Surround.Model model = cluster.model(request(ModelSettings.defaults()));
        model.around.apply();
        String other = name + "-other";
        cluster.create(new ConfigMapBuilder().withNewMetadata().withName(other).withLabels(model.objects.labels())
                .endMetadata().build());
        cluster.create(new SecretBuilder().withNewMetadata().withName(other).endMetadata().build());
        cluster.create(new ServiceBuilder().withNewMetadata().withName(other).endMetadata()
                .withNewSpec().addToSelector("app", "x").addNewPort().withPort(80).endPort().endSpec().build());
        for (String noted : List.of("/v1/configmaps/Secret", "/v1/configmaps/Service", "/v1/configmaps/Nothing",
                "example.org/v1/things/Thing")) {
            cluster.client.services().inNamespace(cluster.namespace).withName(name)
                    .edit(s -> new ServiceBuilder(s).editMetadata().addToAnnotations(ModelObjects.KINDS, noted)
                            .endMetadata().build());
            model.around.prune();
            assertNotNull(noted, cluster.client.secrets().inNamespace(cluster.namespace).withName(other).get());
            assertNotNull(noted, cluster.client.services().inNamespace(cluster.namespace).withName(other).get());
            assertNotNull(noted, cluster.client.configMaps().inNamespace(cluster.namespace).withName(other).get());
        }
    }

    @Test
    public void aServiceThatLeadsToOtherPodsIsNotTakenFromThem() throws Exception {
        cluster.create(new ServiceBuilder().withNewMetadata().withName(name).endMetadata()
                .withNewSpec().addToSelector("app", "old").addNewPort().withName("http").withPort(80).endPort().endSpec().build());
        DeliveryException e = refused("name", request(ModelSettings.defaults()));
        assertTrue(e.getMessage(), e.getMessage().contains("leads to other pods (app=old)"));
    }

    @Test
    public void anObjectOfSomebodyElseIsNotTakenOver() throws Exception {
        cluster.create(new PodDisruptionBudgetBuilder().withNewMetadata().withName(name).endMetadata()
                .withNewSpec().withMinAvailable(new IntOrString(1)).withNewSelector().addToMatchLabels("app", "x").endSelector().endSpec().build());
        DeliveryException e = refused("disruptionBudget", request(ModelSettings.defaults()));
        assertTrue(e.getMessage(), e.getMessage().contains("PodDisruptionBudget " + name));
        cluster.model(request(new ModelSettings(3, null, "none", List.of(), null, Map.of(), null))).admission.check();
    }

    @Test
    public void aServiceAccountOfSomebodyElseKeepsItsIdentity() throws Exception {
        ModelSettings asked = new ModelSettings(1, null, "none", List.of(), name + "-pay",
                Map.of("eks.amazonaws.com/role-arn", "arn:mine"), null);
        for (String role : List.of("arn:theirs", "arn:mine")) {
            cluster.create(new ServiceAccountBuilder().withNewMetadata().withName(name + "-pay")
                    .addToAnnotations("eks.amazonaws.com/role-arn", role).endMetadata().build());
            DeliveryException e = refused("identity", request(asked));
            assertTrue(e.getMessage(), e.getMessage().contains("'" + name + "-pay' already that was not made for this"));
            cluster.client.serviceAccounts().inNamespace(cluster.namespace).withName(name + "-pay").delete();
        }
        cluster.create(new ServiceAccountBuilder().withNewMetadata().withName(name + "-pay")
                .addToAnnotations("eks.amazonaws.com/role-arn", "arn:mine").endMetadata()
                .withAutomountServiceAccountToken(false).build());
        cluster.model(request(asked)).admission.check();
    }

    @Test
    public void twoAutoscalersMayNotFight() throws Exception {
        HorizontalPodAutoscaler foreign = (HorizontalPodAutoscaler) new Autoscaler(request(full(BY_CPU))).wanted(null);
        foreign.getMetadata().setName(name + "-theirs");
        cluster.create(foreign);
        DeliveryException e = refused("autoscale", request(full(BY_CPU)));
        assertTrue(e.getMessage(), e.getMessage().contains(name + "-theirs"));
        Surround.Model left = cluster.model(request(ModelSettings.defaults()));
        left.admission.check();
        left.applyStable(1);
        assertTrue(left.admission.autoscaled(left.stable()));
    }

    @Test
    public void anAutoscalerThatIsNoLongerWantedDoesNotScale() throws Exception {
        Surround.Model before = cluster.model(request(full(BY_CPU)));
        before.applyStable(1);
        before.around.applyAutoscaler(null);
        assertTrue(before.admission.autoscaled(before.stable()));
        Surround.Model now = cluster.model(request(ModelSettings.defaults()));
        assertFalse(now.admission.autoscaled(now.stable()));
    }

    @Test
    public void aMissingServiceAccountIsNamed() throws Exception {
        ModelSettings d = ModelSettings.defaults();
        refused("serviceAccount", request(new ModelSettings(d.replicas(), null, d.disruptionBudget(), List.of(), "nobody", Map.of(), null)));
    }

    @Test
    public void aDeploymentWithAnotherSelectorIsRefusedBeforeAnythingIsTouched() throws Exception {
        Deployment ours = cluster.model(request(ModelSettings.defaults())).objects.deployment(Track.STABLE, 1, false, Map.of());
        cluster.create(new DeploymentBuilder(ours).editSpec().editSelector().withMatchLabels(Map.of("app", name)).endSelector()
                .editTemplate().editMetadata().withLabels(Map.of("app", name)).endMetadata().endTemplate().endSpec().build());
        DeliveryException e = refused("name", request(ModelSettings.defaults()));
        assertTrue(e.getMessage(), e.getMessage().contains("immutable"));
        assertEquals(List.of(), cluster.names("services", name));
    }

    @Test
    public void rightsAreAskedForWhatIsWantedOnly() throws Exception {
        List<Right> few = cluster.model(request(new ModelSettings(3, null, "none", List.of(), null, Map.of(), null))).around.rights();
        assertEquals(List.of(new Right("", "services", List.of("get", "create", "patch", "delete"), List.of(name))), few);
        List<String> all = cluster.model(request(full(BY_CPU))).around.rights().stream().map(Right::resource).toList();
        assertEquals(List.of("serviceaccounts", "networkpolicies", "poddisruptionbudgets", "services", "horizontalpodautoscalers"), all);
        assertEquals("scaledobjects", cluster.model(request(full(BY_QUERY))).around.rights().get(4).resource());
    }

    @Test
    public void aChangeOfAConfigMapOrSecretMakesANewRevision() throws Exception {
        DeployModelRequest request = request(ModelSettings.defaults()).withPods(config(List.of(name + "-c"), List.of(name + "-s")));
        DeliveryException missing = assertThrows(DeliveryException.class, () -> cluster.model(request));
        assertEquals("configMaps", missing.parameter());
        assertTrue(missing.getMessage(), missing.getMessage().contains(name + "-c"));
        cluster.create(new ConfigMapBuilder().withNewMetadata().withName(name + "-c").endMetadata().addToData("A", "1").build());
        assertEquals("secrets", assertThrows(DeliveryException.class, () -> cluster.model(request)).parameter());
        cluster.create(new SecretBuilder().withNewMetadata().withName(name + "-s").endMetadata().addToStringData("P", "hunter2").addToData("Q", "aHVudGVyMw==").build());

        Surround.Model first = cluster.model(request);
        assertEquals(first.revision(), cluster.model(request).revision());
        String hash = first.objects.template(Track.STABLE).getMetadata().getAnnotations().get(PodTemplates.CONFIG_HASH);
        assertTrue(hash, hash.matches("[0-9a-f]{8}:[0-9a-f]{32}"));
        cluster.client.secrets().inNamespace(cluster.namespace).withName(name + "-s").edit(s -> new SecretBuilder(s).addToData("Q", "aHVudGVyNA==").build());
        String second = cluster.model(request).revision();
        assertNotEquals(first.revision(), second);
        // What is no data does not count.
        cluster.client.configMaps().inNamespace(cluster.namespace).withName(name + "-c").edit(c -> new ConfigMapBuilder(c).editMetadata().addToLabels("x", "y").endMetadata().build());
        assertEquals(second, cluster.model(request).revision());
        KubernetesObjects bare = KubernetesObjects.of(request.withNamespace(cluster.namespace), Surround.DEADLINE);
        assertEquals(
                List.of(new Right("", "configmaps", List.of("get"), List.of(name + "-c")), new Right("", "secrets", List.of("get"), List.of(name + "-s"))),
                new PodConfig(cluster.client, request, bare).rights());
    }

    @Test
    public void podsWithEveryDefaultPassTheRestrictedStandardAndGetReady() throws Exception {
        Surround.Model model = cluster.model(request(new ModelSettings(2, null, "1", List.of(), null, Map.of("azure.workload.identity/client-id", "c"), null)));
        model.around.apply();
        model.applyStable(2);
        Deployment ready = awaitReady(model, 2);
        assertEquals("true", ready.getSpec().getTemplate().getMetadata().getLabels().get("azure.workload.identity/use"));
        assertEquals(name, ready.getSpec().getTemplate().getSpec().getServiceAccountName());
    }

    @Test
    public void whoeverScalesIsSeenInTheFieldsManagers() throws Exception {
        Surround.Model model = cluster.model(request(ModelSettings.defaults()));
        model.applyStable(1);
        assertFalse(Autoscaler.autoscaled(model.stable()));
        cluster.client.apps().deployments().inNamespace(cluster.namespace).withName(name).scale(2);
        assertFalse("this engine's own scaling", Autoscaler.autoscaled(model.stable()));
        Deployment seen = model.stable();
        seen.getMetadata().getManagedFields().stream().filter(e -> "scale".equals(e.getSubresource())).findFirst().orElseThrow().setManager("kube-controller-manager");
        assertTrue(Autoscaler.autoscaled(seen));
    }

    @Test
    public void theDifferencesAreShownLineByLine() throws Exception {
        Surround.Model model = cluster.model(request(ModelSettings.defaults()));
        String first = model.diff(2);
        assertTrue(first, first.contains("create Deployment " + name) && first.contains("create Service " + name) && first.contains("+     maxUnavailable: 1") == false);
        assertTrue(first, first.contains("+   maxUnavailable: 1"));
        assertEquals(List.of(), cluster.names("services", name));

        model.around.apply();
        model.applyStable(2);
        assertEquals("", model.diff(2));

        Surround.Model next = cluster.model(DeployModelRequest.of(name, "registry.test/ml/v2").withModel(new ModelSettings(3, null, "none", List.of(), null, Map.of(), null)));
        String change = next.diff(3);
        assertTrue(change, change.contains("change Deployment " + name));
        assertTrue(change, change.contains("-         image: registry.test/ml/v1") || change.contains("-       - image: registry.test/ml/v1") || change.contains("-         - image: registry.test/ml/v1"));
        assertTrue(change, change.contains("registry.test/ml/v2"));
        assertTrue(change, change.contains("-   replicas: 2") && change.contains("+   replicas: 3"));
        assertTrue(change, change.contains("remove PodDisruptionBudget " + name));
        assertFalse(change, change.contains("resourceVersion") || change.contains("status"));
    }

    private static boolean drifted(Surround.Model model, Deployment live) throws Exception {
        return new TemplateDrift(model.client, model.objects).edited(Track.STABLE, live, model.revision());
    }

    private static TrackDeployments deployments(KubernetesClient client, Surround.Model model, String revision) {
        return new TrackDeployments(client, model.request, model.objects, "test", revision, false);
    }

    @Test
    public void anEditByHandIsFound() throws Exception {
        Surround.Model model = cluster.model(request(ModelSettings.defaults()));
        assertFalse(drifted(model, null));
        model.applyStable(1);
        assertFalse(drifted(model, model.stable()));
        cluster.client.apps().deployments().inNamespace(cluster.namespace).withName(name).patch(
                PatchContext.of(PatchType.STRATEGIC_MERGE), "{\"spec\": {\"template\": {\"spec\": {\"containers\": [{\"name\": \"model\", \"image\": \"registry.test/ml/other\"}]}}}}");
        assertTrue(drifted(model, model.stable()));
        assertFalse("another revision is no drift", drifted(cluster.model(DeployModelRequest.of(name, "registry.test/ml/v2")), model.stable()));
    }

    @Test
    public void whatSomebodyHasAddedIsFoundAndGoesWithTheNextPromotionButARestartIsNoChange() throws Exception {
        Surround.Model model = cluster.model(request(ModelSettings.defaults()));
        model.applyStable(1);
        byHand("{\"spec\": {\"template\": {\"metadata\": {\"annotations\": {\"kubectl.kubernetes.io/restartedAt\": \"now\"}}}}}");
        assertFalse("a restart", drifted(model, model.stable()));
        byHand("{\"spec\": {\"template\": {\"spec\": {\"containers\": [{\"name\": \"model\", \"env\": [{\"name\": \"BY_HAND\", \"value\": \"1\"}]}]}}}}");
        assertTrue(drifted(model, model.stable()));
        String diff = model.diff(1);
        assertTrue(diff, diff.contains("take away from Deployment " + name + ": template spec.containers[name=model].env[name=BY_HAND].value"));
        assertFalse("looking hands nothing over", TemplateOwners.others(model.stable()).isEmpty());

        deployments(cluster.client, model, "another")
                .promote(1, false, true, null, model.stable(), judged -> null);
        Deployment promoted = model.stable();
        assertTrue(promoted.getSpec().getTemplate().toString(), promoted.getSpec().getTemplate().getSpec().getContainers().get(0).getEnv().stream().noneMatch(e -> e.getName().equals("BY_HAND")));
        assertEquals("now", promoted.getSpec().getTemplate().getMetadata().getAnnotations().get("kubectl.kubernetes.io/restartedAt"));
        assertEquals(List.of(), TemplateOwners.others(promoted));

        deployments(cluster.client, model, "another").restore(model.revision(), 1, false);
        assertEquals("a rollback puts back what was there", 1, model.stable().getSpec().getTemplate().getSpec().getContainers().get(0).getEnv().stream().filter(e -> e.getName().equals("BY_HAND")).count());
        deployments(cluster.client, model, "third")
                .promote(1, false, true, null, model.stable(), judged -> null);
        assertEquals(0, model.stable().getSpec().getTemplate().getSpec().getContainers().get(0).getEnv().stream().filter(e -> e.getName().equals("BY_HAND")).count());
    }

    @Test
    public void aWriteThatCameBetweenIsNoReasonToWaitForTheNextLook() throws Exception {
        Assume.assumeTrue("needs an API server that can be told what to refuse", cluster.toy != null);
        AtomicInteger conflicts = new AtomicInteger();
        cluster.toy.proxy().faults(r -> r.startsWith("PATCH") && r.endsWith("/deployments/" + name) && conflicts.getAndDecrement() > 0 ? 409 : FaultProxy.NONE);
        try (KubernetesClient client = TestEnvironment.open(cluster.toy.access())) {
            Surround.Model model = new Surround.Model(client, request(ModelSettings.defaults()), cluster.namespace, "build 1");
            model.applyStable(1);
            TrackDeployments next = deployments(client, model, "another");
            byHand("{\"spec\": {\"template\": {\"spec\": {\"containers\": [{\"name\": \"model\", \"env\": [{\"name\": \"BY_HAND\", \"value\": \"1\"}]}]}}}}");

            conflicts.set(1000);
            assertThrows("not for ever", Target.TransientException.class, () ->
                    next.promote(1, false, true, null, model.stable(), judged -> null));
            assertFalse("nothing is applied on what was not taken over", TemplateOwners.others(model.stable()).isEmpty());
            cluster.toy.proxy().faults(r -> r.startsWith("PATCH") && r.endsWith("/deployments/" + name) ? 422 : FaultProxy.NONE);
            int before = cluster.toy.proxy().requests().size();
            assertThrows(DeliveryException.class, () -> next.promote(1, false, true, null, model.stable(), judged -> null));
            assertEquals("no conflict is not repeated", 1, cluster.toy.proxy().requests().stream().skip(before).filter(r -> r.startsWith("PATCH")).count());

            // Three refused, then one that really comes too late.
            conflicts.set(4);
            cluster.toy.proxy().faults(r -> {
                if (!r.startsWith("PATCH") || !r.endsWith("/deployments/" + name) || conflicts.getAndDecrement() <= 0) {
                    return FaultProxy.NONE;
                }
                if (conflicts.get() == 0) {
                    byHand("{\"metadata\": {\"annotations\": {\"example.org/note\": \"quicker\"}}}");
                    return FaultProxy.NONE;
                }
                return 409;
            });
            next.promote(1, false, true, null, model.stable(), judged -> null);
            assertTrue("no conflict", conflicts.get() < 0);
            assertEquals("another", Revision.of(model.stable()));
            assertEquals(List.of(), TemplateOwners.others(model.stable()));
        } finally {
            cluster.toy.proxy().faults(r -> FaultProxy.NONE);
        }
    }

    private void byHand(String patch) {
        cluster.client.apps().deployments().inNamespace(cluster.namespace).withName(name)
                .patch(new PatchContext.Builder().withPatchType(PatchType.STRATEGIC_MERGE).withFieldManager("kubectl-set").build(), patch);
    }

    @Test
    public void theAutoscalersControllerIsSeenOnARealCluster() throws Exception {
        Assume.assumeTrue("the embedded cluster has no such controller", cluster.toy == null);
        Surround.Model model = cluster.model(request(full(BY_CPU)));
        model.applyStable(1);
        model.around.applyAutoscaler(3);
        Deployment scaled = await(model, d -> d.getSpec().getReplicas() == 3);
        assertTrue(scaled.getMetadata().getManagedFields().toString(), Autoscaler.autoscaled(scaled));
        model.applyStable(3);
        assertEquals("applied with the present count, which the autoscaler still has a say in", 3, model.stable().getSpec().getReplicas().intValue());
        assertTrue(Autoscaler.autoscaled(model.stable()));
    }

    @Test
    public void withoutKedaItsUseIsRefused() throws Exception {
        Assume.assumeTrue("a real cluster is not taken apart", cluster.toy != null);
        cluster.toy.proxy().faults(r -> r.contains("/apis/keda.sh") ? 404 : FaultProxy.NONE);
        try (KubernetesClient client = TestEnvironment.open(cluster.toy.access())) {
            Surround.Model model = new Surround.Model(client, request(full(BY_QUERY)), cluster.namespace, "build 1");
            DeliveryException e = assertThrows(DeliveryException.class, () -> model.admission.check());
            assertEquals("autoscale", e.parameter());
            assertTrue(e.getMessage(), e.getMessage().contains("KEDA"));
            Surround.Model other = new Surround.Model(client, request(full(BY_CPU)), cluster.namespace, "build 1");
            other.around.apply();
            other.around.prune();
        } finally {
            cluster.toy.proxy().faults(r -> FaultProxy.NONE);
        }
    }

    @Test
    public void whatMayNotBeListedIsPassedOverAndWebhooksThatTakeNoDryRunsToo() throws Exception {
        Assume.assumeTrue("needs an API server that can be told what to refuse", cluster.toy != null);
        ModelObjects before = cluster.model(request(full(BY_CPU))).around;
        before.apply();
        before.applyAutoscaler(null);
        cluster.toy.proxy().faults(r -> r.contains("/networkpolicies?") || r.endsWith("/horizontalpodautoscalers") ? 403 : r.contains("dryRun") ? 400 : FaultProxy.NONE);
        try (KubernetesClient client = TestEnvironment.open(cluster.toy.access())) {
            Surround.Model model = new Surround.Model(client, request(new ModelSettings(3, null, "none", List.of(), null, Map.of(), null)), cluster.namespace, "build 2");
            model.admission.check();
            model.around.prune();
        } finally {
            cluster.toy.proxy().faults(r -> FaultProxy.NONE);
        }
        assertEquals(List.of(name), cluster.names("networkpolicies", name));
        assertEquals(List.of(), cluster.names("poddisruptionbudgets", name));
    }

    private Deployment awaitReady(Surround.Model model, int pods) throws Exception {
        return await(model, d -> d.getStatus() != null && d.getStatus().getReadyReplicas() != null && d.getStatus().getReadyReplicas() == pods);
    }

    private Deployment await(Surround.Model model, Predicate<Deployment> wanted) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        Deployment found = model.stable();
        while (!wanted.test(found)) {
            assertTrue("it does not get there: " + found.getStatus(), System.nanoTime() < end);
            Thread.sleep(50);
            found = model.stable();
        }
        return found;
    }

    private DeliveryException refused(String parameter, DeployModelRequest request) throws Exception {
        Surround.Model model = cluster.model(request);
        DeliveryException e = assertThrows(DeliveryException.class, () -> model.admission.check());
        assertEquals(e.getMessage(), parameter, e.parameter());
        return e;
    }

    private DeployModelRequest request(ModelSettings model) {
        return DeployModelRequest.of(name, "registry.test/ml/v1").withModel(model);
    }

    private static PodSettings config(List<String> configMaps, List<String> secrets) {
        PodSettings d = PodSettings.defaults();
        return new PodSettings(
                d.runtime(), null, null, null, null, null, Map.of(), configMaps, secrets, null, null, 0, Map.of(), List.of());
    }

    private static ModelSettings full(Autoscale autoscale) {
        return new ModelSettings(3, autoscale, "25%", List.of("ingress", "10.0.0.0/8"), null, Map.of("eks.amazonaws.com/role-arn", "arn:role"), null);
    }

    private static Service service(String of) {
        return cluster.client.services().inNamespace(cluster.namespace).withName(of).get();
    }

    private io.fabric8.kubernetes.api.model.ServiceAccount account() {
        return cluster.client.serviceAccounts().inNamespace(cluster.namespace).withName(name).get();
    }

    private HorizontalPodAutoscaler scaler() {
        HorizontalPodAutoscaler found = cluster.client.autoscaling().v2().horizontalPodAutoscalers().inNamespace(cluster.namespace).withName(name).get();
        assertNotNull(found);
        return found;
    }
}
