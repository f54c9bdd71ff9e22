package io.jenkins.plugins.mldelivery.delivery;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs programs on this machine. */
public final class LocalCommands implements Commands {
    private static final long STREAMS_MILLIS = 5000;

    @Override
    public CommandResult run(Command command, Consumer<String> lines) throws DeliveryException, InterruptedException {
        Process process = start(command);
        StringBuffer output = new StringBuffer();
        StringBuffer errors = new StringBuffer();
        Thread out = reader("stdout of " + command.argv().get(0), process.getInputStream(), output, lines);
        Thread err = reader("stderr of " + command.argv().get(0), process.getErrorStream(), errors, line -> {});
        try {
            if (!process.waitFor(command.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
                end(process, command);
                out.join(STREAMS_MILLIS);
                throw new DeliveryException(
                        DeliveryException.Kind.TIMEOUT, "timeout",
                        "'" + name(command) + "' was not done within " + Durations.format(command.timeout()) + " and was stopped",
                        "Give it more time, or find out what it waits for in the log above.", null);
            }
            // Bounded: a child that the program left behind may hold the streams open for as long as it likes.
            out.join(STREAMS_MILLIS);
            err.join(STREAMS_MILLIS);
        } catch (InterruptedException e) {
            end(process, command);
            throw e;
        }
        return new CommandResult(process.exitValue(), end(output), end(errors));
    }

    private static String end(StringBuffer kept) {
        String text = kept.toString();
        return text.substring(Math.max(0, text.length() - OUTPUT_LIMIT));
    }

    private static Process start(Command command) throws DeliveryException {
        ProcessBuilder builder = new ProcessBuilder(command.argv()).directory(new File(command.directory()));
        for (Map.Entry<String, String> e : command.environment().entrySet()) {
            if (e.getValue() == null) {
                builder.environment().remove(e.getKey());
            } else {
                builder.environment().put(e.getKey(), e.getValue());
            }
        }
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            throw DeliveryException.unreachable(
                    "executable", "'" + command.argv().get(0) + "' could not be started (no such file or no right to run it)",
                    "Install it on this machine, or name another one with 'executable'.", e);
        }
    }

    /**
     * One signal to the tool itself (SIGTERM, which Terraform takes like SIGINT: it saves its state and frees its lock), then time to end, and only then a kill of it and its children.
     */
    private static void end(Process process, Command command) {
        // Not Process.destroy(), which closes the pipes as well: a tool that then tells how it shuts down dies of SIGPIPE, with its state unsaved and locked.
        process.toHandle().destroy();
        boolean ended = false;
        try {
            ended = process.waitFor(command.grace().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().orTimeout(STREAMS_MILLIS, TimeUnit.MILLISECONDS).exceptionally(late -> process).join();
        }
    }

    private static Thread reader(String name, InputStream stream, StringBuffer kept, Consumer<String> lines) {
        Thread thread = new Thread(() -> {
            try (BufferedReader in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    kept.append(line).append('\n');
                    if (kept.length() > 2 * OUTPUT_LIMIT) {
                        kept.delete(0, kept.length() - OUTPUT_LIMIT);
                    }
                    lines.accept(line);
                }
            } catch (IOException e) {
                // The process was killed; what was read so far is kept.
                kept.append('\n');
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static String name(Command command) {
        return command.argv().size() > 1 ? command.argv().get(0) + " " + command.argv().get(1) : command.argv().get(0);
    }
}
