package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.Test;
import org.junit.runner.RunWith;

/** The JSON form of the state: what a rollout goes on from after its process died. */
@RunWith(JUnitQuickcheck.class)
public class RolloutStateTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901Z");

    @Property(trials = 300)
    public void everyStateSurvivesItsJson(long seed, String text) throws Exception {
        Random random = new Random(seed);
        List<Integer> weights = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            weights.add(random.nextInt(101));
        }
        // What no text can carry in UTF-8, lone surrogates, never comes out of a cluster's or a user's mouth.
        String reason = random.nextInt(4) == 0 ? null : text.replaceAll("\\p{Cs}", "?");
        RolloutState state = new RolloutState(
                Phase.values()[random.nextInt(Phase.values().length)], NOW, NOW.plusNanos(random.nextLong() & 0xFFFFFFFFFFL), NOW.plusMillis(random.nextInt(99)), random.nextInt(99), random.nextInt(),
                random.nextInt(9), random.nextBoolean() ? null : NOW, random.nextBoolean() ? null : "0123456789", random.nextInt(100), random.nextBoolean(),
                random.nextInt(5) - 1, random.nextInt(5) - 1, random.nextBoolean(),
                "abcdef0123", random.nextBoolean() ? null : "fedcba", weights, random.nextBoolean() ? null : "rolledBack", reason, random.nextBoolean(),
                random.nextBoolean() ? null : "uid/3", random.nextBoolean(), reason, random.nextBoolean() ? null : origin(random, text));
        assertEquals(state, RolloutState.fromJson(state.toJson()));
    }

    private static RolloutOrigin origin(Random random, String text) {
        String name = text.replaceAll("\\p{Cs}", "?");
        RolloutPlace place = new RolloutPlace(
                random.nextBoolean() ? null : "c", "https://10.0.0.1:6443/ ab", random.nextBoolean() ? null : "n");
        List<TrafficKind> kinds = List.of(
                new TrafficKind.ReplicaRatio(), new TrafficKind.Gateway(name), new TrafficKind.Istio(name, null),
                new TrafficKind.Istio("v", name), new TrafficKind.Nginx(name));
        RolloutPlan.Kind[] plans = RolloutPlan.Kind.values();
        return new RolloutOrigin(
                "ab-cd", place, plans[random.nextInt(plans.length)], kinds.get(random.nextInt(kinds.size())),
                random.nextBoolean() ? null : random.nextInt(3), random.nextBoolean() ? null : "churn:1");
    }

    @Test
    public void fieldsOfALaterProgramAreIgnored() throws Exception {
        RolloutState state = RolloutState.initial(NOW, "abcdef0123");
        assertEquals(state, RolloutState.fromJson(state.toJson().replace("{\"version\"", "{\"new\":[1],\"version\"")));
    }

    @Test
    public void aStateOfTheFirstVersionIsRead() throws Exception {
        RolloutState state = RolloutState.fromJson(
                "{\"version\":1,\"phase\":\"ANALYSING\",\"started\":\"2026-01-02T03:04:05Z\",\"phaseSince\":\"2026-01-02T03:05:05Z\",\"step\":1,\"onset\":\"2026-01-02T03:05:00Z\","
                        + "\"stableRevision\":\"0123456789\",\"stableReplicas\":3,\"restoreStable\":false,\"revision\":\"abcdef0123\",\"weightHistory\":[25,50],\"outcome\":null,\"reason\":null,\"aborted\":false}");
        assertEquals(Phase.ANALYSING, state.phase());
        assertEquals(List.of(25, 50), state.weightHistory());
        assertEquals(state.phaseSince(), state.progressSince());
        assertEquals(0, state.pausedMillis());
        assertEquals(RolloutState.NO_TARGET, state.stableTarget());
    }

    @Test
    public void aLaterVersionIsRefusedWithTheRemedy() {
        String later = RolloutState.initial(NOW, "abcdef0123").toJson().replace("\"version\":2", "\"version\":3");
        DeliveryException e = assertThrows(DeliveryException.class, () -> RolloutState.fromJson(later));
        assertEquals("state: the rollout's state has the version 3, this program reads up to 2. Go on with the version of ML Delivery that began the rollout.", e.getMessage());
        assertEquals(DeliveryException.Kind.INVALID_INPUT, e.kind());
    }

    @Test
    public void whatAFullDiskLeavesIsNoOtherVersion() {
        String remedy = "). Restore the file, or remove it and start the rollout anew.";
        assertEquals("state: the rollout's state can't be read (it is empty" + remedy, assertThrows(DeliveryException.class, () -> RolloutState.fromJson("")).getMessage());
        assertEquals("state: the rollout's state can't be read (it has no version" + remedy, assertThrows(DeliveryException.class, () -> RolloutState.fromJson("{}")).getMessage());
        String zeros = assertThrows(DeliveryException.class, () -> RolloutState.fromJson("\0\0\0\0")).getMessage();
        assertTrue(zeros, zeros.contains("CTRL-CHAR") && !zeros.contains("StreamReadFeature"));
    }

    @Test
    public void everyDamageIsNamed() {
        String good = RolloutState.initial(NOW, "abcdef0123").toJson();
        for (String bad : List.of(
                "", "null", "[]", "{}", "no json", good.substring(0, good.length() / 2), good.replace("PREPARING", "DREAMING"),
                good.replace(NOW.toString(), "yesterday"), good.replace("\"abcdef0123\"", "null"), good.replace("\"step\":0", "\"step\":-1"),
                good.replace("\"step\":0", "\"step\":\"two\""), good.replace("\"weightHistory\":[]", "\"weightHistory\":[\"x\"]"))) {
            DeliveryException e = assertThrows(bad, DeliveryException.class, () -> RolloutState.fromJson(bad));
            assertEquals(DeliveryException.Kind.INVALID_INPUT, e.kind());
            assertTrue(e.getMessage(), e.getMessage().startsWith("state: "));
        }
    }

    @Test
    public void everyCutOffStateIsNamed() {
        String good = RolloutState.initial(NOW, "abcdef0123").toJson();
        for (int i = 0; i < good.length(); i++) {
            String cut = good.substring(0, i);
            assertThrows(cut, DeliveryException.class, () -> RolloutState.fromJson(cut));
        }
    }
}
