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
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;

/**
 * Learns what is secret in a run of Terraform, so that it is masked. Nothing of it is persisted, so that it is learned again after a restart of the controller. What can't be learned is told: it is no reason to leave an
 * apply alone that is under way.
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
            expander.getSensitiveVariables().stream().map(variables::get).filter(Objects::nonNull).map(SecretText::of).forEach(environment.known()::learn);
        }
    }

    /** The values of variables that the code declares as sensitive. */
    void ofCode(TerraformFlow flow, Provision provision, ProvisionRequest request) throws NoAnswer, InterruptedException {
        try {
            provision.learnDeclared(flow, request);
        } catch (NoAnswer e) {
            throw e;
        } catch (IOException e) {
            environment.warn(Event.Stage.PROVISION, Provision.UNDECLARED + " (" + e.getMessage() + ")");
        }
    }

    /** The sensitive values of a plan that was shown before a restart. */
    void ofPlan(TerraformFlow flow, String privateDirectory, String show, FilePath folder) throws NoAnswer, InterruptedException {
        try {
            flow.learn(reader -> AgentCommand.replay(privateDirectory, show, folder, reader));
        } catch (NoAnswer e) {
            throw e;
        } catch (IOException | DeliveryException e) {
            environment.warn(
                    Event.Stage.PROVISION, "could not read the plan again after the restart, so its sensitive values are not masked from here on (" + e.getMessage() + ")");
        }
    }
}
