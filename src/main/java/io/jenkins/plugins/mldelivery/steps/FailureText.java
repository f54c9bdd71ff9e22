package io.jenkins.plugins.mldelivery.steps;

import io.jenkins.plugins.mldelivery.deploy.DeployModelResult;
import io.jenkins.plugins.mldelivery.deploy.Phase;
import java.util.Locale;
import java.util.stream.Collectors;
import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;

/** Failures of a Pipeline in words. */
final class FailureText {
    private FailureText() {}

    /** What a failure says, without a full stop at its end: the causes of an interruption, or else the message. */
    static String of(Throwable failure) {
        String said = failure instanceof FlowInterruptedException interrupted ? causes(interrupted) : failure.getMessage();
        String otherwise = failure instanceof FlowInterruptedException ? Messages.FailureText_Aborted() : failure.getClass().getSimpleName();
        String text = said == null || said.isBlank() ? otherwise : said.strip();
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }

    /** Who has interrupted, behind a colon; empty when that is not known. */
    static String by(Throwable cause) {
        return cause instanceof FlowInterruptedException interrupted && !interrupted.getCauses().isEmpty()
                ? ": " + causes(interrupted)
                : "";
    }

    /** Why the body of a rollout, or the person whom it asks, does not let it go on. */
    static String ofBody(Throwable failure, boolean paused) {
        String problem = of(failure);
        return paused ? Messages.DeployModelExecution_NotAgreed(problem) : Messages.DeployModelExecution_BodyFailed(problem);
    }

    /** How a rollout ended that is not ok. */
    static String of(String model, DeployModelResult result) {
        return "failed".equals(result.result())
                ? Messages.DeployModelExecution_Failed(model, result.reason())
                : Messages.DeployModelExecution_RolledBack(model, result.reason());
    }

    private static String causes(FlowInterruptedException interrupted) {
        return interrupted.getCauses().stream().map(CauseOfInterruption::getShortDescription).collect(Collectors.joining(", "));
    }

    /** Where a rollout is, in words. */
    static String of(Phase phase) {
        return phase.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
