package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.generator.InRange;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import org.junit.Test;
import org.junit.runner.RunWith;

@RunWith(JUnitQuickcheck.class)
public class PodCountsTest {
    @Property
    public void bothTracksServeWithinTheBound(
            @InRange(minInt = 1, maxInt = 500) int replicas, @InRange(minInt = 1, maxInt = 99) int weight, @InRange(minInt = 0, maxInt = 9) int surge) {
        PodCounts split = PodCounts.ratio(replicas, weight, surge);
        assertTrue(split.stable() >= 1 && split.canary() >= 1);
        assertTrue(split.stable() + split.canary() <= Math.max(2, replicas + surge));
        assertTrue("the stable version would have to grow", split.stable() <= replicas);
    }

    @Property
    public void noOtherSplitOfThatManyPodsIsNearer(@InRange(minInt = 1, maxInt = 60) int replicas, @InRange(minInt = 1, maxInt = 99) int weight) {
        PodCounts split = PodCounts.ratio(replicas, weight, 1);
        int total = replicas + 1;
        for (int canary = 1; canary < total; canary++) {
            assertTrue(Math.abs(split.share() - weight) <= Math.abs(100.0 * canary / total - weight) + 1e-9);
        }
    }

    @Property
    public void theNearestIsTheSameAsByTryingAll(
            @InRange(minInt = 1, maxInt = 80) int replicas, @InRange(minInt = 1, maxInt = 99) int weight,
            @InRange(minInt = 0, maxInt = 80) int surge) {
        int total = Math.max(2, replicas + surge);
        PodCounts nearest = new PodCounts(Math.min(replicas, total - 1), 1);
        for (int canary = 2; canary < total; canary++) {
            PodCounts next = new PodCounts(Math.min(replicas, total - canary), canary);
            if (Math.abs(next.share() - weight) <= Math.abs(nearest.share() - weight) + 1e-9) {
                nearest = next;
            }
        }
        assertEquals(nearest, PodCounts.ratio(replicas, weight, surge));
    }

    /** A Deployment in the cluster may want any number, whoever has written it. */
    @Test(timeout = 2_000)
    public void anyNumbersAreReckonedAtOnce() {
        int most = Integer.MAX_VALUE;
        assertEquals(new PodCounts(3, 1), PodCounts.ratio(3, 10, 2_000_000_000));
        PodCounts large = PodCounts.ratio(most, 50, most);
        assertTrue(large.toString(), large.stable() > 1_000_000_000 && large.canary() > 1_000_000_000);
        assertEquals(new PodCounts(most, 9), PodCounts.besides(most, 99, 9));
        assertEquals(new PodCounts(most, most), PodCounts.routed(most, 100));
        assertEquals(most, PodCounts.most(most, most + 1L));
    }

    @Property
    public void theCanaryNeverShrinksFromStepToStep(@InRange(minInt = 1, maxInt = 500) int replicas, @InRange(minInt = 1, maxInt = 98) int weight) {
        assertTrue(PodCounts.ratio(replicas, weight, 1).canary() <= PodCounts.ratio(replicas, weight + 1, 1).canary());
        assertTrue(PodCounts.routed(replicas, weight).canary() <= PodCounts.routed(replicas, weight + 1).canary());
        assertTrue(PodCounts.besides(replicas, weight, 7).canary() <= PodCounts.besides(replicas, weight + 1, 7).canary());
    }

    @Property
    public void aRoutedCanaryHasThePodsOfItsShare(@InRange(minInt = 1, maxInt = 500) int replicas, @InRange(minInt = 0, maxInt = 100) int share) {
        PodCounts counts = PodCounts.routed(replicas, share);
        assertEquals(replicas, counts.stable());
        assertTrue(counts.canary() >= 1 && counts.canary() * 100 >= replicas * share);
        assertTrue(counts.canary() == 1 || (counts.canary() - 1) * 100 < replicas * share);
    }

    @Test
    public void aSinglePodIsSplitInHalves() {
        assertEquals(new PodCounts(1, 1), PodCounts.ratio(1, 5, 1));
        assertEquals(50, PodCounts.ratio(1, 5, 1).share(), 0);
    }

    @Test
    public void inPlaceThereAreNoMorePodsThanBefore() {
        assertEquals(new PodCounts(3, 1), PodCounts.ratio(4, 10, 0));
        assertEquals(new PodCounts(2, 2), PodCounts.ratio(4, 50, 0));
    }

    @Test
    public void besidesAnAutoscaledVersionOnlyTheCanaryIsCounted() {
        assertEquals(new PodCounts(9, 1), PodCounts.besides(9, 10, 1));
        assertEquals(new PodCounts(4, 4), PodCounts.besides(4, 50, 9));
        assertEquals(new PodCounts(4, 2), PodCounts.besides(4, 50, 2));
        assertEquals("there is no canary without a pod", new PodCounts(4, 1), PodCounts.besides(4, 50, 0));
    }
}
