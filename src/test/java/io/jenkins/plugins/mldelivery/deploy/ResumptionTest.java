package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;

import io.jenkins.plugins.mldelivery.delivery.KeyedHash;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** What becomes of a state that a call finds. */
public class ResumptionTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final KeyedHash KEY = KeyedHash.withKey(new byte[] {1, 2, 3});
    private static final RolloutPlace PLACE = new RolloutPlace("cluster", "https://one", "namespace");
    private static final TrafficKind PODS = new TrafficKind.ReplicaRatio();

    private static RolloutOrigin origin(String request, RolloutPlan.Kind kind, TrafficKind traffic) {
        return new RolloutOrigin(request, PLACE, kind, traffic, null, null);
    }

    private static RolloutState state(Phase phase, RolloutOrigin origin) {
        return RolloutState.initial(NOW, "rev").withStable("old", 2, false).to(phase, NOW).withOrigin(origin);
    }

    @Test
    public void onlyTheSameRequestGoesOn() {
        RolloutOrigin begun = origin("a", RolloutPlan.Kind.CANARY, PODS);
        RolloutOrigin other = origin("b", RolloutPlan.Kind.CANARY, PODS);
        for (Phase phase : Phase.values()) {
            RolloutState state = state(phase, begun);
            assertEquals(Resumption.GO_ON, Resumption.of(state, begun, "rev"));
            Resumption expected = phase.ended() ? Resumption.GO_ON
                    : phase == Phase.PREPARING || phase == Phase.PROMOTING ? Resumption.BEGIN_ANEW : Resumption.ROLL_BACK_FIRST;
            assertEquals(phase.toString(), expected, Resumption.of(state, other, "rev"));
        }
        RolloutState held = state(Phase.ANALYSING, begun);
        assertEquals("a later program makes other pods", Resumption.ROLL_BACK_FIRST, Resumption.of(held, begun, "other"));
        assertEquals("an undone one has no revision of its own", Resumption.GO_ON, Resumption.of(held, begun, null));
    }

    @Test
    public void whatHasNotPassedDoesNotStay() {
        RolloutOrigin other = origin("b", RolloutPlan.Kind.CANARY, PODS);
        RolloutOrigin rolling = origin("a", RolloutPlan.Kind.DIRECT, PODS);
        assertEquals(Resumption.ROLL_BACK_FIRST, Resumption.of(state(Phase.PROMOTING, rolling), other, "rev"));
        RolloutOrigin routed = origin("a", RolloutPlan.Kind.CANARY, new TrafficKind.Gateway("r"));
        assertEquals("nobody else would give its traffic back", Resumption.ROLL_BACK_FIRST, Resumption.of(state(Phase.PROMOTING, routed), other, "rev"));
        RolloutOrigin switched = origin("a", RolloutPlan.Kind.FULL, PODS);
        assertEquals("the Service's selector too", Resumption.ROLL_BACK_FIRST, Resumption.of(state(Phase.PROMOTING, switched), other, "rev"));
        RolloutOrigin undo = origin("a", RolloutPlan.Kind.UNDO, new TrafficKind.Gateway("r"));
        assertEquals(Resumption.BEGIN_ANEW, Resumption.of(state(Phase.PROMOTING, undo), other, "rev"));
        RolloutState install = RolloutState.initial(NOW, "rev").to(Phase.PROMOTING, NOW).withOrigin(rolling);
        assertEquals(Resumption.BEGIN_ANEW, Resumption.of(install, other, "rev"));
    }

    @Test
    public void aStateOfAnEarlierReleaseIsComparedByItsRevision() {
        RolloutState old = state(Phase.ANALYSING, null);
        RolloutOrigin now = origin("a", RolloutPlan.Kind.CANARY, PODS);
        assertEquals(Resumption.GO_ON, Resumption.of(old, now, "rev"));
        assertEquals(Resumption.ROLL_BACK_FIRST, Resumption.of(old, now, "other"));
    }

    @Test
    public void placesAreComparedByWhatIsKnownOfBoth() {
        assertEquals(RolloutPlace.Relation.SAME, place("c", "s", "n").to(place("c", "other address", "n")));
        assertEquals(RolloutPlace.Relation.SAME, place(null, "s", null).to(place("c", "s", "n")));
        assertEquals(RolloutPlace.Relation.SAME, place(null, "t", "n").to(place(null, "s", "n")));
        assertEquals(RolloutPlace.Relation.ELSEWHERE, place("d", "s", "m").to(place("c", "s", "n")));
        assertEquals(RolloutPlace.Relation.ELSEWHERE, place(null, "t", null).to(place("c", "s", "n")));
        assertEquals(RolloutPlace.Relation.ELSEWHERE, place(null, "t", "m").to(place(null, "s", "n")));
        assertEquals(RolloutPlace.Relation.MADE_ANEW, place("c", "s", "m").to(place("c", "s", "n")));
        RolloutOrigin there = new RolloutOrigin("a", place("d", "s", "m"), RolloutPlan.Kind.CANARY, PODS, null, null);
        for (Phase phase : Phase.values()) {
            assertEquals(Resumption.REFUSE, Resumption.of(state(phase, origin("a", RolloutPlan.Kind.CANARY, PODS)), there, "rev"));
        }
    }

    @Test
    public void whatTellsTwoClustersApartIsTold() {
        assertEquals("another cluster (https://one) than https://two", place("d", "https://two 02", "m").differsFrom(place("c", "https://one 01", "n")));
        assertEquals(
                "another cluster at the same address (https://one): the UID of its namespace kube-system was c, and now is d",
                place("d", "https://one 02", "m").differsFrom(place("c", "https://one 01", "n")));
        assertEquals(
                "another cluster at the same address (https://one): its certificate authorities are others",
                place(null, "https://one 02", "m").differsFrom(place("c", "https://one 01", "n")));
    }

    private static RolloutPlace place(String cluster, String server, String namespace) {
        return new RolloutPlace(cluster, server, namespace);
    }

    @Test
    public void everythingThatIsJudgedIsInTheDigestAndNoSecretCanBeReadFromIt() {
        DeployModelRequest request = DeployModelRequest.of("churn", "team/churn:1").withPods(PodSettings.defaults().withEnv(Map.of("PASSWORD", "hunter2")));
        String digest = digest(request, "checks");
        assertEquals(digest, digest(request, "checks"));
        assertEquals("times are no part of it", digest, digest(request.withTimes("1m", "3h"), "checks"));
        assertEquals("nor is what happens beside others", digest, digest(request.with("none", "takeOver").withRequireDigest(true), "checks"));
        for (DeployModelRequest other : List.of(
                DeployModelRequest.of("churn", "team/churn:2").withPods(request.pods()),
                request.withNamespace("other"),
                request.withPods(PodSettings.defaults().withEnv(Map.of("PASSWORD", "hunter3"))),
                request.withModel(ModelSettings.defaults().withReplicas(4)),
                request.withModel(ModelSettings.defaults().withManifests("kind: Secret")),
                request.withStrategy(new Strategy.Canary(List.of(10, 51), "0s", null), PODS),
                request.withStrategy(new Strategy.Canary(List.of(10, 50), "1s", null), PODS),
                request.withStrategy(Strategy.Shadow.defaults(), PODS),
                request.withStrategy(request.strategy(), new TrafficKind.Nginx("i")),
                request.with("promotion", "wait"))) {
            assertNotEquals(other.toString(), digest, digest(other, "checks"));
        }
        assertNotEquals(digest, digest(request, "other checks"));
        String otherKey = RolloutOrigin.digest(request, RolloutPlan.Kind.CANARY, "checks", KeyedHash.withKey(new byte[] {4}));
        assertFalse("without the key nobody can try values", otherKey.substring(9).equals(digest.substring(9)));
    }

    private static String digest(DeployModelRequest request, String judge) {
        return RolloutOrigin.digest(request, RolloutPlan.Kind.CANARY, judge, KEY);
    }
}
