package io.jenkins.plugins.mldelivery.steps;

import hudson.FilePath;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.mldelivery.config.AgentCalls;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import jenkins.MasterToSlaveFileCallable;

/** A report, written into the workspace on its agent. */
final class WorkspaceReport {
    private WorkspaceReport() {}

    /**
     * Writes it, in UTF-8.
     *
     * @param parameter the parameter that has the path
     * @param path within the workspace, which it may not leave
     */
    static void write(FilePath workspace, String parameter, String path, String text) throws DeliveryException, InterruptedException {
        try {
            AgentAnswer.value(AgentCalls.answer(workspace, new Write(parameter, path, text)));
        } catch (IOException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.FAILED, parameter, "'" + path + "' can't be written (" + AgentAnswer.brief(String.valueOf(e.getMessage())) + ")",
                    "Give a file in the workspace.", e);
        }
    }

    /** The writing on the agent. */
    private static final class Write extends MasterToSlaveFileCallable<AgentAnswer> {
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
        public AgentAnswer invoke(File base, VirtualChannel channel) throws IOException, InterruptedException {
            return AgentAnswer.of(() -> {
                WorkspaceBorder.inside(base.toPath()).write(parameter, path, text.getBytes(StandardCharsets.UTF_8));
                return null;
            });
        }
    }
}
