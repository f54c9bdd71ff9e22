package io.jenkins.plugins.mldelivery.steps;

import hudson.EnvVars;
import hudson.FilePath;
import io.jenkins.plugins.mldelivery.config.NoAnswer;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.provision.Provision;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.provision.terraform.TerraformFlow;
import java.io.IOException;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;

/**
 * Learns what is secret in a run of Terraform, so that it is masked. Nothing of it is persisted, so that it is learned
 * again after a restart of the controller. What can't be learned is told: it is no reason to leave an apply alone that
 * is under way.
 */
final class ProvisionSecrets {
    private final Environment environment;

    ProvisionSecrets(Environment environment) {
        this.environment = environment;
    }

    /**
     * The secrets that the build has bound to variables of its environment: the tool gets them, and may quote them.
     *
     * @param expander or null
     */
    void ofBuild(EnvironmentExpander expander, EnvVars variables) {
        if (expander != null) {
            expander.getSensitiveVariables().stream()
                    .map(variables::get)
                    .filter(Objects::nonNull)
                    .map(SecretText::of)
                    .forEach(environment.known()::learn);
        }
    }

    /** The values of variables that the code declares as sensitive. */
    void ofCode(TerraformFlow flow, Provision provision, ProvisionRequest request)
            throws NoAnswer, InterruptedException {
        try {
            provision.learnDeclared(flow, request);
        } catch (NoAnswer e) {
            throw e;
        } catch (DeliveryException | IOException e) {
            environment.warn(Event.Stage.PROVISION, Provision.UNDECLARED + " (" + e.getMessage() + ")");
        }
    }

    /**
     * The sensitive values of a plan that was shown before a restart. It is read in parts, each in a tick of its own.
     *
     * @param shown the command that has shown it
     * @param enough whether to leave the rest for the next call
     * @param over why the rest is not read any more; null while it is
     * @return whether that is done
     * @throws NoAnswer when the agent is away; what was read is not kept meanwhile
     */
    boolean ofPlan(TerraformFlow flow, AgentCommand shown, FilePath folder, BooleanSupplier enough, String over)
            throws NoAnswer, InterruptedException {
        try {
            return flow.learn(reader -> {
                if (over != null) {
                    throw new IOException(over);
                }
                return !shown.pump(folder, reader, enough);
            });
        } catch (NoAnswer e) {
            shown.rewind();
            throw e;
        } catch (IOException | DeliveryException e) {
            environment.warn(
                    Event.Stage.PROVISION,
                    "could not read the plan again after the restart; its sensitive values are not masked from now on ("
                            + e.getMessage() + ")");
            return true;
        }
    }
}
