package io.jenkins.plugins.mldelivery.verify.source;

import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.Test;

public class PageFilterTest {
    private static String line(String metric) {
        StringBuilder line = new StringBuilder(metric).append('{');
        for (int i = 0; line.length() < 7_000_000; i++) {
            line.append('a').append(i).append("=\"\",");
        }
        return line.append("} 1\n").toString();
    }

    private static ExpositionText read(String page) throws Exception {
        return PageFilter.of(
                page.getBytes(StandardCharsets.UTF_8), MetricNames.of(List.of("asked"), List.of()),
                new LookBudget(new SharedReads(), Deadline.in(Duration.ofMinutes(1))));
    }

    /** A page that is there already is read like one that comes in: a line of megabytes is never taken apart. */
    @Test
    public void aLineOfMegabytesIsNotTakenApart() throws Exception {
        assertNotNull(read(line("other") + "asked 2\n"));
        LimitExceededException e = assertThrows(LimitExceededException.class, () -> read(line("asked")));
        assertTrue(e.getMessage(), e.getMessage().contains("sent a line of more than 64 KiB"));
    }
}
