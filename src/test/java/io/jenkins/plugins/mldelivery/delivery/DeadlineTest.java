package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import org.junit.Test;

public class DeadlineTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    public void whatIsDerivedEndsWithTheWhole() {
        Deadline whole = Deadline.in(HOUR);
        Deadline part = whole.atMost(Duration.ofMinutes(30)).atMost(Duration.ofMinutes(10));
        assertSame("no part is longer", part, part.atMost(HOUR));
        part.check();
        assertFalse(part.isEnded());
        whole.end();
        assertTrue(whole.isEnded() && part.isEnded() && part.isOver());
        assertEquals(Duration.ZERO, part.left());
        assertThrows(Deadline.Over.class, part::check);
    }

    @Test
    public void whatIsLeftOutDelaysThePartsAndNotTheWhole() {
        Deadline whole = Deadline.in(HOUR);
        Deadline part = whole.atMost(Duration.ofMinutes(5)).atMost(Duration.ofMinutes(1));
        whole.leaveOut(Duration.ofMinutes(2));
        assertEquals(3, part.left().plusSeconds(1).toMinutes());
        assertEquals("only what was spent since then", 1, whole.atMost(Duration.ofMinutes(1)).left().plusSeconds(1).toMinutes());
        assertTrue(whole.left().compareTo(HOUR) <= 0);
        whole.leaveOut(HOUR);
        assertTrue("never longer than the whole", part.left().compareTo(HOUR) <= 0);
    }
}
