package io.jenkins.plugins.mldelivery.steps;

import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import java.io.IOException;
import java.io.Serializable;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * What the body of <code>mlDeployModel</code> knows of the rollout around it: environment variables for any step, and for <code>mlVerifyMetrics</code> the facts and the way to the
 * pods' metrics. Persisted with the body, hence plain fields.
 */
final class RolloutContext implements Serializable {
    private static final long serialVersionUID = 1L;

    private final RolloutInputs inputs;
    private final String revision;
    /** Null in what a release before this field has saved. */
    private final String subject;
    private final int step;
    private final int steps;
    private final int weight;
    private final int mirror;
    private final boolean paused;
    private final long onset;
    private final String canarySelector;
    private final String stableSelector;
    private final boolean alone;
    /** What <code>mlVerifyMetrics</code> in the body found, or null. */
    private volatile String found;

    RolloutContext(RolloutInputs inputs, RolloutFacts facts) {
        this.inputs = inputs;
        this.revision = facts.revision();
        this.subject = facts.subject();
        this.step = facts.step();
        this.steps = facts.steps();
        this.weight = facts.weight();
        this.mirror = facts.mirror();
        this.paused = facts.paused();
        this.onset = facts.onset() == null ? 0 : facts.onset().toEpochMilli();
        this.canarySelector = facts.canarySelector();
        this.stableSelector = facts.stableSelector();
        this.alone = facts.alone();
    }

    /** The metrics let the body go on. */
    synchronized void found(String sentence) {
        found = found == null ? sentence : found + "; " + sentence;
    }

    /**
     * Why the body has passed.
     *
     * @param otherwise when it looked at no metrics
     */
    String passed(String otherwise) {
        return found == null ? otherwise : found;
    }

    /** What the rollout began with. */
    RolloutInputs inputs() {
        return inputs;
    }

    RolloutFacts facts() {
        DeployModelStep deployment = inputs.step();
        return new RolloutFacts(
                deployment.getName(), deployment.getNamespace(), revision, String.valueOf(subject), step, Math.max(1, steps), weight, mirror, paused, Instant.ofEpochMilli(onset), canarySelector, stableSelector,
                alone);
    }

    /** The body of the step with this, and not yet begun. */
    BodyInvoker body(StepContext context) throws IOException, InterruptedException {
        return context.newBodyInvoker()
                .withContext(this)
                .withContext(EnvironmentExpander.merge(
                        context.get(EnvironmentExpander.class), EnvironmentExpander.constant(variables())))
                .withDisplayName(paused
                        ? Messages.DeployModelExecution_BodyPaused(weight)
                        : Messages.DeployModelExecution_Body(weight));
    }

    /** The environment variables of the body. */
    Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        DeployModelStep deployment = inputs.step();
        String host = "." + deployment.getNamespace() + ".svc";
        variables.put("ML_DELIVERY_MODEL", deployment.getName());
        variables.put("ML_DELIVERY_NAMESPACE", deployment.getNamespace());
        variables.put("ML_DELIVERY_IMAGE", deployment.getImage());
        variables.put("ML_DELIVERY_REVISION", revision);
        variables.put("ML_DELIVERY_STEP", String.valueOf(step + 1));
        variables.put("ML_DELIVERY_WEIGHT", String.valueOf(weight));
        variables.put("ML_DELIVERY_PHASE", paused ? "paused" : "analysing");
        variables.put("ML_DELIVERY_URL", "http://" + deployment.getName() + host);
        if (inputs.hasPreview()) {
            variables.put("ML_DELIVERY_PREVIEW_URL", "http://" + deployment.getName() + "-canary" + host);
        }
        variables.put("ML_DELIVERY_CANARY_SELECTOR", canarySelector);
        variables.put("ML_DELIVERY_STABLE_SELECTOR", stableSelector);
        return variables;
    }
}
