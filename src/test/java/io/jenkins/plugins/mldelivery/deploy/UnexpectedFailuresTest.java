package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import org.junit.Test;

public class UnexpectedFailuresTest {
    private final UnexpectedFailures failures = new UnexpectedFailures();

    @Test
    public void someInARowAreWaitedOutLongerAndLonger() {
        for (int again = 0; again < 2; again++) {
            for (int seconds : new int[] {1, 2, 4, 8}) {
                assertEquals(Duration.ofSeconds(seconds), failures.next());
            }
            assertNull("too many", failures.next());
        }
    }

    @Test
    public void aTickThatSucceedsBeginsTheCountAnew() {
        for (int i = 0; i < 20; i++) {
            assertEquals(Duration.ofSeconds(1), failures.next());
            assertEquals(Duration.ofSeconds(2), failures.next());
            failures.over();
        }
    }

    @Test
    public void eachKindIsNewsOnce() {
        assertTrue(failures.isNews(new IllegalStateException("a")));
        assertTrue(failures.isNews(new OutOfMemoryError("a")));
        assertFalse(failures.isNews(new IllegalStateException("b")));
        failures.over();
        assertFalse(failures.isNews(new OutOfMemoryError("b")));
    }
}
