package io.jenkins.plugins.mldelivery.steps;

import hudson.FilePath;
import hudson.model.Run;
import hudson.slaves.WorkspaceList;
import io.jenkins.plugins.mldelivery.config.AgentCalls;
import io.jenkins.plugins.mldelivery.config.AgentWork;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.provision.LocalWorkspace;
import io.jenkins.plugins.mldelivery.provision.Workspace;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The workspace on the agent, for the engine. Private folders lie in the workspace's own temporary folder, which the
 * containers of a pod share and Jenkins' file browser does not show. What the agent answers is checked here once more.
 */
final class AgentWorkspace implements Workspace {
    private static final int MAX_FILES = 10_000;
    private static final int MAX_NAMES = 1024 * 1024;
    private static final int MAX_WORD = 4096;
    private static final Pattern FILE_NAME = Pattern.compile("[^/\\\\\\x00]{1,255}");
    private static final Pattern SIZE = Pattern.compile("[0-9]{1,18}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    private final FilePath folder;
    private final RunFolders names;

    /** For the files that are there: it creates no private folder. */
    AgentWorkspace(FilePath folder) {
        this.folder = folder;
        names = null;
    }

    /** @param run whose private folders it creates */
    AgentWorkspace(FilePath folder, Run<?, ?> run) {
        this.folder = folder;
        names = new RunFolders(run);
    }

    @Override
    public void check(String parameter, String inFolder, String path)
            throws DeliveryException, IOException, InterruptedException {
        if (!isBoundSecret(path)) {
            AgentCalls.run(folder, new Work(Kind.CHECK, path, Arrays.asList(parameter, inFolder), null, 0));
        }
    }

    /** A file of <code>withCredentials</code>, which lies in the workspace's own temporary folder beside it. */
    private boolean isBoundSecret(String path) {
        FilePath temporary = WorkspaceList.tempDir(folder);
        return temporary != null
                && path != null
                && path.startsWith(temporary.getRemote() + "/")
                && !path.contains("..");
    }

    @Override
    public boolean isDirectory(String path) throws DeliveryException, IOException, InterruptedException {
        return yes(new Work(Kind.IS_DIRECTORY, path, List.of(), null, 0));
    }

    @Override
    public List<String> list(String path) throws DeliveryException, IOException, InterruptedException {
        List<String> names =
                AgentCalls.texts(folder, new Work(Kind.LIST, path, List.of(), null, 0), MAX_FILES, MAX_NAMES);
        for (String name : names) {
            if (name == null || !FILE_NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
                throw new IOException("the agent answers a file name that can't be one");
            }
        }
        return names;
    }

    @Override
    public Map<String, String> read(String path, List<String> names, long maxBytes)
            throws DeliveryException, IOException, InterruptedException {
        int limit = (int) Math.min(Integer.MAX_VALUE, maxBytes + Integer.BYTES * (names.size() + 1L));
        List<String> texts =
                AgentCalls.texts(folder, new Work(Kind.READ, path, names, null, maxBytes), names.size(), limit);
        if (texts.size() != names.size() || texts.stream().anyMatch(Objects::isNull)) {
            throw new IOException("the agent does not answer " + names.size() + " files");
        }
        Map<String, String> read = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            read.put(names.get(i), texts.get(i));
        }
        return read;
    }

    @Override
    public long size(String path, List<String> names) throws DeliveryException, IOException, InterruptedException {
        String bytes = AgentCalls.text(folder, new Work(Kind.SIZE, path, names, null, 0), MAX_WORD);
        if (!SIZE.matcher(bytes).matches()) {
            throw new IOException("the agent answers a number of bytes that can't be one");
        }
        return Long.parseLong(bytes);
    }

    @Override
    public String sha256(String path) throws DeliveryException, IOException, InterruptedException {
        String digest = AgentCalls.text(folder, new Work(Kind.SHA256, path, List.of(), null, 0), MAX_WORD);
        if (!SHA256.matcher(digest).matches()) {
            throw new IOException("the agent answers a digest that can't be one");
        }
        return digest;
    }

