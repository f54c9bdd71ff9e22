package io.jenkins.plugins.mldelivery.image;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.ImageReference;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What <code>mlBuildImage</code> is asked for. The component names are the parameter names of the Jenkins step and (in kebab case) of the command line.
 *
 * @param model folder or file of the model, absolute or relative to the workspace
 * @param image name of the image, <code>[registry/]repository[:tag]</code>
 * @param layout folder to write the image to as an OCI image layout, or null
 * @param push whether to push to the registry of <code>image</code>
 * @param base base image, <code>scratch</code> for none
 * @param modelPath absolute folder inside the image under which the model lies
 * @param include patterns of files and folders that are packed although they are left out by default
 * @param labels labels of the image configuration
 * @param env environment variables of the image configuration
 * @param entrypoint entry point of the image configuration, empty to keep the base image's
 * @param port port that the server listens on, 0 for none declared
 * @param platform <code>os/arch</code>
 * @param credentialsId id of the registry's credentials, or null
 * @param insecure whether plain HTTP and unverified TLS are allowed for the image's registry although it is not on
 *     loopback; not for another registry of the base image
 * @param timeout for the whole step, such as <code>30m</code>
 */
public record BuildImageRequest(
        String model,
        String image,
        String layout,
        boolean push,
        String base,
        String modelPath,
        List<String> include,
        Map<String, String> labels,
        Map<String, String> env,
        List<String> entrypoint,
        int port,
        String platform,
        String credentialsId,
        boolean insecure,
        String timeout)
        implements Serializable {
    public static final String DEFAULT_BASE = "scratch";
    public static final String DEFAULT_MODEL_PATH = "/models";
    public static final String DEFAULT_PLATFORM = "linux/amd64";
    public static final String DEFAULT_TIMEOUT = "30m";
    /** The tag of an image whose name has none. */
    public static final String DEFAULT_TAG = "latest";

    public BuildImageRequest {
        include = List.copyOf(include);
        labels = java.util.Collections.unmodifiableMap(new TreeMap<>(labels));
        env = java.util.Collections.unmodifiableMap(new TreeMap<>(env));
        entrypoint = List.copyOf(entrypoint);
    }

    /** A request with every default. */
    public static BuildImageRequest of(String model, String image) {
        return new BuildImageRequest(
                model, image, null, true, DEFAULT_BASE, DEFAULT_MODEL_PATH, List.of(), Map.of(), Map.of(), List.of(), 0,
                DEFAULT_PLATFORM, null, false, DEFAULT_TIMEOUT);
    }

    /** The same with the credentials of its registry. */
    public BuildImageRequest withCredentialsId(String id) {
        return new BuildImageRequest(
                model, image, layout, push, base, modelPath, include, labels, env, entrypoint, port, platform, id, insecure, timeout);
    }

    /** The parsed image name. */
    public ImageReference reference() throws DeliveryException {
        return ImageReference.parse("image", image);
    }

    /** The parsed time-out. */
    public Duration timeoutDuration() throws DeliveryException {
        return Durations.limit("timeout", timeout);
    }

    /**
     * Checks every parameter; nothing is read or sent.
     *
     * @throws DeliveryException when one is wrong, by its name
     */
    public void check() throws DeliveryException {
        RequestCheck.of(this);
    }
}
