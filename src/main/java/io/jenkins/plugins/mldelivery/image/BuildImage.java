package io.jenkins.plugins.mldelivery.image;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import java.nio.file.Path;

/**
 * Packs a model into an OCI image: writes the layers itself, needs no daemon and no root. Runs where the model's files are. Repeating it is safe and
 * cheap: the same input gives the same digest, and blobs that the registry has are not sent again, so an adapter resumes after a restart by
 * running it again.
 */
public final class BuildImage {
    private final Path workspace;
    private final Environment environment;

    /**
     * @param workspace the folder that relative paths of the request start from
     * @param environment the ports
     */
    public BuildImage(Path workspace, Environment environment) {
        this.workspace = workspace;
        this.environment = environment;
    }

    /** Builds and, if asked, pushes. */
    public BuildImageResult run(BuildImageRequest request) throws DeliveryException, InterruptedException {
        throw new UnsupportedOperationException("to be written: " + workspace + environment);
    }
}