    @Override
    public String createPrivateDirectory() throws DeliveryException, IOException, InterruptedException {
        FilePath temporary = WorkspaceList.tempDir(folder);
        if (temporary == null) {
            throw new IOException("the workspace has no temporary folder beside it");
        }
        Optional<Set<String>> inUse = Objects.requireNonNull(names, "no run").inUse();
        if (inUse.isPresent()) {
            AgentCalls.run(folder, new Work(Kind.REMOVE_LEFT_BEHIND, temporary.getRemote(), new ArrayList<>(inUse.get()), RunFolders.family(), 0));
        }
        // Its name is chosen here: an agent could name another folder, which would be removed in the end.
        String path = temporary.child(names.fresh()).getRemote();
        AgentCalls.run(folder, new Work(Kind.CREATE_PRIVATE, path, List.of(), null, 0));
        return path;
    }

    @Override
    public void writePrivate(String path, String text) throws DeliveryException, IOException, InterruptedException {
        AgentCalls.run(folder, new Work(Kind.WRITE_PRIVATE, path, List.of(), text, 0));
    }

    @Override
    public boolean canRun(String program) throws DeliveryException, IOException, InterruptedException {
        return yes(new Work(Kind.CAN_RUN, program, List.of(), null, 0));
    }

    @Override
    public String absolute(String path) throws DeliveryException, IOException, InterruptedException {
        String absolute = AgentCalls.text(folder, new Work(Kind.ABSOLUTE, path, List.of(), null, 0), MAX_WORD);
        if (absolute.isBlank() || absolute.length() > MAX_WORD || absolute.indexOf('\0') >= 0) {
            throw new IOException("the agent answers a path that can't be one");
        }
        return absolute;
    }

    @Override
    public void deleteDirectory(String path) throws DeliveryException, IOException, InterruptedException {
        AgentCalls.run(folder, new Work(Kind.DELETE, path, List.of(), null, 0));
    }

    private boolean yes(Work work) throws DeliveryException, IOException, InterruptedException {
        return AgentCalls.text(folder, work, MAX_WORD).equals("true");
    }

    /** What is done on the agent. */
    private enum Kind {
        CHECK,
        IS_DIRECTORY,
        LIST,
        READ,
        SIZE,
        SHA256,
        CREATE_PRIVATE,
        WRITE_PRIVATE,
        CAN_RUN,
        ABSOLUTE,
        REMOVE_LEFT_BEHIND,
        DELETE
    }

    /** One call, done by the workspace there. */
    private static final class Work extends AgentWork {
        private static final long serialVersionUID = 1L;

        private final Kind kind;
        private final String path;
        private final ArrayList<String> names;
        private final String text;
        private final long maxBytes;

        Work(Kind kind, String path, List<String> names, String text, long maxBytes) {
            this.kind = kind;
            this.path = path;
            this.names = new ArrayList<>(names);
            this.text = text;
            this.maxBytes = maxBytes;
        }

        @Override
        protected List<String> work(File base) throws DeliveryException, IOException {
            LocalWorkspace workspace = LocalWorkspace.inside(base.toPath());
            switch (kind) {
                case CHECK:
                    workspace.check(names.get(0), names.get(1), path);
                    return List.of();
                case IS_DIRECTORY:
                    return List.of(String.valueOf(workspace.isDirectory(path)));
                case LIST:
                    return workspace.list(path);
                case READ:
                    return new ArrayList<>(workspace.read(path, names, maxBytes).values());
                case SIZE:
                    return List.of(String.valueOf(workspace.size(path, names)));
                case SHA256:
                    return List.of(workspace.sha256(path));
                case CREATE_PRIVATE:
                    workspace.createPrivateDirectory(path);
                    return List.of();
                case WRITE_PRIVATE:
                    workspace.writePrivate(path, text);
                    return List.of();
                case CAN_RUN:
                    return List.of(String.valueOf(workspace.canRun(path)));
                case ABSOLUTE:
                    return List.of(workspace.absolute(path));
                case REMOVE_LEFT_BEHIND:
                    LeftBehind.remove(Path.of(path), text, names);
                    return List.of();
                case DELETE:
                    workspace.deleteDirectory(path);
                    return List.of();
                default:
                    throw new IOException("no such work: " + kind);
            }
        }
    }
}
