package io.jenkins.plugins.mldelivery.steps;

import hudson.FilePath;
import io.jenkins.plugins.mldelivery.config.AgentCalls;
import io.jenkins.plugins.mldelivery.config.AgentWork;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ManifestFiles;
import java.io.File;
import java.io.IOException;
import java.util.List;

/** The user's own manifests, read in the workspace on its agent. */
final class WorkspaceManifests {
    private static final String PARAMETER = "manifests";
    private static final int MAX_CHARACTERS = 2 * ManifestFiles.MAX_BYTES;

    private WorkspaceManifests() {}

    /**
     * The text of a manifest, or of all in a folder.
     *
     * @param path relative to the workspace, which it may not leave
     * @param place where the step is, or null
     */
    static String read(String path, AgentPlace place) throws DeliveryException, IOException, InterruptedException {
        if (place == null) {
            throw DeliveryException.invalid(PARAMETER, "there is no workspace to read '" + path + "' in", "Put the step into a node block, with the files checked out or unstashed.");
        }
        FilePath folder = place.find();
        if (folder == null) {
            throw DeliveryException.unreachable(PARAMETER, "the agent " + place.node() + " is not connected, so '" + path + "' can't be read", "Run the build again.", null);
        }
        String text;
        try {
            text = AgentCalls.text(folder, new Read(path), 2 * MAX_CHARACTERS);
        } catch (IOException e) {
            throw DeliveryException.failed(
                    PARAMETER, "could not read '" + path + "' on the agent " + place.node() + " (" + e.getMessage() + ")",
                    "Correct the path or the files' permissions.", e);
        }
        // A byte of UTF-8 makes one character at most, and each file of one byte brings a separator.
        if (text.length() > MAX_CHARACTERS) {
            throw DeliveryException.failed(PARAMETER, "the agent " + place.node() + " answered something that is not manifests of at most 1 MiB", "Check the agent.", null);
        }
        return text;
    }

    /** The reading on the agent. */
    private static final class Read extends AgentWork {
        private static final long serialVersionUID = 1L;
        private final String path;

        Read(String path) {
            this.path = path;
        }

        @Override
        protected List<String> work(File base) throws DeliveryException, IOException {
            return List.of(ManifestFiles.read(WorkspaceBorder.inside(base.toPath()), path));
        }
    }
}
