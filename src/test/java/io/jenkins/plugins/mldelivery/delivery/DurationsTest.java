package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.From;
import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.generator.InRange;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.testing.HostileText;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.Test;
import org.junit.runner.RunWith;

@RunWith(JUnitQuickcheck.class)
public class DurationsTest {
    @Test
    public void readsWhatPeopleWrite() throws Exception {
        assertEquals(Duration.ofSeconds(90), Durations.parse("timeout", "90s"));
        assertEquals(Duration.ofMinutes(90), Durations.parse("timeout", " 1h30m "));
        assertEquals(Duration.ofMillis(250), Durations.parse("timeout", "250ms"));
        assertEquals(Duration.ofDays(2).plusMillis(5), Durations.parse("timeout", "2d5ms"));
        assertEquals(Duration.ZERO, Durations.parse("timeout", "0s"));
        assertEquals(Duration.ofSeconds(7), Durations.parse("timeout", "0000007s"));
        assertEquals(Durations.MAX, Durations.parse("timeout", "3650d"));
    }

    @Test
    public void refusesWhatIsNone() {
        for (String text : List.of("", "5", "s", "5 s", "-5s", "5s-", "1.5s", "5S", "5sm", "٣s", "5m5", "forever")) {
            DeliveryException e = assertThrows(text, DeliveryException.class, () -> Durations.parse("timeout", text));
            assertTrue(e.getMessage(), e.getMessage().startsWith("timeout: '" + text + "' is not a valid duration. "));
        }
        assertThrows(DeliveryException.class, () -> Durations.parse("timeout", null));
    }

    /** Each of these was a stack overflow, or an overflow of a sum that came up only where the duration was used. */
    @Test
    public void refusesWhatIsTooLong() {
        for (String text : List.of("1s".repeat(30_000), "9".repeat(60_000) + "s", "3650d1ms", "9223372036854775807d", "315360000001d", "3650d3650d", "40000d1s", "106751991167300d".repeat(3))) {
            DeliveryException e = assertThrows(DeliveryException.class, () -> Durations.parse("timeout", text));
            assertTrue(e.getMessage(), e.getMessage().contains("is too long") && e.getMessage().length() < 300);
        }
    }

    /** Whatever is read may be added to a time, and written. */
    @Property(trials = 1500)
    public void whateverIsReadCanBeUsed(@From(HostileText.class) @HostileText.Like({"90s", "1h30m", "250ms", "3650d"}) String text) {
        HostileText.survives(text, () -> {
            Duration read = Durations.parse("timeout", text);
            assertTrue(!read.isNegative() && read.compareTo(Durations.MAX) <= 0);
            assertEquals(read, Durations.parse("timeout", Durations.format(read)));
            return Instant.now().plus(read);
        });
    }

    @Property(trials = 300)
    public void whatIsWrittenIsReadAgain(@InRange(min = "0", max = "315360000000") long millis) throws Exception {
        assertEquals(Duration.ofMillis(millis), Durations.parse("timeout", Durations.format(Duration.ofMillis(millis))));
    }
}
