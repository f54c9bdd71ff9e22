package io.jenkins.plugins.mldelivery.steps;

import hudson.FilePath;
import hudson.remoting.VirtualChannel;
import hudson.slaves.WorkspaceList;
import io.jenkins.plugins.mldelivery.provision.LocalWorkspace;
import io.jenkins.plugins.mldelivery.provision.Workspace;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jenkins.MasterToSlaveFileCallable;

/** The workspace on the agent, for the engine. Private folders lie in the workspace's own temporary folder, which the containers of a pod share and Jenkins' file browser does not show. */
final class AgentWorkspace implements Workspace {
    private static final int OWNER_ONLY = 0700;

    private final FilePath folder;

    AgentWorkspace(FilePath folder) {
        this.folder = folder;
    }

    @Override
    public boolean isDirectory(String path) throws IOException, InterruptedException {
        return folder.child(path).isDirectory();
    }

    @Override
    public List<String> list(String path) throws IOException, InterruptedException {
        return folder.act(new ListFiles(path));
    }

    @Override
    public Map<String, String> read(String path, List<String> names, long maxBytes) throws IOException, InterruptedException {
        return folder.act(new Read(path, names, maxBytes));
    }

    @Override
    public String sha256(String path) throws IOException, InterruptedException {
        return folder.act(new Sha256(path));
    }

    @Override
    public String createPrivateDirectory() throws IOException, InterruptedException {
        FilePath temporary = WorkspaceList.tempDir(folder);
        if (temporary == null) {
            throw new IOException("the workspace has no temporary folder beside it");
        }
        temporary.mkdirs();
        FilePath directory = temporary.createTempDir("ml-delivery", "");
        directory.chmod(OWNER_ONLY);
        return directory.getRemote();
    }

    @Override
    public void writePrivate(String path, String text) throws IOException, InterruptedException {
        folder.act(new WritePrivate(path, text));
    }

    @Override
    public boolean canRun(String program) throws IOException, InterruptedException {
        return folder.act(new CanRun(program));
    }

    @Override
    public String absolute(String path) throws IOException, InterruptedException {
        return folder.child(path).getRemote();
    }

    @Override
    public void deleteDirectory(String path) throws IOException, InterruptedException {
        folder.child(path).deleteRecursive();
    }

    /** Names of files. */
    private static final class ListFiles extends MasterToSlaveFileCallable<List<String>> {
        private static final long serialVersionUID = 1L;
        private final String path;

        ListFiles(String path) {
            this.path = path;
        }

        @Override
        public List<String> invoke(File base, VirtualChannel channel) throws IOException {
            return new ArrayList<>(new LocalWorkspace(base.toPath()).list(path));
        }
    }

    /** Texts of files. */
    private static final class Read extends MasterToSlaveFileCallable<Map<String, String>> {
        private static final long serialVersionUID = 1L;
        private final String path;
        private final List<String> names;
        private final long maxBytes;

        Read(String path, List<String> names, long maxBytes) {
            this.path = path;
            this.names = new ArrayList<>(names);
            this.maxBytes = maxBytes;
        }

        @Override
        public Map<String, String> invoke(File base, VirtualChannel channel) throws IOException {
            return new LinkedHashMap<>(new LocalWorkspace(base.toPath()).read(path, names, maxBytes));
        }
    }

    /** Digest of a file. */
    private static final class Sha256 extends MasterToSlaveFileCallable<String> {
        private static final long serialVersionUID = 1L;
        private final String path;

        Sha256(String path) {
            this.path = path;
        }

        @Override
        public String invoke(File base, VirtualChannel channel) throws IOException {
            return new LocalWorkspace(base.toPath()).sha256(path);
        }
    }

    /** A file of the owner alone. */
    private static final class WritePrivate extends MasterToSlaveFileCallable<Void> {
        private static final long serialVersionUID = 1L;
        private final String path;
        private final String text;

        WritePrivate(String path, String text) {
            this.path = path;
            this.text = text;
        }

        @Override
        public Void invoke(File base, VirtualChannel channel) throws IOException {
            new LocalWorkspace(base.toPath()).writePrivate(path, text);
            return null;
        }
    }

    /** Whether a program is there. */
    private static final class CanRun extends MasterToSlaveFileCallable<Boolean> {
        private static final long serialVersionUID = 1L;
        private final String program;

        CanRun(String program) {
            this.program = program;
        }

        @Override
        public Boolean invoke(File base, VirtualChannel channel) {
            return new LocalWorkspace(base.toPath()).canRun(program);
        }
    }
}
