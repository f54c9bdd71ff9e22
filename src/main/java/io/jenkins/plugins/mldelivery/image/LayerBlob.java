package io.jenkins.plugins.mldelivery.image;

import java.nio.file.Path;

/**
 * A finished layer.
 *
 * @param what <code>weights</code>, <code>model</code> or <code>base</code>
 * @param digest digest of the blob
 * @param diffId digest of the uncompressed tar, as the image configuration lists it
 * @param size bytes of the blob
 * @param mediaType its media type
 * @param file where the blob lies, null for a layer of the base image
 */
record LayerBlob(String what, String digest, String diffId, long size, String mediaType, Path file) {}
