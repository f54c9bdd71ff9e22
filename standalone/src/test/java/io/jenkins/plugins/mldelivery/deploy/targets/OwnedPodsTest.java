package io.jenkins.plugins.mldelivery.deploy.targets;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesClients;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.ModelSettings;
import io.jenkins.plugins.mldelivery.testing.Deployers;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Assume;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A model's pods among others that have its labels. */
public class OwnedPodsTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Surround cluster;
    private Surround.Model model;
    private Deployment canary;

    @Before
    public void aModelWithACanary() throws Exception {
        cluster = new Surround(folder.getRoot().toPath());
        model = cluster.model(DeployModelRequest.of("churn", "registry.test/ml/v2")
                .withModel(ModelSettings.defaults().withReplicas(2)));
        canary =
                cluster.create(
                model.objects.deployment(Track.CANARY, 2, true, Map.of(Revision.ANNOTATION, model.revision())));
        waitForPods(2);
        canary = cluster.client.resource(canary).get();
    }

    @After
    public void close() {
        cluster.close();
    }

    private Map<String, String> labels() {
        return model.objects.labels(Track.CANARY);
    }

    private void waitForPods(int ready) {
        cluster.client.pods().inNamespace(cluster.namespace).withLabels(model.objects.selector(Track.CANARY))
                .informOnCondition(pods -> pods.stream().filter(OwnedPodsTest::isReady).count() == ready)
                        .orTimeout(30, TimeUnit.SECONDS).join();
    }

    private static boolean isReady(Pod pod) {
        return pod.getStatus() != null && pod.getStatus().getConditions().stream()
                .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
    }

    private Pod alone(String name, String image) {
        return cluster.create(new PodBuilder(new Pod()).withNewMetadata().withName(name).withLabels(labels())
                .endMetadata()
                .withSpec(canary.getSpec().getTemplate().getSpec()).editSpec().editFirstContainer()
                        .withImage("registry.test/ml/" + image).endContainer().endSpec().build());
    }

    /** Another team's Deployment, whose pods have the labels of the canary beside their own. */
    private Deployment others(String name, String image) {
        return cluster.create(new DeploymentBuilder()
                .withNewMetadata().withName(name).endMetadata()
                .withNewSpec().withReplicas(1).withNewSelector().addToMatchLabels("app", name).endSelector()
                .withTemplate(canary.getSpec().getTemplate())
                .editTemplate().editMetadata().addToLabels("app", name).endMetadata()
                .editSpec().editFirstContainer().withImage("registry.test/ml/" + image).endContainer().endSpec()
                        .endTemplate()
                .endSpec().build());
    }

    private OwnedPods.Found find() {
        return new OwnedPods(cluster.client, cluster.namespace)
                .find(model.objects.selector(Track.CANARY), OwnedPods.Maker.of(canary));
    }

    @Test
    public void onlyThoseOfOurDeploymentCount() {
        Assume.assumeNotNull("real controllers would adopt the orphans", cluster.toy);
        alone("a-stranger", "stranger");
        others("zz-others", "others");
        ReplicaSet set = cluster.create(new ReplicaSetBuilder()
                .withNewMetadata().withName("churn-canary-mine").withLabels(labels()).endMetadata()
                .withNewSpec().withReplicas(0).withNewSelector().withMatchLabels(labels()).endSelector()
                        .withTemplate(canary.getSpec().getTemplate()).endSpec().build());
        cluster.create(new PodBuilder(new Pod()).withNewMetadata().withName("churn-canary-mine-abcde")
                .withLabels(labels())
                .addNewOwnerReference().withApiVersion("apps/v1").withKind("ReplicaSet").withName("churn-canary-mine")
                        .withUid(set.getMetadata().getUid()).withController(true).endOwnerReference()
                .endMetadata().withSpec(canary.getSpec().getTemplate().getSpec()).build());
        waitForPods(5);
        OwnedPods.Found found = find();
        assertEquals(2, found.pods().size());
        found.pods()
                .forEach(pod ->
                assertTrue(pod.getMetadata().getName(), pod.getMetadata().getName()
                .matches("churn-canary-[a-z0-9]+-[a-z0-9]{5}")));
        found.pods().forEach(pod -> assertFalse(pod.getMetadata().getName().contains("mine")));
        assertEquals(2, found.strangers().size());
        assertEquals("a-stranger", found.strangers().get(0));
        assertTrue(found.strangers().get(1).startsWith("zz-others-"));
    }

    /** Kubernetes gives a pod without an owner to a ReplicaSet that selects it, as if it had made the pod. */
    @Test
    public void aPodThatWasAdoptedIsAStranger() {
        Assume.assumeNotNull("a real ReplicaSet would take away one pod that is too many", cluster.toy);
        ReplicaSet set = setOf(canary);
        adopted(set.getMetadata().getName() + "-bcdfg", set);
        adopted("debugger", set);
        OwnedPods.Found found = find();
        assertEquals(2, found.pods().size());
        assertEquals(List.of(set.getMetadata().getName() + "-bcdfg", "debugger"), sorted(found.strangers()));
    }

    /** Its ReplicaSet counts them among its pods, and makes none in their place. */
    @Test
    public void aCanaryIsNotReadyByPodsThatItsReplicaSetHasAdopted() throws Exception {
        Assume.assumeNotNull("a real ReplicaSet would take away one pod that is too many", cluster.toy);
        ReplicaSet set = setOf(canary);
        String adopted = set.getMetadata().getName() + "-bcdfg";
        adopted(adopted, set);
        waitForPods(3);
        KubernetesTarget target =
                new KubernetesTarget(model.request, cluster.client, Runnable::run, Deployers.of("build 1"), Surround.DEADLINE, false);
        var seen = target.observe(Instant.now(), null, null);
        String own = "namespace=\"" + cluster.namespace + "\",pod=~\"" + set.getMetadata().getName() + "-[a-z0-9]{5}\"";
        assertEquals("Prometheus would count it by its name", own + ",pod!~\"" + adopted + "\"", target.selectorOfPresent(Track.CANARY));
        assertFalse("it was taken for whole", seen.canary().rolledOut());
        assertEquals("of the two that are counted ready one is somebody else's", 1, seen.canary().ready());
        assertEquals(
                "pod " + adopted + " takes the place of a pod of Deployment churn-canary: it was made by somebody else with the labels of its ReplicaSet. "
                        + "Delete it, or change its labels", seen.canary().problem());
        cluster.client.pods().inNamespace(cluster.namespace).withName(adopted).withGracePeriod(0).delete();
        waitForPods(2);
        assertTrue(target.observe(Instant.now(), null, null).canary().rolledOut());
    }

    @Test
    public void podsOfAReplicaSetThatWasAdoptedAreStrangers() {
        Assume.assumeNotNull("a real Deployment would take its pods away", cluster.toy);
        Deployment keeper = others("zz-others", "others");
        ReplicaSet set = cluster.client.resource(new ReplicaSetBuilder()
                .withNewMetadata().withName("churn-canary-other").withNamespace(cluster.namespace).withLabels(labels())
                .withOwnerReferences(reference(keeper, false), reference(canary, true)).endMetadata()
                .withNewSpec().withReplicas(0).withNewSelector().withMatchLabels(labels()).endSelector()
                .withTemplate(canary.getSpec().getTemplate()).endSpec().build()).fieldManager("somebody").serverSideApply();
        adopted("churn-canary-other-bcdfg", set);
        OwnedPods.Found found = find();
        assertEquals(2, found.pods().size());
        assertTrue(found.strangers().toString(), found.strangers().contains("churn-canary-other-bcdfg"));
    }

    private static List<String> sorted(List<String> names) {
        return names.stream().sorted().toList();
    }

    /** An API server of old, or a proxy that takes them away. */
    @Test
    public void withoutManagedFieldsTheOwnerDecides() {
        Pod pod = new PodBuilder().withNewMetadata().withName("p").endMetadata().build();
        Controllers controllers = Controllers.of(pod);
        assertTrue(controllers.settled());
        assertTrue(controllers.haveMade(pod));
        Deployment fresh = new DeploymentBuilder(canary).editMetadata()
                .withManagedFields(canary.getMetadata().getManagedFields().stream()
                        .filter(e -> !e.getFieldsV1().getAdditionalProperties().containsKey("f:status")).toList())
                .endMetadata().build();
        assertFalse("no controller has looked at it yet", Controllers.of(fresh).settled());
    }

    private ReplicaSet setOf(Deployment deployment) {
        return cluster.client.apps().replicaSets().inNamespace(cluster.namespace).list().getItems().stream()
                .filter(s -> s.getMetadata().getOwnerReferences().stream()
                        .anyMatch(o -> o.getUid().equals(deployment.getMetadata().getUid())))
                .findFirst().orElseThrow();
    }

    /** A pod that the playground's controllers leave alone: they look at the first owner only. */
    private void adopted(String name, ReplicaSet set) {
        ReplicaSet keeper = cluster.create(new ReplicaSetBuilder()
                .withNewMetadata().withName("keeper-of-" + name).endMetadata()
                .withNewSpec().withReplicas(0).withNewSelector().addToMatchLabels("app", "x").endSelector()
                .withTemplate(canary.getSpec().getTemplate()).endSpec().build());
        cluster.create(new PodBuilder().withNewMetadata().withName(name).withLabels(labels())
                .withOwnerReferences(reference(keeper, false), reference(set, true)).endMetadata()
                .withSpec(canary.getSpec().getTemplate().getSpec()).build());
    }

    private static OwnerReference reference(HasMetadata owner, boolean controller) {
        return new OwnerReferenceBuilder().withApiVersion("apps/v1").withKind(owner.getKind())
                .withName(owner.getMetadata().getName()).withUid(owner.getMetadata().getUid())
                .withController(controller).build();
    }

    @Test
    public void podsOfAnEarlierDeploymentOfThisNameAreNotThoseOfTheNew() {
        OwnedPods.Found found = new OwnedPods(cluster.client, cluster.namespace)
                .find(model.objects.selector(Track.CANARY),
                        new OwnedPods.Maker("churn-canary", "00000000-0000-0000-0000-000000000000",
                                Controllers.of(canary)));
        assertEquals(List.of(), found.pods());
        assertEquals("they are on their way out, and nothing to warn of", List.of(), found.strangers());
        assertEquals(List.of(), new OwnedPods(cluster.client, cluster.namespace)
                .find(model.objects.selector(Track.CANARY), null).pods());
    }

    @Test
    public void aLookAsksForEachReplicaSetOnceAndForNoMoreThanAFew() throws Exception {
        Assume.assumeNotNull(cluster.toy);
        ReplicaSet set = cluster.create(new ReplicaSetBuilder()
                .withNewMetadata().withName("other").endMetadata()
                .withNewSpec().withReplicas(0).withNewSelector().addToMatchLabels("app", "x").endSelector()
                        .withTemplate(canary.getSpec().getTemplate()).endSpec().build());
        for (int i = 0; i < 40; i++) {
            // The first owner is kept by the garbage collector, the second one claims to be the controller.
            cluster.create(new PodBuilder(new Pod()).withNewMetadata().withName("claims-" + i).withLabels(labels())
                    .addNewOwnerReference().withApiVersion("apps/v1").withKind("ReplicaSet").withName("other")
                            .withUid(set.getMetadata().getUid()).endOwnerReference()
                    .addNewOwnerReference().withApiVersion("apps/v1").withKind("ReplicaSet").withName("set-" + i)
                            .withUid("uid-" + i).withController(true).endOwnerReference()
                    .endMetadata().withSpec(canary.getSpec().getTemplate().getSpec()).build());
        }
        try (KubernetesClient client = KubernetesClients.open(cluster.toy.access(), TestEnvironment.quiet(), Event.Stage.DEPLOY)) {
            OwnedPods pods = new OwnedPods(client, cluster.namespace);
            for (int i = 0; i < 2; i++) {
                cluster.toy.proxy().requests().clear();
                pods.find(model.objects.selector(Track.CANARY), OwnedPods.Maker.of(canary));
                long questions = cluster.toy.proxy().requests().stream().filter(r -> r.contains("/replicasets/"))
                        .count();
                assertEquals(20, questions);
            }
        }
    }

    @Test
    public void aStrangersPodIsNeitherMeasuredNorExplained() throws Exception {
        alone("a-stranger", "stranger");
        others("zz-others", "missing");
        cluster.client.apps().deployments().inNamespace(cluster.namespace).withName("churn-canary").scale(3);
        cluster.client.pods().inNamespace(cluster.namespace).withLabels(Map.of("app", "zz-others"))
                .informOnCondition(pods -> pods.stream().anyMatch(OwnedPodsTest::cannotStart))
                        .orTimeout(30, TimeUnit.SECONDS).join();
        cluster.client.apps().deployments().inNamespace(cluster.namespace).withName("churn-canary")
                .waitUntilCondition(d -> d.getStatus() != null && Integer.valueOf(3).equals(d.getStatus().getAvailableReplicas()), 30, TimeUnit.SECONDS);
        KubernetesTarget target =
                new KubernetesTarget(model.request, cluster.client, Runnable::run, Deployers.of("build 1"), Surround.DEADLINE, false);
        List<String> pages = new ArrayList<>();
        target.scrape(Track.CANARY).forEach(page -> pages.add(page.source()));
        assertEquals("only those of the canary's own ReplicaSet", List.of(),
                pages.stream().filter(source -> !source.contains(setOf(canary).getMetadata().getName() + "-")).toList());
        assertTrue(pages.toString(), pages.size() >= 2);
        assertFalse(target.selectorOfPresent(Track.CANARY), target.selectorOfPresent(Track.CANARY)
                .contains("stranger"));
        assertFalse(target.selectorOfPresent(Track.CANARY).contains("others"));
        var seen = target.observe(Instant.now().plusSeconds(60), null, null);
        assertNull("a tenant's pod is no problem of ours", seen.canary().problem());
        String warning = seen.warnings().get(0);
        assertTrue(warning,
                warning.matches(
                "pods that have the labels of Deployment churn-canary but were not made by it are not counted or measured, though Services may send them requests: a-stranger, zz-others-\\S+"));
        assertEquals(List.of(), target.lastLines(Track.CANARY));
    }

    private static boolean cannotStart(Pod pod) {
        return pod.getStatus() != null && pod.getStatus().getContainerStatuses().stream()
                .anyMatch(s -> s.getState() != null && s.getState().getWaiting() != null && s.getState().getWaiting()
                        .getReason().contains("Image"));
    }

    @Test
    public void aDeploymentOfOurNameThatIsSomebodyElsesIsRefusedAndStays() throws Exception {
        cluster.client.resource(canary).delete();
        others("churn-canary", "others");
        KubernetesTarget target =
                new KubernetesTarget(model.request, cluster.client, Runnable::run, Deployers.of("build 1"), Surround.DEADLINE, false);
        KubernetesTarget undone =
                new KubernetesTarget(model.request, cluster.client, Runnable::run, Deployers.of("build 1"), Surround.DEADLINE, true);
        for (KubernetesTarget one : List.of(target, undone)) {
            try {
                one.prepare();
                throw new AssertionError("it was taken for ours");
            } catch (DeliveryException e) {
                assertEquals(
                        "name: there is a Deployment churn-canary already that selects other pods than those of this model. Remove it, or choose another name; nothing was touched.", e.getMessage());
            }
        }
        assertFalse("it is no canary", target.observe(Instant.now(), null, null).canary().exists());
        new TrackDeployments(cluster.client, model.request, model.objects, "build 1", model.revision(), false)
                .delete(Track.CANARY);
        assertNotNull(cluster.client.apps().deployments().inNamespace(cluster.namespace).withName("churn-canary")
                .get());
    }
}
