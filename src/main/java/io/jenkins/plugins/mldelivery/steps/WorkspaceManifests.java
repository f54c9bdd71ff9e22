package io.jenkins.plugins.mldelivery.steps;

import hudson.FilePath;
import io.jenkins.plugins.mldelivery.config.AgentCalls;
import io.jenkins.plugins.mldelivery.config.AgentWork;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ManifestFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The user's own manifests, read in the workspace on its agent. */
final class WorkspaceManifests {
    private static final String PARAMETER = "manifests";
    /** Text, problem, remedy. */
    private static final int ANSWER = 3;
    /** The files, the separators between them, and a sentence. */
    private static final int MAX_ANSWER = 2 * ManifestFiles.MAX_BYTES;

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
        List<String> answer;
        try {
            answer = AgentCalls.texts(folder, new Read(path), ANSWER, MAX_ANSWER);
        } catch (IOException e) {
            throw DeliveryException.failed(PARAMETER, "could not read '" + path + "' on the agent " + place.node() + " (" + e.getMessage() + ")", "Correct the path or the files' rights.", e);
        }
        if (answer.size() != ANSWER) {
            throw DeliveryException.failed(PARAMETER, "the agent " + place.node() + " does not answer the text of '" + path + "'", "Run the build again.", null);
        }
        if (answer.get(0) == null) {
            throw DeliveryException.invalid(PARAMETER, answer.get(1), answer.get(2));
        }
        return answer.get(0);
    }

    /** The reading on the agent: text, problem and remedy. */
    private static final class Read extends AgentWork {
        private static final long serialVersionUID = 1L;
        private final String path;

        Read(String path) {
            this.path = path;
        }

        @Override
        protected List<String> work(File base) throws IOException {
            // Before anything is checked out there is no folder.
            Path root = base.exists() ? base.toPath().toRealPath() : base.toPath().toAbsolutePath();
            ManifestFiles.Content content = ManifestFiles.read(root, path, true);
            return Arrays.asList(content.text(), content.problem(), content.remedy());
        }
    }
}
