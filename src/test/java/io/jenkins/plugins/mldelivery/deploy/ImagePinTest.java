package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.ImageDigests;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import io.jenkins.plugins.mldelivery.testing.Told;
import java.time.Instant;
import java.util.List;
import org.junit.Test;

/** Which image a rollout works with: by what was asked for, what the registry says, and what it has begun with. */
public class ImagePinTest {
    private static final String ONE = "sha256:" + "1".repeat(64);
    private static final String TWO = "sha256:" + "2".repeat(64);

    private final Told told = new Told();
    private final Environment environment = TestEnvironment.of(told);

    private String now(String image, RolloutState state, ImageDigests.Answer answer) throws Exception {
        return ImagePin.now(DeployModelRequest.of("churn", image), state, asked -> answer, environment).image();
    }

    /** A rollout that has begun with this image; null for one of a release before the state had it. */
    private static RolloutState begun(String image) {
        RolloutOrigin origin = new RolloutOrigin(
                "request", new RolloutPlace("c", "s", "n"), RolloutPlan.Kind.CANARY, new TrafficKind.ReplicaRatio(), null, image);
        return RolloutState.initial(Instant.EPOCH, "revision").withOrigin(origin);
    }

    @Test
    public void theTagStaysAndTheDigestComes() throws Exception {
        assertEquals("r.test/churn:1@" + ONE, now("r.test/churn:1", null, ImageDigests.Answer.of(ONE)));
        assertEquals("r.test/churn:latest@" + ONE, now("r.test/churn", null, ImageDigests.Answer.of(ONE)));
        assertEquals(List.of(
                "image r.test/churn:1 is sha256:111111111111\u2026 now", "image r.test/churn:latest is sha256:111111111111\u2026 now"), told.notes());
    }

    /** At Docker Hub it may be a stranger's, where the nodes have another of that name. */
    @Test
    public void aNameWithoutARegistryIsNotLookedUp() throws Exception {
        for (String image : List.of("churn", "team/churn:1", "a".repeat(100) + "/b:1")) {
            assertEquals(image, now(image, null, ImageDigests.Answer.of(ONE)));
        }
        assertTrue(told.notes().toString(), told.notes().get(0).startsWith(
                "image churn: what its tag names now can't be found out (it names no registry), so only the tag is compared: "));
        assertEquals("docker.io/team/churn:1@" + ONE, now("docker.io/team/churn:1", null, ImageDigests.Answer.of(ONE)));
        assertEquals("index.docker.io/a/b:1@" + ONE, now("index.docker.io/a/b:1", null, ImageDigests.Answer.of(ONE)));
    }

    @Test
    public void aNameThatWouldBeTooLongStaysAsItIs() throws Exception {
        String image = "r.test/" + "a/".repeat(220) + "churn:1";
        assertEquals(image, now(image, null, ImageDigests.Answer.of(ONE)));
    }

    @Test
    public void nobodyIsAskedForADigestThatIsGivenOrOfAWrongRequest() throws Exception {
        ImageDigests never = asked -> {
            throw new AssertionError("asked for " + asked);
        };
        DeployModelRequest given = DeployModelRequest.of("churn", "r.test/churn:1@" + TWO);
        assertEquals(given, ImagePin.now(given, null, never, environment));
        assertEquals(given, ImagePin.now(given, begun("r.test/churn:1@" + ONE), never, environment));
        DeployModelRequest tag = DeployModelRequest.of("churn", "r.test/churn:1");
        assertEquals(tag, ImagePin.now(tag, null, null, environment));
        assertThrows(DeliveryException.class, () -> ImagePin.now(tag.withRequireDigest(true), null, never, environment));
        assertThrows(DeliveryException.class, () -> ImagePin.now(tag.withNamespace("A"), null, never, environment));
        assertEquals(List.of(), told.notes());
    }

    @Test
    public void whatHasBegunKeepsItsImageWhereTheRegistryDoesNotSayOtherwise() throws Exception {
        ImageDigests.Answer away = ImageDigests.Answer.unknown("connection refused");
        String tag = "r.test/churn:1";
        assertEquals(tag + "@" + TWO, now(tag, begun(tag + "@" + ONE), ImageDigests.Answer.of(TWO)));
        assertEquals(tag + "@" + ONE, now(tag, begun(tag + "@" + ONE), away));
        assertEquals("by the tag alone", tag, now(tag, begun(tag), ImageDigests.Answer.of(TWO)));
        assertEquals("of an earlier release", tag, now(tag, begun(null), ImageDigests.Answer.of(TWO)));
        assertEquals("of another tag", tag, now(tag, begun("r.test/churn:2@" + ONE), away));
        assertEquals("of another repository", tag, now(tag, begun("r.test/other:1@" + ONE), away));
        assertEquals(tag, now(tag, null, away));
    }

    @Test
    public void afterARestartNobodyIsAsked() throws Exception {
        DeployModelRequest request = DeployModelRequest.of("churn", "churn");
        assertEquals("churn:latest@" + ONE, ImagePin.asBegun(request, begun("churn:latest@" + ONE)).image());
        assertEquals(request, ImagePin.asBegun(request, begun("other:latest@" + ONE)));
        assertEquals(request, ImagePin.asBegun(request, begun(null)));
        assertEquals(request, ImagePin.asBegun(request, null));
    }
}
