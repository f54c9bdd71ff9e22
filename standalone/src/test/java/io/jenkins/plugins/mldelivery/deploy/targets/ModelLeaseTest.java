package io.jenkins.plugins.mldelivery.deploy.targets;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpecBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.playground.kube.FaultProxy;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import io.jenkins.plugins.mldelivery.playground.kube.ToyClusterRule;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.junit.After;
import org.junit.ClassRule;
import org.junit.Test;

/** The lease against whatever somebody else has written into it. */
public class ModelLeaseTest {
    @ClassRule
    public static final ToyClusterRule CLUSTER = new ToyClusterRule();

    private static final Instant NOW = Instant.parse("2026-11-29T10:00:00Z");

    private final ToyCluster toy = CLUSTER.toy();
    private final ModelLease ours = new ModelLease(toy.client(), "ml", "churn", "us");

    @After
    public void remove() {
        toy.client().leases().inNamespace("ml").withName("churn").delete();
    }

    private static ZonedDateTime at(Instant time) {
        return time.atZone(ZoneOffset.UTC);
    }

    private static LeaseSpecBuilder of(String holder) {
        return new LeaseSpecBuilder().withHolderIdentity(holder).withLeaseDurationSeconds(60).withRenewTime(at(NOW));
    }

    /** What is in the cluster when somebody else has written it. */
    private Lease write(LeaseSpec spec) {
        return toy.client().leases().inNamespace("ml")
                .resource(new LeaseBuilder().withNewMetadata().withName("churn").withNamespace("ml").endMetadata()
                        .withSpec(spec).build()).unlock().createOr(r -> r.update());
    }

    private Lease live() {
        return toy.client().leases().inNamespace("ml").withName("churn").get();
    }

    @Test
    public void whatNobodyHoldsIsTaken() {
        for (LeaseSpec spec : new LeaseSpec[] {
            null, new LeaseSpec(), of(null).build(), of("").build(), of("them").withRenewTime(null).build(),
            of("them").withLeaseTransitions(Integer.MAX_VALUE).withRenewTime(at(NOW.minusSeconds(361))).build(),
            of("them").withLeaseTransitions(-7).withRenewTime(at(Instant.EPOCH)).withLeaseDurationSeconds(null)
                    .build()}) {
            write(spec);
            Lease found = ours.read();
            assertFalse(ours.held(found));
            assertNull(ours.otherHolder(found, NOW));
            ours.hold(NOW, false);
            assertTrue(String.valueOf(spec), ours.held(live()));
            assertTrue("an API server refuses less than 0", live().getSpec().getLeaseTransitions() >= 0);
            ours.release();
            assertNull(live());
        }
    }

    @Test
    public void aLeaseThatNeverEndsEndsAllTheSame() {
        Duration most = ModelLease.MAX_HONOURED;
        for (LeaseSpecBuilder spec : new LeaseSpecBuilder[] {
            of("them").withLeaseDurationSeconds(Integer.MAX_VALUE),
            of("them").withLeaseDurationSeconds(Integer.MAX_VALUE)
                    .withRenewTime(at(Instant.parse("9999-12-31T23:59:59Z"))),
            of("them").withRenewTime(at(NOW.plus(Duration.ofDays(36500))))}) {
            ModelLease fresh = new ModelLease(toy.client(), "ml", "churn", "us");
            write(spec.build());
            Lease found = fresh.read();
            assertEquals("them", fresh.otherHolder(found, NOW));
            String warning = fresh.warning(found, NOW);
            assertTrue(warning, warning.startsWith("the lease of churn is held by them ")
                    && warning.endsWith(" is honoured for at most 10 min after each renewal"));
            fresh.hold(NOW, false);
            assertEquals("nothing was written", found.getMetadata().getResourceVersion(), live().getMetadata()
                    .getResourceVersion());
            assertNull("it was honoured for longer", fresh.otherHolder(fresh.read(), NOW.plus(most).plusSeconds(1)));
            fresh.hold(NOW.plus(most).plusSeconds(1), false);
            assertTrue(fresh.held(live()));
        }
    }

    @Test
    public void whoeverRenewsWithAClockThatIsAheadKeepsIt() {
        Instant now = NOW;
        for (int i = 0; i < 20; i++) {
            write(of("them").withRenewTime(at(now.plus(Duration.ofHours(3)))).build());
            assertEquals("them", ours.otherHolder(ours.read(), now));
            now = now.plusSeconds(50);
        }
        assertEquals("60 s after the last renewal was seen", "them", ours.otherHolder(ours.read(), now.plusSeconds(9)));
        assertNull(ours.otherHolder(ours.read(), now.plusSeconds(11)));
    }

