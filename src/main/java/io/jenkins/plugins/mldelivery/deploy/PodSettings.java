package io.jenkins.plugins.mldelivery.deploy;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the pods of a model are like.
 *
 * @param runtime the model server in the image, which gives the port and the paths that are not given, see {@link Runtime}
 * @param port the container's port, or null for the runtime's
 * @param readyPath path of the readiness probe, or null for the runtime's
 * @param livePath path of the liveness probe, or null for the runtime's (which may have none)
 * @param metricsPort port of the metrics page, or null for the runtime's
 * @param metricsPath path of the metrics page, or null for the runtime's
 * @param env environment variables of the container
 * @param configMaps ConfigMaps whose entries are environment variables of the container; a change of one makes a new revision
 * @param secrets likewise Secrets
 * @param cpu requested CPU, such as <code>500m</code>, or null
 * @param memory requested memory and memory limit, such as <code>1Gi</code>, or null
 * @param gpu GPUs of a pod (<code>nvidia.com/gpu</code>), 0 for none
 * @param nodeSelector labels of the nodes that the pods may run on
 * @param tolerations taints that the pods tolerate, as <code>key=value:Effect</code>, <code>key:Effect</code> or <code>key</code>
 */
public record PodSettings(
        String runtime,
        Integer port,
        String readyPath,
        String livePath,
        Integer metricsPort,
        String metricsPath,
        Map<String, String> env,
        List<String> configMaps,
        List<String> secrets,
        String cpu,
        String memory,
        int gpu,
        Map<String, String> nodeSelector,
        List<String> tolerations)
        implements Serializable {
    public static final String DEFAULT_RUNTIME = "v2";

    public PodSettings {
        env = Collections.unmodifiableMap(new TreeMap<>(env));
        configMaps = List.copyOf(configMaps);
        secrets = List.copyOf(secrets);
        nodeSelector = Collections.unmodifiableMap(new TreeMap<>(nodeSelector));
        tolerations = List.copyOf(tolerations);
    }

    /** Pods with every default. */
    public static PodSettings defaults() {
        return new PodSettings(
                DEFAULT_RUNTIME, null, null, null, null, null, Map.of(), List.of(), List.of(), null, null, 0, Map.of(), List.of());
    }

    /** The same with other environment variables. */
    public PodSettings withEnv(Map<String, String> other) {
        return new PodSettings(
                runtime, port, readyPath, livePath, metricsPort, metricsPath, other, configMaps, secrets, cpu, memory, gpu, nodeSelector, tolerations);
    }

    /** The runtime by its name; that of {@link #DEFAULT_RUNTIME} when the name is unknown, which the checks of a request refuse. */
    public Runtime server() {
        return Runtime.of(runtime).orElse(Runtime.V2);
    }
}
