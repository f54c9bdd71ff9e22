package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.verify.source.LookBudget;
import java.time.Duration;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.Test;

/** What the first samples of a page have counted is doubtful until there are more of it. */
public class GrowthWatchTest {
    private static final long AT = 1_000_000;

    private Growths growths = Growths.none();
    private Set<String> known = Set.of();

    private GrowthWatch.Found look(String page, long seconds, double grown) {
        GrowthWatch watch = new GrowthWatch(growths, known, LookBudget.alone(Deadline.in(Duration.ofMinutes(1))));
        watch.saw(page, AT + 1000 * seconds, grown, grown);
        NavigableSet<Long> times = new TreeSet<>(Set.of(AT + 1000 * seconds));
        GrowthWatch.Found found = watch.ends(Map.of(page, times));
        growths = found.next();
        known = Set.of(SeriesHash.of("a"), SeriesHash.of("b"));
        return found;
    }

    @Test
    public void aVerdictWaitsForMoreSamplesOfAPage() {
        look("a", 0, 0);
        assertEquals("a", look("a", 15, 4000).page());
        assertNull(look("a", 30, 3900).page());
    }

    @Test
    public void whatAPageCountedThatIsGoneStaysDoubtful() {
        GrowthWatch watch = new GrowthWatch(growths, known, LookBudget.alone(Deadline.in(Duration.ofMinutes(1))));
        watch.ends(Map.of("a", new TreeSet<>(Set.of(AT)), "b", new TreeSet<>(Set.of(AT))));
        look("a", 0, 0);
        growths = watch.ends(Map.of("a", new TreeSet<>(Set.of(AT)), "b", new TreeSet<>(Set.of(AT)))).next();
        assertEquals("a", look("a", 15, 4000).page());
        assertEquals(GrowthWatch.GONE, look("b", 30, 20).page());
        assertEquals(GrowthWatch.GONE, look("b", 45, 20).page());
        for (int i = 4; i < 8; i++) {
            look("b", 15 * i, 4000);
        }
        assertNull("what others have counted since is much more", look("b", 120, 4000).page());
    }
}
