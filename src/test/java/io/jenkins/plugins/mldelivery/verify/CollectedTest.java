package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.verify.source.LookBudget;
import io.jenkins.plugins.mldelivery.verify.source.Point;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.Test;

/** Whatever labels a server chooses, its series are put together in a time that grows with their number, and that ends. */
public class CollectedTest {
    private static final int BITS = 12;

    private static List<Collected.Trace> traces(IntFunction<String> pod) {
        return IntStream.range(0, 1 << BITS)
                .mapToObj(i -> new Collected.Trace("s", Map.of("job", "j", "instance", "i", "namespace", "n", "pod", pod.apply(i)), List.of(new Point(1, i))))
                .toList();
    }

    /** Java has one hash for all of these, and thus for the maps of labels that they are in. */
    private static String sameHash(int number) {
        return IntStream.range(0, BITS).mapToObj(bit -> (number >> bit & 1) == 0 ? "Aa" : "BB").collect(Collectors.joining());
    }

    @Test
    public void namesWithTheSameHashTakeNoLonger() {
        assertEquals(sameHash(0).hashCode(), sameHash((1 << BITS) - 1).hashCode());
        List<Collected.Trace> others = traces(i -> String.format("%024d", i));
        cpu(others);
        long usual = cpu(others);
        long chosen = cpu(traces(CollectedTest::sameHash));
        assertTrue(chosen + " ns where other names take " + usual, chosen < 16 * usual);
    }

    private static long cpu(List<Collected.Trace> traces) {
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        assertEquals(1 << BITS, Collected.of(traces, LookBudget.alone(Deadline.none())).size());
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    }

    @Test
    public void nothingIsPutTogetherWhenTheTimeIsOver() {
        List<Collected.Trace> traces = traces(String::valueOf);
        AtomicInteger taken = new AtomicInteger();
        List<Collected.Trace> counted = new AbstractList<>() {
            @Override
            public Collected.Trace get(int index) {
                taken.incrementAndGet();
                return traces.get(index);
            }

            @Override
            public int size() {
                return traces.size();
            }
        };
        assertThrows(Deadline.Over.class, () -> Collected.of(counted, LookBudget.alone(Deadline.in(Duration.ZERO))));
        assertTrue(taken + " of " + traces.size(), taken.get() <= 1);
    }
}
