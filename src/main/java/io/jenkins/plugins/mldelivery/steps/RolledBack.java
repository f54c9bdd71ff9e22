package io.jenkins.plugins.mldelivery.steps;

import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;

/** Why the body of <code>mlDeployModel</code> was cut short: its rollout is being rolled back. */
final class RolledBack extends CauseOfInterruption {
    private static final long serialVersionUID = 1L;

    static boolean isCauseOf(Throwable failure) {
        return failure instanceof FlowInterruptedException e && e.getCauses().stream().anyMatch(RolledBack.class::isInstance);
    }

    @Override
    public String getShortDescription() {
        return Messages.DeployModelExecution_BodyCancelled();
    }
}
