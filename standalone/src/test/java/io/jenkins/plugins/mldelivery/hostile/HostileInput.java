package io.jenkins.plugins.mldelivery.hostile;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One hostile input, as the whole command line meets it.
 *
 * @param kind what kind it is of
 * @param name what is hostile about it
 * @param exitCodes what the program has to end with, one of these
 * @param bound the time within which it has to end, beside what it waits for processors that others have
 * @param says what it has to say: a part of its one error, or where the end is a verdict of its events
 * @param rare whether it is too slow, or too much like others, for the tests of every build
 * @param setting makes what it needs, and gives the command line
 * @param act what is done while the program runs, or null
 */
record HostileInput(
        Kind kind,
        String name,
        Set<Integer> exitCodes,
        Duration bound,
        Pattern says,
        boolean rare,
        Setting setting,
        Act act) {
    /** For what has a time-out of some seconds, and for the start of a process. */
    static final Duration BOUND = Duration.ofSeconds(20);

    /** Kinds of input, by the findings of a security review. */
    enum Kind {
        LARGE_JOBS("large jobs of no harm, which must work"),
        TWO_PARSERS("two parsers of one text"),
        MEMORY("what fills the memory"),
        SECRETS("secrets in texts"),
        PLANS("another plan than the approved one"),
        TIME("time that ends nothing"),
        DEPTHS_AND_NUMBERS("stack overflows and arithmetic"),
        FORGED_LINES("forged log lines"),
        PATHS("paths"),
        HOSTS("whom requests go to"),
        CLUSTERS("what a cluster says of others"),
        PROCESSES("what other processes answer"),
        PLAYGROUND("the playground");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** For a table. */
        String words() {
            return words;
        }
    }

    /** Makes what an input needs. */
    interface Setting {
        /** @return the command line, without the program's own name */
        List<String> prepare(Scene scene) throws Exception;
    }

    /** What is done while the program runs. */
    interface Act {
        /** @return what was wrong */
        List<String> on(ProgramRun run, Scene scene) throws Exception;
    }

    HostileInput(Kind kind, String name, int exitCode, String says, Setting setting) {
        this(kind, name, Set.of(exitCode), BOUND, Pattern.compile(says), false, setting, null);
    }

    /** The same with another bound. */
    HostileInput within(Duration time) {
        return new HostileInput(kind, name, exitCodes, time, says, rare, setting, act);
    }

    /** The same, left out of the tests of every build. */
    HostileInput seldom() {
        return new HostileInput(kind, name, exitCodes, bound, says, true, setting, act);
    }

    /** The same where a slow machine may end otherwise, within its time-out. */
    HostileInput or(int exitCode) {
        Set<Integer> all = new HashSet<>(exitCodes);
        all.add(exitCode);
        return new HostileInput(kind, name, all, bound, says, rare, setting, act);
    }

    /** The same with something that is done while the program runs. */
    HostileInput with(Act more) {
        return new HostileInput(kind, name, exitCodes, bound, says, rare, setting, more);
    }

    /** How it went. */
    record Result(Ending ending, List<String> problems) {}

    /** Tries it in an empty folder. */
    Result run(Installation installation, Path folder) throws Exception {
        try (Scene scene = new Scene(folder)) {
            List<String> arguments = setting.prepare(scene);
            List<String> problems = new ArrayList<>();
            Ending ending;
            try (ProgramRun run = ProgramRun.start(installation, scene, arguments)) {
                if (act != null) {
                    problems.addAll(act.on(run, scene));
                }
                ending = run.await(bound);
            }
            problems.addAll(ending.problems(this, scene.secrets()));
            problems.addAll(scene.remains());
            return new Result(ending, problems);
        }
    }

    @Override
    public String toString() {
        return kind.words() + ": " + name;
    }
}