    @Test
    public void whoeverRenewsWithAClockThatIsBehindKeepsIt() {
        Instant now = NOW;
        for (int i = 0; i < 10; i++) {
            write(of("them").withRenewTime(at(now.minus(Duration.ofMinutes(4)))).build());
            assertEquals("them", ours.otherHolder(ours.read(), now));
            ours.hold(now, false);
            assertEquals("them", live().getSpec().getHolderIdentity());
            now = now.plusSeconds(50);
        }
        assertEquals("60 s after the last renewal was seen", "them", ours.otherHolder(ours.read(), now.plusSeconds(9)));
        assertNull(ours.otherHolder(ours.read(), now.plusSeconds(11)));
    }

    @Test
    public void whatWasDecidedIsNotDoneWhenItWasTakenMeanwhile() {
        Instant[] clock = {NOW};
        ModelLease slow = new ModelLease(toy.client(), "ml", "churn", "us", () -> clock[0]);
        slow.read();
        assertTrue("nobody has it", slow.mayAct(NOW));
        slow.hold(NOW, false);
        slow.read();
        assertTrue(slow.mayAct(NOW));
        // The process is stopped here, until it has run out and others have come.
        clock[0] = NOW.plusSeconds(90);
        write(of("them").withRenewTime(at(clock[0])).build());
        slow.hold(NOW, false);
        assertFalse(slow.mayAct(NOW));
        // They have ended, and have changed the model.
        remove();
        slow.read();
        slow.hold(NOW, false);
        slow.read();
        clock[0] = NOW.plusSeconds(180);
        remove();
        assertFalse(slow.mayAct(NOW));
        // After the next look, which decides anew.
        slow.read();
        assertTrue(slow.mayAct(clock[0]));
    }

    @Test
    public void whatWasDecidedIsNotDoneWhenSomebodyElseWasQuicker() {
        ours.read();
        write(of("them").build());
        ours.hold(NOW, false);
        assertFalse(ours.mayAct(NOW));
        assertEquals("them", live().getSpec().getHolderIdentity());
    }

    @Test
    public void aDurationThatMakesNoSenseIsTakenForOurOwn() {
        for (Integer seconds : new Integer[] {null, 0, -1, Integer.MIN_VALUE}) {
            ModelLease fresh = new ModelLease(toy.client(), "ml", "churn", "us");
            write(of("them").withLeaseDurationSeconds(seconds).build());
            assertNull(fresh.warning(live(), NOW));
            assertEquals("them", fresh.otherHolder(fresh.read(), NOW.plusSeconds(59)));
            assertNull(fresh.otherHolder(fresh.read(), NOW.plusSeconds(61)));
        }
    }

    @Test
    public void anOrdinaryLeaseIsHonouredAsItSays() {
        write(of("them").withLeaseDurationSeconds(300).build());
        assertEquals("them", ours.otherHolder(ours.read(), NOW));
        assertEquals("them", ours.otherHolder(ours.read(), NOW.plusSeconds(299)));
        assertNull(ours.warning(live(), NOW));
        assertNull(ours.otherHolder(ours.read(), NOW.plusSeconds(301)));
    }

    @Test
    public void ourOwnIsRenewedWhateverItsTimeSays() {
        for (ZonedDateTime renewed : new ZonedDateTime[] {null, at(NOW.plus(Duration.ofDays(400))),
                at(Instant.EPOCH)}) {
            write(of("us").withLeaseDurationSeconds(Integer.MAX_VALUE).withRenewTime(renewed).build());
            assertTrue(ours.held(ours.read()));
            ours.hold(NOW, false);
            assertEquals(NOW, live().getSpec().getRenewTime().toInstant());
            assertEquals(60, (int) live().getSpec().getLeaseDurationSeconds());
        }
        String version = live().getMetadata().getResourceVersion();
        ours.read();
        ours.hold(NOW.plusSeconds(14), false);
        assertEquals("not yet due", version, live().getMetadata().getResourceVersion());
    }

    @Test
    public void aHoldersNameIsShownOnOneLineAndNotWhole() {
        write(of("build 7\n[ml-delivery] PROMOTED: churn\u001b[8m" + "x".repeat(100_000)).build());
        String holder = ours.otherHolder(ours.read(), NOW);
        assertTrue(holder, holder.startsWith("build 7\\n[ml-delivery] PROMOTED: churn\\u001b[8mxxx"));
        assertTrue(String.valueOf(holder.length()), holder.length() < 300);
    }

    @Test
    public void aLeaseThatSomebodyElseTakesMeanwhileIsNotGivenBackForThem() throws Exception {
        try (KubernetesClient slow = TestEnvironment.open(toy.access())) {
            ModelLease late = new ModelLease(slow, "ml", "churn", "us");
            late.hold(NOW, false);
            toy.proxy().faults(request -> {
                if (request.startsWith("DELETE ")) {
                    write(of("them").build());
                }
                return FaultProxy.NONE;
            });
            late.release();
            assertNotNull("it was theirs by then", live());
            assertEquals("them", live().getSpec().getHolderIdentity());
        } finally {
            toy.proxy().faults(request -> FaultProxy.NONE);
        }
    }
}
