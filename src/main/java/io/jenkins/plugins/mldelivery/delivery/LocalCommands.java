package io.jenkins.plugins.mldelivery.delivery;

import java.io.File;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs programs on this machine. Of their output it keeps the ends alone, so that one that prints without end takes no
 * memory.
 */
public final class LocalCommands implements Commands {
    private static final long STREAMS_MILLIS = 5000;

    @Override
    public CommandResult run(Command command, CommandOutput output) throws DeliveryException, InterruptedException {
        Process process = start(command);
        OutputReader out = new OutputReader("stdout of " + command.argv().get(0), process.getInputStream(), output);
        OutputReader err =
                new OutputReader("stderr of " + command.argv().get(0), process.getErrorStream(), CommandOutput.none());
        try {
            CompletableFuture.anyOf(process.onExit(), out.refused())
                    .get(command.timeout().toMillis(), TimeUnit.MILLISECONDS);
            // Bounded: a child that the program left behind may hold the streams open for as long as it likes.
            out.await(STREAMS_MILLIS);
            err.await(STREAMS_MILLIS);
            out.refused().getNow(null);
        } catch (TimeoutException e) {
            end(process, command);
            out.await(STREAMS_MILLIS);
            throw new DeliveryException(
                    DeliveryException.Kind.TIMEOUT,
                    "timeout",
                    "'" + name(command) + "' was not done within " + Durations.format(command.timeout())
                            + " and was stopped",
                    "Give it more time, or find out what it waits for in the log above.",
                    null);
        } catch (ExecutionException | CompletionException e) {
            end(process, command);
            throw refusal(e.getCause());
        } catch (InterruptedException e) {
            end(process, command);
            throw e;
        }
        return new CommandResult(process.exitValue(), out.tail(), err.tail());
    }

    /** What an output threw: its own exception, or a fault of ours. */
    private static DeliveryException refusal(Throwable why) {
        if (why instanceof DeliveryException refusal) {
            return refusal;
        }
        throw new IllegalStateException("the output could not be taken", why);
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
                    "executable",
                    "'" + command.argv().get(0) + "' could not be started (no such file or no right to run it)",
                    "Install it on this machine, or name another one with `executable`.",
                    e);
        }
    }

    /**
     * One signal to the tool itself (SIGTERM, which Terraform takes like SIGINT: it saves its state and frees its
     * lock), then time to end, and only then a kill of it and its children.
     */
    private static void end(Process process, Command command) {
        // Not Process.destroy(), which closes the pipes as well: a tool that then tells how it shuts down dies of
        // SIGPIPE, with its state unsaved and locked.
        process.toHandle().destroy();
        boolean ended = false;
        try {
            ended = process.waitFor(command.grace().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly()
                    .onExit()
                    .orTimeout(STREAMS_MILLIS, TimeUnit.MILLISECONDS)
                    .exceptionally(late -> process)
                    .join();
        }
    }

    private static String name(Command command) {
        return command.argv().size() > 1
                ? command.argv().get(0) + " " + command.argv().get(1)
                : command.argv().get(0);
    }
}
