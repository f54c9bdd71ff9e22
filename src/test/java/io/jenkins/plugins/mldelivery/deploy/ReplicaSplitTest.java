package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.generator.InRange;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import org.junit.Test;
import org.junit.runner.RunWith;

@RunWith(JUnitQuickcheck.class)
public class ReplicaSplitTest {
    @Property
    public void bothTracksServeWithOnePodMoreThanBefore(@InRange(minInt = 1, maxInt = 500) int replicas, @InRange(minInt = 1, maxInt = 99) int weight) {
        ReplicaSplit split = ReplicaSplit.of(replicas, weight);
        assertTrue(split.stable() >= 1 && split.canary() >= 1);
        assertEquals(replicas + 1, split.stable() + split.canary());
    }

    @Property
    public void noOtherSplitOfThatManyPodsIsNearer(@InRange(minInt = 1, maxInt = 60) int replicas, @InRange(minInt = 1, maxInt = 99) int weight) {
        ReplicaSplit split = ReplicaSplit.of(replicas, weight);
        int total = replicas + 1;
        for (int canary = 1; canary < total; canary++) {
            assertTrue(Math.abs(split.share() - weight) <= Math.abs(100.0 * canary / total - weight) + 1e-9);
        }
    }

    @Property
    public void theCanaryNeverShrinksFromStepToStep(@InRange(minInt = 1, maxInt = 500) int replicas, @InRange(minInt = 1, maxInt = 98) int weight) {
        assertTrue(ReplicaSplit.of(replicas, weight).canary() <= ReplicaSplit.of(replicas, weight + 1).canary());
    }

    @Test
    public void aSinglePodIsSplitInHalves() {
        assertEquals(new ReplicaSplit(1, 1), ReplicaSplit.of(1, 5));
        assertEquals(50, ReplicaSplit.of(1, 5).share(), 0);
    }
}
