package io.jenkins.plugins.mldelivery.hostile;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How fast this machine is now, with whatever else it does: what a run takes that has nothing to do. Bounds of time are
 * for an idle machine; on a busy one each run may take that many times longer.
 *
 * @param idle what such a run has taken
 */
record Pace(Duration idle) {
    /** A run that reads and sends what an input wants takes this many times as long as one that does nothing. */
    private static final int TIMES = 15;

    private static final Duration MAX = Duration.ofMinutes(5);

    /** Measures it. */
    static Pace of(Installation installation, Path folder) throws Exception {
        try (Scene scene = new Scene(folder);
                ProgramRun run = ProgramRun.start(installation, scene, List.of("--version"))) {
            Ending ending = run.await(MAX);
            if (ending.exitCode() == null || ending.exitCode() != 0) {
                throw new IOException("the program does not start: " + ending.shown());
            }
            return new Pace(ending.took());
        }
    }

    /** When a run is over that has this bound. */
    Duration allowed(Duration bound) {
        return bound.plus(idle.multipliedBy(TIMES));
    }
}
