package io.jenkins.plugins.mldelivery.steps;

import hudson.EnvVars;
import hudson.FilePath;
import hudson.Launcher;
import hudson.model.TaskListener;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.mldelivery.delivery.Command;
import io.jenkins.plugins.mldelivery.delivery.CommandResult;
import io.jenkins.plugins.mldelivery.delivery.Commands;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import jenkins.MasterToSlaveFileCallable;
import org.jenkinsci.plugins.durabletask.BourneShellScript;
import org.jenkinsci.plugins.durabletask.Controller;

/**
 * A command on the agent that outlives the controller: durable-task keeps it, its two streams go to files in a private folder, and whoever holds this object (it is small and
 * serialisable) can ask for its end after a restart. Its argument list is quoted, word by word, into the script that durable-task wants.
 */
final class AgentCommand implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int CHUNK = 256 * 1024;
    /** The exit code of a command that may run once only and was started before. */
    static final int STARTED_BEFORE = 121;

    private final Controller controller;
    /** Path of the streams' files without their suffix. */
    private final String files;

    private transient long read;
    private transient StringBuilder partial;

    private AgentCommand(Controller controller, String files) {
        this.controller = controller;
        this.files = files;
    }

    /**
     * Starts it.
     *
     * @param privateDirectory folder of the streams' files
     * @param name of the command, for their names
     * @param once whether it must not be started again in this folder: Jenkins may die between the launch and its note of it
     */
    static AgentCommand start(
            Command command, String privateDirectory, String name, boolean once, FilePath workspace, EnvVars variables, Launcher launcher, TaskListener listener)
            throws IOException, InterruptedException {
        String files = privateDirectory + "/" + name;
        BourneShellScript task = new BourneShellScript(script(command, files, once));
        task.charset(StandardCharsets.UTF_8);
        return new AgentCommand(task.launch(new EnvVars(variables), workspace, launcher, listener), files);
    }

    static String script(Command command, String files, boolean once) {
        StringBuilder script = new StringBuilder("#!/bin/sh\numask 077\n");
        command.environment().forEach((name, value) ->
                script.append(value == null ? "unset " + name : "export " + name + "=" + quote(value)).append('\n'));
        script.append("cd ").append(quote(command.directory())).append(" || exit 126\n");
        // A file that is there already is not written over (set -C), which only one of two can do.
        script.append(once ? "(set -C; echo $$ > " : "(echo $$ > ").append(quote(files + ".pid")).append(") || exit " + STARTED_BEFORE + "\n");
        script.append("exec ").append(command.argv().stream().map(AgentCommand::quote).collect(Collectors.joining(" ")));
        script.append(" > ").append(quote(files + ".out")).append(" 2> ").append(quote(files + ".err")).append('\n');
        return script.toString();
    }

    private static String quote(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    /** Hands on the lines of standard output that came since the last call. */
    void pump(FilePath workspace, Consumer<String> lines) throws IOException, InterruptedException {
        if (partial == null) {
            partial = new StringBuilder();
        }
        while (true) {
            // Latin-1 keeps bytes apart, so that a character cut in two by the chunk's end is whole again in its line.
            String chunk = workspace.act(new Tail(files + ".out", read));
            read += chunk.length();
            partial.append(chunk);
            for (int end = partial.indexOf("\n"); end >= 0; end = partial.indexOf("\n")) {
                lines.accept(utf8(partial.substring(0, end)));
                partial.delete(0, end + 1);
            }
            if (chunk.length() < CHUNK) {
                return;
            }
        }
    }

    private static String utf8(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** The exit code, or null while it runs. */
    Integer exitCode(FilePath workspace, Launcher launcher, TaskListener listener) throws IOException, InterruptedException {
        return controller.exitStatus(workspace, launcher, listener);
    }

    /** The result after its end. */
    CommandResult result(int exitCode, FilePath workspace) throws IOException, InterruptedException {
        return new CommandResult(exitCode, workspace.act(new Whole(files + ".out")), workspace.act(new Whole(files + ".err")));
    }

    /** Whether this is the command of this name. */
    boolean is(String name) {
        return files.endsWith("/" + name);
    }

    /** Whether it is running; before that it is launched, but can't be signalled. */
    boolean hasBegun(FilePath workspace) throws IOException, InterruptedException {
        return workspace.child(files + ".pid").length() > 0;
    }

    /** One signal to the command itself, not to its children, so that it can end in order. */
    void signal(FilePath workspace, Launcher launcher) throws IOException, InterruptedException {
        String pid = workspace.child(files + ".pid").readToString().trim();
        if (pid.matches("[1-9]\\d*")) {
            launcher.launch().cmds("kill", "-TERM", pid).pwd(workspace).quiet(true).join();
        }
    }

    /** Kills it with its children. */
    void kill(FilePath workspace, Launcher launcher) throws IOException, InterruptedException {
        controller.stop(workspace, launcher);
    }

    /** Removes what durable-task keeps of it. */
    void cleanUp(FilePath workspace) throws IOException, InterruptedException {
        controller.cleanup(workspace);
    }

    /** A chunk of a file from an offset, as Latin-1; empty when there is none. */
    private static final class Tail extends MasterToSlaveFileCallable<String> {
        private static final long serialVersionUID = 1L;
        private final String path;
        private final long offset;

        Tail(String path, long offset) {
            this.path = path;
            this.offset = offset;
        }

        @Override
        public String invoke(File base, VirtualChannel channel) throws IOException {
            Path file = Path.of(path);
            if (!Files.exists(file)) {
                return "";
            }
            try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
                in.seek(offset);
                byte[] buffer = new byte[CHUNK];
                int n = in.read(buffer);
                return n <= 0 ? "" : new String(buffer, 0, n, StandardCharsets.ISO_8859_1);
            }
        }
    }

    /** A file's text, of a long one its end. */
    private static final class Whole extends MasterToSlaveFileCallable<String> {
        private static final long serialVersionUID = 1L;
        private final String path;

        Whole(String path) {
            this.path = path;
        }

        @Override
        public String invoke(File base, VirtualChannel channel) throws IOException {
            Path file = Path.of(path);
            if (!Files.exists(file)) {
                return "";
            }
            try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
                long skip = Math.max(0, in.length() - Commands.OUTPUT_LIMIT);
                in.seek(skip);
                byte[] content = new byte[(int) (in.length() - skip)];
                in.readFully(content);
                return new String(content, StandardCharsets.UTF_8);
            }
        }
    }
}
