package io.jenkins.plugins.mldelivery.steps;

import hudson.FilePath;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ManifestFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import jenkins.MasterToSlaveFileCallable;

/** The user's own manifests, read in the workspace on its agent. */
final class WorkspaceManifests {
    private static final String PARAMETER = "manifests";

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
        Answer answer;
        try {
            answer = folder.act(new Read(path));
        } catch (IOException e) {
            throw DeliveryException.failed(PARAMETER, "could not read '" + path + "' on the agent " + place.node() + " (" + e.getMessage() + ")", "Correct the path or the files' rights.", e);
        }
        if (answer.text == null) {
            throw DeliveryException.invalid(PARAMETER, answer.problem, answer.remedy);
        }
        return answer.text;
    }

    /** The reading on the agent, whose exceptions are told as texts: the engine's would not come over the channel. */
    private static final class Read extends MasterToSlaveFileCallable<Answer> {
        private static final long serialVersionUID = 1L;
        private final String path;

        Read(String path) {
            this.path = path;
        }

        @Override
        public Answer invoke(File base, VirtualChannel channel) throws IOException {
            // Before anything is checked out there is no folder.
            Path root = base.exists() ? base.toPath().toRealPath() : base.toPath().toAbsolutePath();
            ManifestFiles.Content content = ManifestFiles.read(root, path, true);
            return new Answer(content.text(), content.problem(), content.remedy());
        }
    }

    /** Either a text or what is wrong. */
    private static final class Answer implements java.io.Serializable {
        private static final long serialVersionUID = 1L;
        private final String text;
        private final String problem;
        private final String remedy;

        Answer(String text, String problem, String remedy) {
            this.text = text;
            this.problem = problem;
            this.remedy = remedy;
        }
    }
}
