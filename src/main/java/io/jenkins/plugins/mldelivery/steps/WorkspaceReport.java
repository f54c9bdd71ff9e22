package io.jenkins.plugins.mldelivery.steps;

import hudson.FilePath;
import io.jenkins.plugins.mldelivery.config.AgentCalls;
import io.jenkins.plugins.mldelivery.config.AgentWork;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A report, written into the workspace on its agent. */
final class WorkspaceReport {
    private WorkspaceReport() {}

    /**
     * Refuses a path that leaves the workspace.
     *
     * @param parameter the parameter that has the path
     * @param path as the user gave it
     */
    static void check(FilePath workspace, String parameter, String path) throws DeliveryException, InterruptedException {
        run(workspace, new Write(parameter, path, null));
    }

    /**
     * Writes it, in UTF-8.
     *
     * @param parameter the parameter that has the path
     * @param path within the workspace, which it may not leave
     */
    static void write(FilePath workspace, String parameter, String path, String text)
            throws DeliveryException, InterruptedException {
        run(workspace, new Write(parameter, path, text));
    }

    private static void run(FilePath workspace, Write work) throws DeliveryException, InterruptedException {
        try {
            AgentCalls.run(workspace, work);
        } catch (IOException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.FAILED,
                    work.parameter,
                    "'" + work.path + "' can't be written (" + e.getMessage() + ")",
                    "Give a file in the workspace.",
                    e);
        }
    }

    /** The writing on the agent; without a text only the check. */
    private static final class Write extends AgentWork {
        private static final long serialVersionUID = 1L;
        private final String parameter;
        private final String path;
        private final String text;

        Write(String parameter, String path, String text) {
            this.parameter = parameter;
            this.path = path;
            this.text = text;
        }

        @Override
        protected List<String> work(File base) throws DeliveryException, IOException {
            WorkspaceBorder border = WorkspaceBorder.inside(base.toPath());
            if (text == null) {
                border.target(parameter, path);
            } else {
                border.write(parameter, path, text.getBytes(StandardCharsets.UTF_8));
            }
            return List.of();
        }
    }
}
