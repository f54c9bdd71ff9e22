package io.jenkins.plugins.mldelivery.deploy.targets;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.ModelSettings;
import java.util.List;
import java.util.Map;
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

    private static Surround.Model model(Surround cluster, String image) throws Exception {
        return cluster.model(DeployModelRequest.of("churn", image).withModel(new ModelSettings(1, null, "none", List.of(), null, Map.of(), MANIFEST)));
    }

    private static TrackDeployments deployments(Surround.Model model, String revision, boolean undo) {
        return new TrackDeployments(model.client, model.request, model.objects, "build 1", revision, undo);
    }
}
