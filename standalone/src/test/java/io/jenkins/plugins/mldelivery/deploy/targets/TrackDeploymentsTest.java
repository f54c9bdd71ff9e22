package io.jenkins.plugins.mldelivery.deploy.targets;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.ModelSettings;
import io.jenkins.plugins.mldelivery.playground.kube.FaultProxy;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.Assume;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The Deployments of a model's versions, on a cluster. */
public class TrackDeploymentsTest {
    private static final String MANIFEST = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: churn, labels: {team: red}, annotations: {note: mine}}
            spec:
              selector: {matchLabels: {app: churn}}
              template:
                metadata: {labels: {app: churn}}
                spec:
                  securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
                  containers:
                    - name: model
                      image: none
                      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
            """;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void undoingLeavesTheUsersLabelsAndAnnotations() throws Exception {
        try (Surround cluster = new Surround(folder.getRoot().toPath())) {
            for (String image : List.of("registry.test/ml/v1", "registry.test/ml/v2")) {
                Surround.Model model = model(cluster, image);
                deployments(model, model.revision(), false).promote(1, false, true, null, model.stable(), judged -> null);
            }
            Surround.Model model = model(cluster, "registry.test/ml/v3");
            String before = deployments(model, model.revision(), true).previousRevision(model.stable());
            deployments(model, before, true).promote(1, false, true, null, model.stable(), judged -> null);
            Deployment undone = model.stable();
            assertEquals("registry.test/ml/v1", undone.getSpec().getTemplate().getSpec().getContainers().get(0).getImage());
            Map<String, String> annotations = undone.getMetadata().getAnnotations();
            assertEquals("mine", annotations.get("note"));
            assertEquals("red", undone.getMetadata().getLabels().get("team"));
            assertEquals(before, annotations.get(Revision.ANNOTATION));
        }
    }

    @Test
    public void aKeptTemplateThatSomebodyHasSpoiledIsNamed() throws Exception {
        try (Surround cluster = new Surround(folder.getRoot().toPath())) {
            String first = model(cluster, "registry.test/ml/v1").revision();
            for (String image : List.of("registry.test/ml/v1", "registry.test/ml/v2")) {
                Surround.Model model = model(cluster, image);
                deployments(model, model.revision(), false).promote(1, false, true, null, model.stable(), judged -> null);
            }
            Surround.Model model = model(cluster, "registry.test/ml/v2");
            for (String spoiled : List.of("", "{\"spec\": [", "[1]", "{\"spec\": {\"containers\": 7}}",
                    "spec: {containers: []}")) {
                model.client.apps().deployments().inNamespace(cluster.namespace).withName("churn").patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                                Serialization.asJson(
                                Map.of("metadata",
                                Map.of("annotations", Map.of("ml-delivery.io/previous-template", spoiled)))));
                DeliveryException e =
                        assertThrows(spoiled, DeliveryException.class, () -> deployments(model, model.revision(), false)
                        .restore(first, 1, false));
                assertTrue(e.getMessage(), e.getMessage().contains("can't be put back. Deploy the old image again."));
            }
        }
    }

    @Test
    public void aDeploymentThatSomebodyElseHasMadeMeanwhileIsNotDeleted() throws Exception {
        try (Surround cluster = new Surround(folder.getRoot().toPath())) {
            Assume.assumeTrue("needs an API server that can be told when to do something", cluster.toy != null);
            AtomicInteger left = new AtomicInteger();
            AtomicReference<Runnable> meanwhile = new AtomicReference<>();
            cluster.toy.proxy().faults(r -> {
                if (r.startsWith("DELETE") && r.contains("/deployments/churn") && left.getAndDecrement() > 0) {
                    meanwhile.get().run();
                }
                return FaultProxy.NONE;
            });
            try (KubernetesClient client = TestEnvironment.open(cluster.toy.access())) {
                Surround.Model model = new Surround.Model(
                        client, model(cluster, "registry.test/ml/v1").request, cluster.namespace, "build 1");
                TrackDeployments deployments = deployments(model, model.revision(), false);
                model.applyStable(1);
                left.set(1);
                meanwhile.set(() -> note(cluster, "quicker"));
                deployments.delete(Track.STABLE);
                assertNull("what only changes is deleted", model.stable());

                model.applyStable(1);
                left.set(1);
                meanwhile.set(() -> {
                    RollableScalableResource<Deployment> churn = churn(cluster);
                    Deployment theirs = new DeploymentBuilder(churn.get())
                            .withNewMetadata().withName("churn").withNamespace(cluster.namespace).endMetadata()
                            .editSpec().withNewSelector().addToMatchLabels("app", "theirs").endSelector()
                            .editTemplate().withNewMetadata().addToLabels("app", "theirs").endMetadata().endTemplate().endSpec()
                            .build();
                    churn.delete();
                    cluster.client.resource(theirs).create();
                });
                deployments.delete(Track.STABLE);
                assertEquals(Map.of("app", "theirs"), model.stable().getSpec().getSelector().getMatchLabels());
            }
        }
    }

    private static RollableScalableResource<Deployment> churn(Surround cluster) {
        return cluster.client.apps().deployments().inNamespace(cluster.namespace).withName("churn");
    }

    private static void note(Surround cluster, String value) {
        churn(cluster).patch(PatchContext.of(PatchType.JSON_MERGE),
                "{\"metadata\": {\"annotations\": {\"example.org/note\": \"" + value + "\"}}}");
    }

    private static Surround.Model model(Surround cluster, String image) throws Exception {
        return cluster.model(DeployModelRequest.of("churn", image).withModel(new ModelSettings(1, null, "none", List.of(), null, Map.of(), MANIFEST)));
    }

    private static TrackDeployments deployments(Surround.Model model, String revision, boolean undo) {
        return new TrackDeployments(model.client, model.request, model.objects, "build 1", revision, undo);
    }
}
