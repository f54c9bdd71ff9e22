package io.jenkins.plugins.mldelivery.deploy.targets;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.ModelSettings;
import io.jenkins.plugins.mldelivery.deploy.PodSettings;
import io.jenkins.plugins.mldelivery.deploy.Runtime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** What the pods of a model are like. */
public class PodTemplatesTest {
    private static final PodSettings DEFAULTS = PodSettings.defaults();

    @Test
    public void theTracksDifferInTheirLabelAndTheSameRequestGivesTheSameRevision() throws Exception {
        KubernetesObjects objects = objects(DEFAULTS);
        PodTemplateSpec stable = objects.template(Track.STABLE);
        assertEquals(Revision.of(stable), Revision.of(objects(DEFAULTS).template(Track.STABLE)));
        assertNotEquals(Revision.of(stable), Revision.of(objects(DEFAULTS.withEnv(Map.of("A", "1"))).template(Track.STABLE)));
        assertNotEquals(Revision.of(stable), Revision.of(objects.withConfigHash("cafe").template(Track.STABLE)));
        assertEquals("stable", stable.getMetadata().getLabels().get(KubernetesObjects.TRACK_LABEL));
        assertEquals("canary", objects.template(Track.CANARY).getMetadata().getLabels().get(KubernetesObjects.TRACK_LABEL));
    }

    @Test
    public void podsSpreadMountNoTokenAndSeeNoServices() throws Exception {
        var spec = objects(DEFAULTS).template(Track.CANARY).getSpec();
        assertEquals(List.of("kubernetes.io/hostname", "topology.kubernetes.io/zone"), spec.getTopologySpreadConstraints().stream().map(TopologySpreadConstraint::getTopologyKey).toList());
        assertEquals("ScheduleAnyway", spec.getTopologySpreadConstraints().get(0).getWhenUnsatisfiable());
        assertEquals("canary", spec.getTopologySpreadConstraints().get(0).getLabelSelector().getMatchLabels().get(KubernetesObjects.TRACK_LABEL));
        assertEquals(Boolean.FALSE, spec.getAutomountServiceAccountToken());
        assertEquals(Boolean.FALSE, spec.getEnableServiceLinks());
        assertNull(spec.getServiceAccountName());
    }

    @Test
    public void gpusNodesAndConfigurationAreAsGiven() throws Exception {
        PodSettings pods = new PodSettings(
                "vllm", null, null, null, null, null, Map.of("A", "1"), List.of("cfg"), List.of("key"), "2", "8Gi", 2, Map.of("disktype", "ssd"), List.of("nvidia.com/gpu:NoSchedule", "team=ml:NoExecute", "spot"));
        var spec = objects(pods).template(Track.STABLE).getSpec();
        Container model = spec.getContainers().get(0);
        assertEquals("2", model.getResources().getLimits().get("nvidia.com/gpu").toString());
        assertEquals("8Gi", model.getResources().getLimits().get("memory").toString());
        assertEquals("2", model.getResources().getRequests().get("cpu").toString());
        assertEquals(Map.of("disktype", "ssd"), spec.getNodeSelector());
        assertEquals("cfg", model.getEnvFrom().get(0).getConfigMapRef().getName());
        assertEquals("key", model.getEnvFrom().get(1).getSecretRef().getName());
        assertEquals(
                List.of("nvidia.com/gpu Exists null NoSchedule", "team Equal ml NoExecute", "spot Exists null null"),
                spec.getTolerations().stream().map(t -> t.getKey() + " " + t.getOperator() + " " + t.getValue() + " " + t.getEffect()).toList());
        assertEquals(8000, model.getPorts().get(0).getContainerPort().intValue());
    }

    @Test
    public void aSlowStartIsNoReasonToRestartWithinTheProgressDeadline() throws Exception {
        Container model = KubernetesObjects.of(request(DEFAULTS), 602).template(Track.STABLE).getSpec().getContainers().get(0);
        assertEquals("/v2/health/live", model.getLivenessProbe().getHttpGet().getPath());
        assertEquals("/v2/health/live", model.getStartupProbe().getHttpGet().getPath());
        assertEquals(605, model.getStartupProbe().getPeriodSeconds() * model.getStartupProbe().getFailureThreshold());
        Container custom = KubernetesObjects.of(request(runtime("custom")), 600).template(Track.STABLE).getSpec().getContainers().get(0);
        assertEquals("/", custom.getReadinessProbe().getHttpGet().getPath());
        assertNull(custom.getLivenessProbe());
        assertNull(custom.getStartupProbe());
    }

