package io.jenkins.plugins.mldelivery.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A run of the command line in a {@link Scene}: a process of its own, whose memory and children are watched. */
final class ProgramRun implements AutoCloseable {
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s*(\\d+) kB");
    private static final long LOOK_MILLIS = 10;
    /** Looks at times, threads and children are dearer. */
    private static final int CLOSER_EVERY = 25;
    /** The servers and programs that it talks to wait as well. */
    private static final int WAITING = 2;
    /** More is no output for a person. */
    private static final int MAX_OUTPUT = 4 * 1024 * 1024;

    private final Process process;
    private final String launcher;
    private final Path out;
    private final Path err;
    private final long begin = System.nanoTime();
    private final Set<String> commandLines = new TreeSet<>();
    private long peak;
    private Duration worked = Duration.ZERO;
    private long delayed;

    private ProgramRun(Process process, String launcher, Path out, Path err) {
        this.process = process;
        this.launcher = launcher;
        this.out = out;
        this.err = err;
    }

    /** Starts it. */
    static ProgramRun start(Installation installation, Scene scene, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(installation.launcher().toString()));
        command.addAll(arguments);
        Path out = scene.streams().resolve("out");
        Path err = scene.streams().resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(scene.folder().toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        String path = System.getenv("PATH");
        builder.environment().clear();
        builder.environment().put("PATH", path);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("HOME", scene.home().toString());
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("ML_DELIVERY_JAVA_OPTS", "-Djava.io.tmpdir=" + scene.temporary());
        builder.environment().putAll(scene.variables());
        return new ProgramRun(builder.start(), command.get(0), out, err);
    }

    /**
     * Waits until it has ended. It is killed after this time, and on a busy machine later: what it waits for processors
     * does not count.
     */
    Ending await(Duration limit) throws IOException, InterruptedException {
        boolean ended = watch(limit, false);
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        close();
        return new Ending(
                ended ? process.exitValue() : null,
                took,
                worked,
                peak,
                text(out),
                text(err),
                String.join("\n", commandLines));
    }

    /** Waits until it has printed something, or has ended; false when neither happened in this time. */
    boolean awaitOutput(String text, Duration limit) throws IOException, InterruptedException {
        long before = delayed;
        long end = System.nanoTime() + limit.toNanos();
        while (!text(out).contains(text)) {
            if (watch(Duration.ofMillis(50), false)) {
                return true;
            }
            if (isOver(end, before)) {
                return false;
            }
        }
        return true;
    }

    /** What it has printed on standard output so far. */
    String output() throws IOException {
        return text(out);
    }

    /** Asks it to end, by a signal. */
    void end() throws InterruptedException {
        watch(Duration.ofMillis(LOOK_MILLIS), true);
        process.toHandle().destroy();
    }

    private boolean watch(Duration limit, boolean closer) throws InterruptedException {
        long before = delayed;
        long end = System.nanoTime() + limit.toNanos();
        for (int look = 0; !isOver(end, before); look++) {
            peak = Math.max(peak, peakNow());
            if (closer || look % CLOSER_EVERY == 0) {
                worked = process.info().totalCpuDuration().orElse(worked);
                delayed = Math.max(delayed, delayedNow());
                process.descendants()
                        .map(child -> commandLine(child.pid()))
                        .filter(this::isAnother)
                        .forEach(commandLines::add);
            }
            if (process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                return true;
            }
        }
        return false;
    }

    private boolean isOver(long end, long delayedBefore) {
        return System.nanoTime() - end > WAITING * (delayed - delayedBefore);
    }

    /** For how long its threads could have worked while other programs had the processors; 0 where that is not known. */
    private long delayedNow() {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            return threads.mapToLong(ProgramRun::delay).sum();
        } catch (IOException | UncheckedIOException e) {
            return 0; // It has just ended, or this is no Linux.
        }
    }

    private static long delay(Path thread) {
        try {
            return Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ")[1]);
        } catch (IOException e) {
            return 0;
        }
    }

    /** The greatest resident memory so far, in KiB; 0 where that is not known. The launcher's shell is replaced by Java. */
    private long peakNow() {
        try {
            Matcher peakLine = PEAK.matcher(Files.readString(Path.of("/proc/" + process.pid() + "/status")));
            return peakLine.find() ? Long.parseLong(peakLine.group(1)) : 0;
        } catch (IOException e) {
            return 0; // It has just ended, or this is no Linux.
        }
    }

    /** What the launcher's shell forks has its command line, which the user has written, until it is another program. */
    private boolean isAnother(String commandLine) {
        return commandLine != null && !commandLine.contains(launcher);
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ');
        } catch (IOException e) {
            return null;
        }
    }

    private static String text(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
