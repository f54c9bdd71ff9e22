package io.jenkins.plugins.mldelivery.image;

import io.jenkins.plugins.mldelivery.image.oci.Descriptor;
import java.nio.file.Path;

/**
 * A layer of the image to be.
 *
 * @param what <code>base</code>, <code>weights</code> or <code>model</code>
 * @param blob the blob
 * @param diffId digest of the uncompressed tar, as the image configuration lists it
 * @param file where the blob lies, null for a layer of the base image
 */
record LayerBlob(String what, Descriptor blob, String diffId, Path file) {}
