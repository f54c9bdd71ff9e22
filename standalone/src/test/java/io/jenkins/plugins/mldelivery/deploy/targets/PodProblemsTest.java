package io.jenkins.plugins.mldelivery.deploy.targets;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.Assume;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class PodProblemsTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    /** A kubelet notes the end of its containers on a pod that is deleted, before the pod is gone. */
    @Test
    public void aPodThatWasToldToEndHasNotCrashed() {
        Deployment deployment = new DeploymentBuilder().withNewMetadata().withName("churn").endMetadata().withNewSpec().endSpec().build();
        Pod ended = new PodBuilder().withNewMetadata().withName("churn-1-abcde").withNamespace("ml").endMetadata()
                .withNewSpec().endSpec()
                .withNewStatus().addNewContainerStatus().withName("model").withReady(false).withRestartCount(0)
                .withNewState().withNewTerminated().withExitCode(0).endTerminated().endState().endContainerStatus().endStatus().build();
        PodProblems problems = new PodProblems(null);
        assertEquals("pod churn-1-abcde ended by itself (exit code 0), which a model server must not do", problems.explain(deployment, List.of(ended), Instant.now()));
        Pod ending = new PodBuilder(ended).editMetadata().withDeletionTimestamp(Instant.now().toString()).endMetadata().build();
        assertNull(problems.explain(deployment, List.of(ending), Instant.now()));
        assertEquals("without asking for its log", List.of(), problems.lastLines(List.of(ending)));
    }

    private static Pod waiting(String reason, String message, int restarts, Instant start) {
        return new PodBuilder().withNewMetadata().withName("churn-1-abcde").withNamespace("ml").endMetadata()
                .withNewSpec().endSpec()
                .withNewStatus().withStartTime(start.toString()).addNewContainerStatus().withName("model").withReady(false)
                .withRestartCount(restarts)
                .withNewState().withNewWaiting().withReason(reason).withMessage(message).endWaiting().endState()
                .withNewLastState().withNewTerminated().withExitCode(3).endTerminated().endLastState()
                .endContainerStatus().endStatus().build();
    }

    private static String hopeless(String reason, String message, int restarts, int seconds) {
        Instant now = Instant.parse("2026-11-30T12:00:00Z");
        return new PodProblems(null).hopeless(List.of(waiting(reason, message, restarts, now.minusSeconds(seconds))), now);
    }

    /** What will not change is not waited for until the deadline; what may is. */
    @Test
    public void podsAreGivenUpAfterABoundedNumberOfAttempts() {
        assertEquals("pod churn-1-abcde crashed with exit code 3, 5 times", hopeless("CrashLoopBackOff", "back-off", 4, 160));
        assertNull("its server may come up yet", hopeless("CrashLoopBackOff", "back-off", 3, 160));
        assertNull(hopeless("CrashLoopBackOff", "back-off", 9, 60));
        String missing = "Back-off pulling image \"a/b:1\": ErrImagePull: failed to resolve reference \"a/b:1\": a/b:1: not found";
        assertEquals("pod churn-1-abcde can't start: ImagePullBackOff (" + missing + ")",
                hopeless("ImagePullBackOff", missing, 0, 100));
        assertNull(hopeless("ImagePullBackOff", missing, 0, 30));
        assertNull("the registry may come back", hopeless("ErrImagePull", "dial tcp 10.0.0.1:443: connect: connection refused", 0, 500));
        assertNull("somebody may make it", hopeless("CreateContainerConfigError", "secret \"x\" not found", 0, 500));
    }

    @Test
    public void aContainerThatRunsAgainAfterItsCrashIsStillQuoted() throws Exception {
        try (Surround cluster = new Surround(folder.getRoot().toPath())) {
            Assume.assumeTrue("the image is one of the embedded cluster", cluster.toy != null);
            Surround.Model model = cluster.model(DeployModelRequest.of("churn", "registry.test/ml/crash-chatty"));
            model.applyStable(1);
            Pod crashed = cluster.client.pods().inNamespace(cluster.namespace).withLabels(model.objects.selector(Track.STABLE))
                    .waitUntilCondition(p -> p != null && !p.getStatus().getContainerStatuses().isEmpty() && p.getStatus().getContainerStatuses().get(0).getRestartCount() > 0, 30, TimeUnit.SECONDS);
            Pod again = new PodBuilder(crashed).editStatus().editFirstContainerStatus()
                    .withNewState().withNewRunning().withStartedAt(Instant.now().toString()).endRunning().endState().withReady(false)
                    .withNewLastState().withNewTerminated().withExitCode(1).endTerminated().endLastState()
                    .endContainerStatus().endStatus().build();
            PodProblems problems = new PodProblems(cluster.client);
            List<String> lines = problems.lastLines(List.of(again));
            assertTrue("the last lines of what crashed", !lines.isEmpty());
            assertEquals(lines, problems.lastLines(List.of(again, again)));
            Pod serving = new PodBuilder(again).editStatus().editFirstContainerStatus().withReady(true).endContainerStatus().endStatus().build();
            assertEquals("what serves is no problem", List.of(), problems.lastLines(List.of(serving)));
        }
    }
}
