package io.jenkins.plugins.mldelivery.steps;

import hudson.EnvVars;
import hudson.FilePath;
import hudson.Launcher;
import hudson.model.TaskListener;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.mldelivery.config.AgentCalls;
import io.jenkins.plugins.mldelivery.delivery.Command;
import io.jenkins.plugins.mldelivery.delivery.CommandOutput;
import io.jenkins.plugins.mldelivery.delivery.CommandResult;
import io.jenkins.plugins.mldelivery.delivery.Commands;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import jenkins.MasterToSlaveFileCallable;
import org.jenkinsci.plugins.durabletask.BourneShellScript;
import org.jenkinsci.plugins.durabletask.Controller;

/**
 * A command on the agent that outlives the controller: durable-task keeps it, its two streams go to files in a private
 * folder, and whoever holds this object (it is small and serialisable) can ask for its end after a restart. Its
 * argument list is quoted, word by word, into a script in the private folder; durable-task's own script, which others
 * on the machine may read, has the path of that one alone.
 *
 * <p>An agent may answer anything: an answer is bytes of a length that is checked here, and there is a limit to what is
 * read at once and in all.
 */
final class AgentCommand implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(AgentCommand.class.getName());
    private static final int CHUNK = 256 * 1024;
    /** Chunks of output that one look reads at most. */
    private static final int CHUNKS = 16;
    /** Bytes of output that are read in all; what a tool prints beyond is left where it is. */
    private static final long MAX_OUTPUT = 2L * 1024 * 1024 * 1024;
    /** Starting a program takes several calls. */
    private static final Duration LAUNCH = Duration.ofSeconds(60);

    /** What the name of the file ends with that holds the process id of a command. */
    static final String PID = ".pid";

    private static final int MAX_PID = 32;
    private static final int NOT_FOUND = 127;
    private static final int NOT_EXECUTABLE = 126;
    /** The exit code of a command that may run once only and was started before. */
    static final int STARTED_BEFORE = 121;

    private final Controller controller;
    /** Path of the streams' files without their suffix. */
    private final String files;

    private transient long read;
    /** Null until it is known. */
    private transient Integer exit;

    private AgentCommand(Controller controller, String files) {
        this.controller = controller;
        this.files = files;
    }

    /**
     * Starts it.
     *
     * @param privateDirectory folder of the streams' files
     * @param name of the command, for their names
     * @param once whether it must not be started again in this folder: Jenkins may die between the launch and its note
     *     of it
     */
    static AgentCommand start(
            Command command,
            String privateDirectory,
            String name,
            boolean once,
            FilePath workspace,
            EnvVars variables,
            Launcher launcher,
            TaskListener listener)
            throws DeliveryException, IOException, InterruptedException {
        String files = privateDirectory + "/" + name;
        new AgentWorkspace(workspace).writePrivate(files + ".sh", script(command, files, once));
        BourneShellScript task = new BourneShellScript("#!/bin/sh\nexec /bin/sh " + quote(files + ".sh") + "\n");
        task.charset(StandardCharsets.UTF_8);
        return new AgentCommand(
                AgentCalls.within(
                        workspace, LAUNCH, () -> task.launch(new EnvVars(variables), workspace, launcher, listener)),
                files);
    }

    static String script(Command command, String files, boolean once) {
        StringBuilder script = new StringBuilder("umask 077\n");
        command.environment().forEach((name, value) -> script.append(
                        value == null ? "unset " + name : "export " + name + "=" + quote(value))
                .append('\n'));
        script.append("cd ").append(quote(command.directory())).append(" || exit 126\n");
        // A file that is there already is not written over (set -C), which only one of two can do.
        script.append(once ? "(set -C; echo $$ > " : "(echo $$ > ")
                .append(quote(files + PID))
                .append(") || exit " + STARTED_BEFORE + "\n");
        script.append("exec ")
                .append(command.argv().stream().map(AgentCommand::quote).collect(Collectors.joining(" ")));
        script.append(" > ")
                .append(quote(files + ".out"))
                .append(" 2> ")
                .append(quote(files + ".err"))
                .append('\n');
        return script.toString();
    }

    private static String quote(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    /** One that has ended before, in a folder that was its private one: its output can be pumped, and no more. */
    static AgentCommand ended(String privateDirectory, String name) {
        return new AgentCommand(null, privateDirectory + "/" + name);
    }

    /**
     * Hands on the standard output that came since the last call, or a part of it.
     *
     * @param enough whether to leave the rest for the next call; it is asked after each part
     * @return whether there may be more already
     * @throws DeliveryException when it is refused
     */
    boolean pump(FilePath workspace, CommandOutput output, BooleanSupplier enough)
            throws DeliveryException, IOException, InterruptedException {
        for (int i = 0; i < CHUNKS && read < MAX_OUTPUT; i++) {
            byte[] chunk = AgentCalls.bytes(workspace, new Piece(files + ".out", read, CHUNK), CHUNK);
            read += chunk.length;
            output.accept(chunk, chunk.length);
            if (chunk.length < CHUNK) {
                return false;
            }
            if (enough.getAsBoolean()) {
                break;
            }
        }
        return read < MAX_OUTPUT;
    }

    /** The next pump hands on the output from its beginning. */
    void rewind() {
        read = 0;
    }

    /** The exit code, or null while it runs. */
    Integer exitCode(FilePath workspace, Launcher launcher, TaskListener listener)
            throws IOException, InterruptedException {
        if (exit == null) {
            exit = AgentCalls.within(
                    workspace, AgentCalls.LIMIT, () -> controller.exitStatus(workspace, launcher, listener));
        }
        return exit;
    }

    /** Refuses the exit codes with which a shell tells that it could not run a program. */
    static void checkFound(int exitCode, String program) throws DeliveryException {
        if (exitCode == NOT_FOUND || exitCode == NOT_EXECUTABLE) {
            throw DeliveryException.unreachable(
                    "executable",
                    "'" + program
                            + (exitCode == NOT_FOUND ? "' was not found on the agent" : "' can't be run on the agent"),
                    "Install it there, or name another one with 'executable'.",
                    null);
        }
    }

    /** The result after its end. */
    CommandResult result(int exitCode, FilePath workspace) throws IOException, InterruptedException {
        return new CommandResult(
                exitCode, end(".out", Commands.OUTPUT_LIMIT, workspace), end(".err", Commands.OUTPUT_LIMIT, workspace));
    }

    private String end(String suffix, int limit, FilePath workspace) throws IOException, InterruptedException {
        return new String(
                AgentCalls.bytes(workspace, new Piece(files + suffix, -1, limit), limit), StandardCharsets.UTF_8);
    }

    /** Whether this is the command of this name. */
    boolean is(String name) {
        return files.endsWith("/" + name);
    }

    /** Whether it is running; before that it is launched, but can't be signalled. */
    boolean hasBegun(FilePath workspace) throws IOException, InterruptedException {
        return !end(PID, MAX_PID, workspace).isBlank();
    }

    /** One signal to the command itself, not to its children, so that it can end in order. */
    void signal(FilePath workspace, Launcher launcher) throws IOException, InterruptedException {
        String pid = end(PID, MAX_PID, workspace).trim();
        if (pid.matches("[2-9]|[1-9]\\d{1,9}")) {
            AgentCalls.within(workspace, AgentCalls.LIMIT, () -> launcher.launch()
                    .cmds("kill", "-TERM", pid)
                    .pwd(workspace)
                    .quiet(true)
                    .join());
        }
    }

    /** Kills it with its children. */
    void kill(FilePath workspace, Launcher launcher) throws IOException, InterruptedException {
        AgentCalls.within(workspace, LAUNCH, () -> {
            controller.stop(workspace, launcher);
            return null;
        });
    }

    /** Removes what durable-task keeps of it, as far as that can be done. */
    void cleanUp(FilePath workspace) throws InterruptedException {
        try {
            AgentCalls.within(workspace, LAUNCH, () -> {
                controller.cleanup(workspace);
                return null;
            });
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "could not remove what durable-task keeps", e);
        }
    }

    /** A piece of a file; empty when there is none. */
    private static final class Piece extends MasterToSlaveFileCallable<byte[]> {
        private static final long serialVersionUID = 1L;
        private final String path;
        private final long offset;
        private final int length;

        /**
         * @param offset where it begins, or -1 for the end of the file
         * @param length how many bytes it has at most
         */
        Piece(String path, long offset, int length) {
            this.path = path;
            this.offset = offset;
            this.length = length;
        }

        @Override
        public byte[] invoke(File base, VirtualChannel channel) throws IOException {
            Path file = Path.of(path);
            // Of a pipe or a device no end would be found.
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return new byte[0];
            }
            try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
                in.seek(offset < 0 ? Math.max(0, in.length() - length) : offset);
                byte[] buffer = new byte[length];
                int n = 0;
                for (int more = 0; n < length && more >= 0; n += Math.max(0, more)) {
                    more = in.read(buffer, n, length - n);
                }
                return Arrays.copyOf(buffer, n);
            }
        }
    }
}
