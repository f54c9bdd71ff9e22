package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.Serializable;

/**
 * What <code>mlDeployModel</code> is asked for. The component names, with those of <code>pods</code> and <code>model</code> in the place of these two, are the parameter names of the Jenkins step and
 * (in kebab case) of the command line.
 *
 * @param name the model's name: Deployments <code>name</code> and <code>name-canary</code>, Service <code>name</code>
 * @param namespace its namespace, which must exist
 * @param image the image to roll out
 * @param pods what its pods are like
 * @param model what surrounds them
 * @param strategy how the new version takes over
 * @param traffic how traffic is split
 * @param pause when a person has to agree: <code>none</code>, <code>promotion</code> (after the last step's gate) or <code>steps</code> (after each step's gate)
 * @param onConcurrent when another rollout of the model is under way: <code>wait</code>, <code>fail</code> or <code>takeOver</code>
 * @param dryRun whether only the differences are shown
 * @param requireDigest whether an image without digest is refused
 * @param progressDeadline how long a Deployment may take to get ready
 * @param timeout for the whole rollout, without the time that it waits for a person; after it the canary is rolled back
 */
public record DeployModelRequest(
        String name,
        String namespace,
        String image,
        PodSettings pods,
        ModelSettings model,
        Strategy strategy,
        TrafficKind traffic,
        String pause,
        String onConcurrent,
        boolean dryRun,
        boolean requireDigest,
        String progressDeadline,
        String timeout)
        implements Serializable {
    /** Longest name, so that the names made of it fit in 63 characters. */
    public static final int MAX_NAME_LENGTH = 50;

    public static final String DEFAULT_NAMESPACE = "default";
    public static final String DEFAULT_PAUSE = "none";
    public static final String DEFAULT_ON_CONCURRENT = "wait";
    public static final String DEFAULT_PROGRESS_DEADLINE = "10m";
    public static final String DEFAULT_TIMEOUT = "2h";

    /** A request with every default. */
    public static DeployModelRequest of(String name, String image) {
        return new DeployModelRequest(
                name, DEFAULT_NAMESPACE, image, PodSettings.defaults(), ModelSettings.defaults(), Strategy.Canary.defaults(), new TrafficKind.ReplicaRatio(),
                DEFAULT_PAUSE, DEFAULT_ON_CONCURRENT, false, false, DEFAULT_PROGRESS_DEADLINE, DEFAULT_TIMEOUT);
    }

    /**
     * Checks everything that can be checked without the cluster.
     *
     * @throws DeliveryException what is wrong, with the parameter's name
     */
    public void check() throws DeliveryException {
        DeployModelChecks.check(this);
    }

    /** The same elsewhere. */
    public DeployModelRequest withNamespace(String other) {
        return new DeployModelRequest(
                name, other, image, pods, model, strategy, traffic, pause, onConcurrent, dryRun, requireDigest, progressDeadline, timeout);
    }

    /** The same with another image. */
    public DeployModelRequest withImage(String other) {
        return new DeployModelRequest(
                name, namespace, other, pods, model, strategy, traffic, pause, onConcurrent, dryRun, requireDigest, progressDeadline, timeout);
    }

    /** The same with other pods. */
    public DeployModelRequest withPods(PodSettings other) {
        return new DeployModelRequest(
                name, namespace, image, other, model, strategy, traffic, pause, onConcurrent, dryRun, requireDigest, progressDeadline, timeout);
    }

    /** The same with other surroundings. */
    public DeployModelRequest withModel(ModelSettings other) {
        return new DeployModelRequest(
                name, namespace, image, pods, other, strategy, traffic, pause, onConcurrent, dryRun, requireDigest, progressDeadline, timeout);
    }

    /** The same in another way. */
    public DeployModelRequest withStrategy(Strategy other, TrafficKind kind) {
        return new DeployModelRequest(
                name, namespace, image, pods, model, other, kind, pause, onConcurrent, dryRun, requireDigest, progressDeadline, timeout);
    }

    /** The same with other rules of when it ends. */
    public DeployModelRequest withTimes(String deadline, String limit) {
        return new DeployModelRequest(
                name, namespace, image, pods, model, strategy, traffic, pause, onConcurrent, dryRun, requireDigest, deadline, limit);
    }

    /** The same with other rules for people and other rollouts. */
    public DeployModelRequest with(String whenPaused, String whenConcurrent) {
        return new DeployModelRequest(
                name, namespace, image, pods, model, strategy, traffic, whenPaused, whenConcurrent, dryRun, requireDigest, progressDeadline, timeout);
    }

    /** The same, strict about the image's digest or not. */
    public DeployModelRequest withRequireDigest(boolean required) {
        return new DeployModelRequest(
                name, namespace, image, pods, model, strategy, traffic, pause, onConcurrent, dryRun, required, progressDeadline, timeout);
    }
}
