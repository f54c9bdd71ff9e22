package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.testing.Deployers;
import java.nio.file.Path;
import java.time.Duration;

/** A process that works with a state file until its input ends: a lock between processes can't be shown by one. */
final class StateFileLocker {
    private StateFileLocker() {}

    public static void main(String[] args) throws Exception {
        try (StateFile file = new StateFile(SafePath.of(Path.of(args[0])), "first", Deployers.key(1))) {
            file.lock(Duration.ofMinutes(1), () -> {});
            System.out.println("locked");
            System.in.read();
        }
    }

    static Process start(Path file) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System.getProperty("java.class.path"), StateFileLocker.class.getName(), file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (process.inputReader().readLine() == null) {
            throw new AssertionError("it did not lock, and ended with " + process.waitFor());
        }
        return process;
    }
}
