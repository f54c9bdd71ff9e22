package io.jenkins.plugins.mldelivery.deploy.targets;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Instant;
import java.util.List;
import org.junit.Test;

/** What is kept of a pod says the same of it as the whole one. */
public class KeptPodTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Deployment DEPLOYMENT =
            new DeploymentBuilder().withNewSpec().endSpec().build();

    private static PodBuilder pod() {
        return new PodBuilder()
                .withNewMetadata()
                .withName("churn-1-abcde")
                .withNamespace("ml")
                .withUid("u")
                .addToLabels("app", "churn")
                .addNewOwnerReference()
                .withApiVersion("apps/v1")
                .withKind("ReplicaSet")
                .withName("churn-1")
                .withUid("set")
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("model")
                .addNewEnv()
                .withName("A")
                .withValue("b".repeat(10_000))
                .endEnv()
                .addNewPort()
                .withName("http")
                .withContainerPort(8080)
                .endPort()
                .withNewReadinessProbe()
                .withNewHttpGet()
                .withPort(new IntOrString("http"))
                .withPath("/ready")
                .endHttpGet()
                .endReadinessProbe()
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withStartTime("2026-01-01T11:00:00Z")
                .addNewContainerStatus()
                .withName("model")
                .withImageID("registry.example.org/churn@sha256:abc")
                .withReady(false)
                .withRestartCount(7)
                .endContainerStatus()
                .endStatus();
    }

    private static KeptPod kept(Pod whole) {
        OwnerReference owner = whole.getMetadata().getOwnerReferences().get(0);
        return new KeptPod(whole, owner);
    }

    private static String explained(Pod pod) {
        PodProblems problems = new PodProblems(null);
        return problems.explain(DEPLOYMENT, List.of(pod), NOW) + " / " + problems.hopeless(List.of(pod), NOW);
    }

    @Test
    public void itsProblemsAreTheSame() {
        List<Pod> troubled = List.of(
                pod().editStatus().addNewCondition().withType("PodScheduled").withStatus("False")
                        .withMessage("no node").endCondition().endStatus().build(),
                pod().editStatus().editFirstContainerStatus().withNewState().withNewWaiting()
                        .withReason("ImagePullBackOff").withMessage("not found").endWaiting().endState()
                        .endContainerStatus().endStatus().build(),
                pod().editStatus().editFirstContainerStatus().withNewState().withNewWaiting()
                        .withReason("CrashLoopBackOff").endWaiting().endState().withNewLastState().withNewTerminated()
                        .withExitCode(137).withReason("OOMKilled").endTerminated().endLastState()
                        .endContainerStatus().endStatus().build(),
                pod().editStatus().editFirstContainerStatus().withNewState().withNewRunning()
                        .withStartedAt("2026-01-01T11:00:00Z").endRunning().endState()
                        .endContainerStatus().endStatus().build());
        for (Pod whole : troubled) {
            assertFalse(explained(whole), explained(whole).startsWith("null"));
            assertEquals(explained(whole), explained(kept(whole).pod()));
        }
    }

    @Test
    public void itIsWhatTheWholeOneIs() {
        Pod ready = pod().editMetadata().withDeletionTimestamp("2026-01-01T11:59:00Z").endMetadata()
                .editStatus().addNewCondition().withType("Ready").withStatus("True").endCondition().endStatus().build();
        Pod kept = kept(ready).pod();
        assertTrue(PodProblems.isReady(kept));
        assertFalse(PodProblems.isReady(kept(pod().build()).pod()));
        assertEquals("churn-1", OwnedPods.replicaSet(kept));
        assertEquals("ml/churn-1-abcde/u", kept.getMetadata().getNamespace() + "/" + kept.getMetadata().getName() + "/"
                + kept.getMetadata().getUid());
        assertNotNull(kept.getMetadata().getDeletionTimestamp());
        assertEquals("registry.example.org/churn@sha256:abc", kept.getStatus().getContainerStatuses().get(0).getImageID());
    }

    @Test
    public void whatIsOnlyQuotedIsCutAndTheRestCounts() {
        Pod whole = pod().build();
        assertTrue(kept(whole).bytes() < 5_000);
        Pod chatty = pod().editStatus().editFirstContainerStatus().withNewState().withNewWaiting().withReason("Error")
                .withMessage("x".repeat(1_000_000)).endWaiting().endState().endContainerStatus().endStatus().build();
        assertTrue(kept(chatty).bytes() < 8_000);
        Pod longName = pod().editMetadata().withName("p".repeat(1_000_000)).endMetadata().build();
        assertTrue(kept(longName).bytes() > 2_000_000);
    }
}