    @Test
    public void everyRuntimeHasItsPortsAndPaths() throws Exception {
        StringBuilder table = new StringBuilder();
        for (Runtime r : Runtime.values()) {
            PodSettings pods = runtime(r.word());
            Container model = objects(pods).template(Track.STABLE).getSpec().getContainers().get(0);
            table.append(r.word()).append(' ').append(model.getPorts().get(0).getContainerPort()).append(' ').append(model.getReadinessProbe().getHttpGet().getPath()).append(' ')
                    .append(r.livePath(pods)).append(' ').append(r.metricsPort(pods)).append(' ').append(r.metricsPath(pods)).append(' ').append(model.getPorts().size()).append('\n');
        }
        assertEquals(
                """
                v2 8080 /v2/health/ready /v2/health/live 8080 /metrics 1
                mlserver 8080 /v2/health/ready /v2/health/live 8082 /metrics 2
                triton 8000 /v2/health/ready /v2/health/live 8002 /metrics 2
                torchserve 8080 /ping /ping 8082 /metrics 2
                tensorflow-serving 8501 /v1/models/model null 8501 /monitoring/prometheus/metrics 1
                vllm 8000 /health /health 8000 /metrics 1
                kserve 8080 /v2/health/ready /v2/health/live 8080 /metrics 1
                custom 8080 / null 8080 /metrics 1
                """,
                table.toString());
    }

    @Test
    public void azuresIdentityNeedsItsLabel() throws Exception {
        ModelSettings d = ModelSettings.defaults();
        ModelSettings azure = new ModelSettings(1, null, d.disruptionBudget(), List.of(), "serving", Map.of("azure.workload.identity/client-id", "1234"), null);
        PodTemplateSpec template = KubernetesObjects.of(DeployModelRequest.of("churn", "churn:1").withModel(azure), 60).template(Track.STABLE);
        assertEquals("true", template.getMetadata().getLabels().get("azure.workload.identity/use"));
        assertEquals("serving", template.getSpec().getServiceAccountName());
        assertNull(objects(DEFAULTS).template(Track.STABLE).getMetadata().getLabels().get("azure.workload.identity/use"));
    }

    @Test
    public void differencesHaveTwoLinesAroundThem() {
        assertEquals(List.of(), LineDiff.of(List.of("a", "b"), List.of("a", "b")));
        assertEquals(
                List.of("  2", "  3", "- 4", "+ x", "  5", "  6", "  ...", "  9", "  10", "+ 11"),
                LineDiff.of(List.of("1", "2", "3", "4", "5", "6", "7", "8", "9", "10"), List.of("1", "2", "3", "x", "5", "6", "7", "8", "9", "10", "11")));
    }

    /** What a cluster or an author writes: compared pair by pair, these would take 14 GB. */
    @Test(timeout = 30_000)
    public void longTextsAreNotComparedLineByLine() {
        List<String> before = new ArrayList<>(Collections.nCopies(60_000, "a"));
        List<String> after = new ArrayList<>(Collections.nCopies(60_000, "b"));
        before.add(0, "first");
        after.add(0, "first");
        List<String> diff = LineDiff.of(before, after);
        assertEquals(120_001, diff.size());
        assertEquals(List.of("  first", "- a"), diff.subList(0, 2));
        assertEquals("+ b", diff.get(120_000));
        after.subList(1, after.size()).clear();
        after.add("a");
        assertEquals(List.of("  first", "  a", "- a"), LineDiff.of(before, after).subList(0, 3));
    }

    @Test
    public void ownersOfFieldsAreNamedWithinLimits() throws Exception {
        StringBuilder fields = new StringBuilder();
        int levels = 10;
        for (int i = 0; i < levels; i++) {
            fields.append("{\"f:").append("n".repeat(49_000)).append("\":");
        }
        fields.append('{');
        for (int i = 0; i < 3_000; i++) {
            fields.append(i == 0 ? "" : ",").append("\"f:").append(i).append("\":{}");
        }
        fields.append("}".repeat(levels + 1));
        Deployment live = Serialization.unmarshal(
                "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"x\",\"managedFields\":[{\"manager\":\"m\","
                        + "\"operation\":\"Update\",\"fieldsV1\":{\"f:spec\":{\"f:template\":" + fields + "}}}]}}", Deployment.class);
        List<String> others = TemplateOwners.others(live);
        assertEquals(100, others.size());
        assertTrue(others.stream().allMatch(text -> text.length() < 320 && text.endsWith(" (m)")));
    }

    private static PodSettings runtime(String word) {
        return new PodSettings(word, null, null, null, null, null, Map.of(), List.of(), List.of(), null, null, 0, Map.of(), List.of());
    }

    private static DeployModelRequest request(PodSettings pods) {
        return DeployModelRequest.of("churn", "churn:1").withPods(pods);
    }

    private static KubernetesObjects objects(PodSettings pods) throws Exception {
        return KubernetesObjects.of(request(pods), 60);
    }
}
