package io.jenkins.plugins.mldelivery.deploy.targets;

import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import java.util.ArrayList;
import java.util.List;

/** The first lines of a text, safe to print, and how many more there are: a model may have a thousand objects, each of any length. */
final class FirstLines {
    private final int most;
    private final int columns;
    private final List<String> kept = new ArrayList<>();
    private long more;

    /**
     * No lines.
     *
     * @param most how many are kept
     * @param columns characters that are kept of each
     */
    FirstLines(int most, int columns) {
        this.most = most;
        this.columns = columns;
    }

    /** Adds a line, of whose characters others may have chosen any. */
    void add(String line) {
        if (kept.size() < most) {
            kept.add(Printable.line(Excerpt.of(line, columns)));
        } else {
            more++;
        }
    }

    /** The lines that were kept, and how many there were besides. */
    String text() {
        return String.join("\n", kept) + (more == 0 ? "" : "\n... and " + more + " lines more");
    }
}
