package io.jenkins.plugins.mldelivery.playground.kube;

import java.io.IOException;
import java.nio.file.Path;

/** Brings an image's files onto the disk. */
@FunctionalInterface
public interface ImagePuller {
    /**
     * Pulls an image and unpacks its layers.
     *
     * @param image its name
     * @param root empty folder that becomes the container's root
     * @return the name and digest of what it was, as a container's status says it
     * @throws IOException with a message for the pod's status
     */
    String pull(String image, Path root) throws IOException, InterruptedException;
}
