package io.jenkins.plugins.mldelivery.deploy.targets;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.jenkins.plugins.mldelivery.delivery.Track;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Test;

/** With names as the API server of Kubernetes 1.33 has made them. */
public class PodMatchersTest {
    private static final String LONG = "a2345678901234567890123456789012345678901234567890";

    @Test
    public void tellTheTracksApartAndLeaveOtherModelsOut() {
        assertTrue(selects("churn", Track.STABLE, "churn-6ccb4bdcff-5n9sw"));
        assertTrue(selects("churn", Track.CANARY, "churn-canary-69f5579577-2gfkm"));
        for (String other : List.of("churn-canary-69f5579577-2gfkm", "churn-eu-6ccb4bdcff-5n9sw", "churn-eu-canary-69f5579577-2gfkm", "fraud-6ccb4bdcff-5n9sw", "churn-6ccb4bdcff-5n9sw-debug", "churn-6ccb4bdcff-mine")) {
            assertTrue(other, !selects("churn", Track.STABLE, other));
        }
        for (String other : List.of("churn-6ccb4bdcff-5n9sw", "churn-canary-mine", "churn-canary-69f5579577-2gfkm-debug")) {
            assertTrue(other, !selects("churn", Track.CANARY, other));
        }
    }

    @Test
    public void findPodsOfLongNamesWhichAreCutOff() {
        assertTrue(selects(LONG.substring(0, 46), Track.STABLE, LONG.substring(0, 46) + "-8fdd8bd6b-996ct"));
        assertTrue(selects(LONG.substring(0, 47), Track.STABLE, LONG.substring(0, 47) + "-7cf6f479dcpl2v8"));
        assertTrue(selects(LONG, Track.STABLE, LONG + "-7d56678s5ztq"));
        assertTrue(selects(LONG, Track.CANARY, LONG + "-canary-78545"));
        assertTrue(new PodMatchers("ml", LONG).ofPresent(Track.STABLE, List.of(pod(LONG + "-7d56678f8d", null))).endsWith("pod=~\"" + LONG + "-7d56678[a-z0-9]{5}\""));
    }

    @Test
    public void ofPodsThatAreThereFindTheirReplicaSetsAlone() {
        PodMatchers matchers = new PodMatchers("ml", "churn");
        assertEquals(
                "namespace=\"ml\",pod=~\"churn-canary-1f-[a-z0-9]{5}|churn-canary-2f-[a-z0-9]{5}\"",
                matchers.ofPresent(Track.CANARY, List.of(pod("churn-canary-2f", null), pod("churn-canary-1f", null), pod("churn-canary-2f", null), pod("churn-canary-0f", "2026-11-28T23:00:00Z"))));
        assertEquals(matchers.of(Track.CANARY), matchers.ofPresent(Track.CANARY, List.of(pod("churn-canary-0f", "2026-11-28T23:00:00Z"))));
    }

    private static boolean selects(String model, Track track, String pod) {
        Matcher matcher = Pattern.compile("pod([=!])~\"([^\"]+)\"").matcher(new PodMatchers("ml", model).of(track));
        boolean selected = true;
        while (matcher.find()) {
            selected &= pod.matches(matcher.group(2)) == matcher.group(1).equals("=");
        }
        return selected;
    }

    private static Pod pod(String replicaSet, String deleted) {
        return new PodBuilder().withNewMetadata().withDeletionTimestamp(deleted)
                .addNewOwnerReference().withApiVersion("apps/v1").withKind("ReplicaSet").withName(replicaSet).withUid("1").withController(true).endOwnerReference()
                .endMetadata().build();
    }
}
