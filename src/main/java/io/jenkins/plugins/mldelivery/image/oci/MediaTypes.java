package io.jenkins.plugins.mldelivery.image.oci;

import java.util.List;

/** Media types of manifests, configurations and layers: those of the OCI image specification 1.1 and of Docker's image manifest version 2, schema 2. */
public final class MediaTypes {
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
    public static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
    public static final String OCI_LAYER_GZIP = OCI_LAYER + "+gzip";
    public static final String OCI_LAYER_ZSTD = OCI_LAYER + "+zstd";
    public static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
    public static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";
    public static final String DOCKER_LAYER_GZIP = DOCKER_LAYER + ".gzip";

    /** What a client that takes every kind of manifest asks for. */
    public static final List<String> MANIFESTS = List.of(OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST);

    private MediaTypes() {}

    /** Whether it is a list of manifests. */
    public static boolean isIndex(String mediaType) {
        return OCI_INDEX.equals(mediaType) || DOCKER_LIST.equals(mediaType);
    }

    /** Whether it is the manifest of one image. */
    public static boolean isManifest(String mediaType) {
        return OCI_MANIFEST.equals(mediaType) || DOCKER_MANIFEST.equals(mediaType);
    }

    /**
     * The OCI name of a layer's type: Docker's layers are the same bytes under another name.
     *
     * @return the OCI media type, or null when it is no layer that may be copied (a foreign layer, an encrypted one, another artifact)
     */
    public static String ociLayer(String mediaType) {
        switch (mediaType) {
            case OCI_LAYER:
            case DOCKER_LAYER:
                return OCI_LAYER;
            case OCI_LAYER_GZIP:
            case DOCKER_LAYER_GZIP:
                return OCI_LAYER_GZIP;
            case OCI_LAYER_ZSTD:
                return OCI_LAYER_ZSTD;
            default:
                return null;
        }
    }
}
