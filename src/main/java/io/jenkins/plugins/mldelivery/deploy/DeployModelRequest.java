package io.jenkins.plugins.mldelivery.deploy;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * What <code>mlDeployModel</code> is asked for. The component names are the parameter names of the Jenkins step and (in kebab case) of the command line.
 *
 * @param name the model's name: Deployments <code>name</code> and <code>name-canary</code>, Service <code>name</code>
 * @param namespace its namespace, which must exist
 * @param image the image to roll out
 * @param replicas pods of the stable version
 * @param port the container's port
 * @param readyPath path of the readiness probe
 * @param metricsPath path of the metrics page
 * @param env environment variables of the container
 * @param cpu requested CPU, such as <code>500m</code>, or null
 * @param memory requested memory and memory limit, such as <code>1Gi</code>, or null
 * @param strategy how the new version takes over
 * @param traffic how traffic is split
 * @param requireDigest whether an image without digest is refused
 * @param progressDeadline how long a Deployment may take to get ready
 * @param timeout for the whole rollout; after it the canary is rolled back
 */
public record DeployModelRequest(
        String name,
        String namespace,
        String image,
        int replicas,
        int port,
        String readyPath,
        String metricsPath,
        Map<String, String> env,
        String cpu,
        String memory,
        Strategy strategy,
        TrafficKind traffic,
        boolean requireDigest,
        String progressDeadline,
        String timeout)
        implements Serializable {
    /** Longest name, so that the names made of it fit in 63 characters. */
    public static final int MAX_NAME_LENGTH = 50;

    public static final String DEFAULT_NAMESPACE = "default";
    public static final int DEFAULT_REPLICAS = 3;
    public static final int DEFAULT_PORT = 8080;
    public static final String DEFAULT_READY_PATH = "/v2/health/ready";
    public static final String DEFAULT_METRICS_PATH = "/metrics";
    public static final String DEFAULT_PROGRESS_DEADLINE = "10m";
    public static final String DEFAULT_TIMEOUT = "2h";

    public DeployModelRequest {
        env = java.util.Collections.unmodifiableMap(new TreeMap<>(env));
    }

    /** A request with every default. */
    public static DeployModelRequest of(String name, String image) {
        return new DeployModelRequest(
                name, DEFAULT_NAMESPACE, image, DEFAULT_REPLICAS, DEFAULT_PORT, DEFAULT_READY_PATH,
                DEFAULT_METRICS_PATH, Map.of(), null, null, Strategy.Canary.defaults(), new TrafficKind.ReplicaRatio(),
                false, DEFAULT_PROGRESS_DEADLINE, DEFAULT_TIMEOUT);
    }
}
