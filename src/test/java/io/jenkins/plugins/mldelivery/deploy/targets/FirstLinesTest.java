package io.jenkins.plugins.mldelivery.deploy.targets;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import org.junit.Test;

public class FirstLinesTest {
    @Test
    public void fewLinesAreAllThere() {
        FirstLines lines = new FirstLines(3, 10);
        lines.add("one");
        lines.add("t\u001bwo");
        assertEquals("one\nt\\u001bwo", lines.text());
    }

    @Test
    public void whatIsBeyondTheLimitIsCounted() {
        FirstLines lines = new FirstLines(2, 4);
        lines.add("a long one");
        lines.add("two");
        lines.add("three");
        lines.add("four");
        assertEquals("a lo\u2026\ntwo\n... and 2 lines more", lines.text());
    }

    /** 400 objects of 120 KB took 865 MiB. */
    @Test
    public void linesBeyondTheLimitAreNotKept() {
        FirstLines lines = new FirstLines(1000, 302);
        for (int i = 0; i < 20_000; i++) {
            lines.add("x".repeat(100_000)); // 2 GB in all.
        }
        assertTrue(lines.text().length() < 400_000);
    }
}
