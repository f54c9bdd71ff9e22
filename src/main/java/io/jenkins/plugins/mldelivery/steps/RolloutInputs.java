package io.jenkins.plugins.mldelivery.steps;

import hudson.model.Item;
import io.jenkins.plugins.mldelivery.config.Clusters;
import io.jenkins.plugins.mldelivery.config.ControllerIdentity;
import io.jenkins.plugins.mldelivery.config.RunCredentials;
import io.jenkins.plugins.mldelivery.delivery.CanonicalText;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.deploy.DeployModel;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.Deployer;
import io.jenkins.plugins.mldelivery.deploy.ImagePin;
import io.jenkins.plugins.mldelivery.deploy.RolloutState;
import io.jenkins.plugins.mldelivery.deploy.StateStore;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.image.TagDigests;
import java.io.IOException;
import java.io.Serializable;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * What a rollout begins with: the step's parameters, and what they name in the workspace, read once, so that a restart
 * finds the same.
 */
final class RolloutInputs implements Serializable {
    private static final long serialVersionUID = 1L;

    private final DeployModelStep step;
    /** Encrypted: Pipeline saves a running step on disk, and among the manifests may be Secrets. */
    private final String sealedManifests;
    /** As earlier versions saved them. */
    private final String manifests;

    private final AgentPlace place;

    private RolloutInputs(DeployModelStep step, String manifests, AgentPlace place) {
        this.step = step;
        this.manifests = null;
        sealedManifests = manifests == null ? null : Sealed.seal(manifests);
        this.place = place;
    }

    /** Reads what the step names; goes to the agent. */
    static RolloutInputs read(DeployModelStep step, StepContext context)
            throws DeliveryException, IOException, InterruptedException {
        AgentPlace place = AgentPlace.of(context);
        return new RolloutInputs(
                step, step.getManifests() == null ? null : WorkspaceManifests.read(step.getManifests(), place), place);
    }

    DeployModelStep step() {
        return step;
    }

    DeployModelRequest request() {
        return step.request(sealedManifests == null ? manifests : Sealed.open(sealedManifests));
    }

    /** Whether the new version has a Service of its own: where an object routes the traffic, and with blue/green. */
    boolean hasPreview() {
        DeployModelRequest request = request();
        return request.traffic().routed() || request.strategy() instanceof Strategy.BlueGreen;
    }

    /** How the cluster is reached; the secrets are looked up anew at each call. */
    ClusterAccess cluster(RunCredentials credentials) throws DeliveryException {
        RunCredentials onAgent = place == null ? credentials : credentials.on(place.find());
        return Clusters.resolve(step.getCluster(), step.getAccess(), onAgent).in(step.getNamespace());
    }

    /**
     * Opens the engine for a rollout. A new one may take some seconds, in which its image is looked up.
     *
     * @param on the execution that it works for
     * @param rollout the persisted state, or null
     */
    DeployModel open(TickingExecution on, String holder, RolloutState rollout, StateStore store)
            throws DeliveryException, IOException, InterruptedException {
        RunCredentials credentials = new RunCredentials(on.build());
        Environment environment = on.environment(credentials);
        return open(on, pinned(on, rollout, environment), credentials, holder, judge(), rollout, store, environment);
    }

    /** See {@link Deployer#judge}. The body is not a part of it: it lives and dies with its step. */
    private String judge() throws DeliveryException {
        return step.getVerify() == null ? "" : CanonicalText.of(step.getVerify().request());
    }

    /** Opens the engine for a step that only reads the pods of the rollout around it. */
    DeployModel reading(TickingExecution on) throws DeliveryException, IOException, InterruptedException {
        RunCredentials credentials = new RunCredentials(on.build());
        return open(
                on, request(), credentials, "mlVerifyMetrics", "", null, StateStore.none(), on.environment(credentials));
    }

    private DeployModel open(
            TickingExecution on, DeployModelRequest request, RunCredentials credentials, String holder, String judge,
            RolloutState rollout, StateStore store, Environment environment)
            throws DeliveryException, IOException, InterruptedException {
        Deployer deployer = new Deployer(holder, ControllerIdentity.get().keyedHash(), judge);
        return new DeployModel(
                request, DeliveryConnections.clusters(on.build()), () -> cluster(credentials), rollout, deployer, store,
                environment);
    }

    /** @param begun whether there is a state, but no name with it: the earlier releases had just the step */
    static String holder(String step, boolean begun) {
        return begun ? step : step + " of " + ControllerIdentity.get().title();
    }

    /** With the digest of the image: of one that has begun, the same after a restart as before. */
    private DeployModelRequest pinned(TickingExecution on, RolloutState rollout, Environment environment)
            throws DeliveryException, InterruptedException {
        if (rollout != null) {
            return ImagePin.asBegun(request(), rollout);
        }
        TagDigests registry = TagDigests.asked(step.isResolveTag(), step.getRegistryCredentialsId(), environment);
        return on.abortable().run(() -> ImagePin.now(request(), null, registry, environment));
    }

    /**
     * The agent that must be connected before the cluster can be reached and is not, by its name, or null.
     *
     * @param job whose build this is
     */
    String missingAgent(Item job) {
        boolean needed = place != null && Clusters.onAgent(step.getCluster(), step.getAccess(), job);
        return needed && place.find() == null ? place.node() : null;
    }
}
