package io.jenkins.plugins.mldelivery.provision;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A local workspace that notes the private folders, and lets a test do something right before a digest is taken. */
class RecordingWorkspace implements Workspace {
    private final LocalWorkspace local;
    private final List<String> privateFolders;
    private int digests;

    RecordingWorkspace(LocalWorkspace local, List<String> privateFolders) {
        this.local = local;
        this.privateFolders = privateFolders;
    }

    /**
     * Right before the digest of a file is taken.
     *
     * @param count which one of this workspace, from 1
     */
    void beforeDigest(int count, String path) throws IOException {
        // Nothing, but in tests that change the file.
    }

    @Override
    public void check(String parameter, String folder, String path) throws DeliveryException {
        local.check(parameter, folder, path);
    }

    @Override
    public boolean isDirectory(String path) throws DeliveryException, IOException {
        return local.isDirectory(path);
    }

    @Override
    public List<String> list(String path) throws DeliveryException, IOException {
        return local.list(path);
    }

    @Override
    public Map<String, String> read(String path, List<String> names, long maxBytes)
            throws DeliveryException, IOException {
        return local.read(path, names, maxBytes);
    }

    @Override
    public long size(String path, List<String> names) throws DeliveryException, IOException {
        return local.size(path, names);
    }

    @Override
    public String sha256(String path) throws IOException {
        beforeDigest(++digests, path);
        return local.sha256(path);
    }

    @Override
    public String createPrivateDirectory() throws IOException {
        String folder = local.createPrivateDirectory();
        privateFolders.add(folder);
        return folder;
    }

    @Override
    public void writePrivate(String path, String text) throws IOException {
        local.writePrivate(path, text);
    }

    @Override
    public boolean canRun(String program) {
        return local.canRun(program);
    }

    @Override
    public String absolute(String path) throws DeliveryException, IOException {
        return local.absolute(path);
    }

    @Override
    public void deleteDirectory(String path) throws IOException {
        local.deleteDirectory(path);
    }
}
