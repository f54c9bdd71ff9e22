package io.jenkins.plugins.mldelivery.steps;

import hudson.FilePath;
import java.io.IOException;
import java.io.Serializable;
import org.jenkinsci.plugins.workflow.FilePathUtils;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** The node and the workspace that a step began in, kept by their names, so that they are found again after a restart. */
final class AgentPlace implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String node;
    private final String workspace;

    private AgentPlace(String node, String workspace) {
        this.node = node;
        this.workspace = workspace;
    }

    /** Where a step is, or null when there is no node around it. */
    static AgentPlace of(StepContext context) throws IOException, InterruptedException {
        FilePath folder = context.get(FilePath.class);
        return folder == null ? null : new AgentPlace(FilePathUtils.getNodeName(folder), folder.getRemote());
    }

    /** The workspace, or null when its agent is not connected. */
    FilePath find() {
        return FilePathUtils.find(node, workspace);
    }

    /** Whether it is the built-in node. */
    boolean isController() {
        return node.isEmpty();
    }

    /** The node's name for the log. */
    String node() {
        return node.isEmpty() ? "built-in" : node;
    }
}
