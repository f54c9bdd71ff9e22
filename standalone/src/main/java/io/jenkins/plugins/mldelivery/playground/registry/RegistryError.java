package io.jenkins.plugins.mldelivery.playground.registry;

import java.io.IOException;

/** An error that goes to the client as the specification's error document. */
final class RegistryError extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    RegistryError(int status, String code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    static RegistryError blobUnknown(String digest) {
        return new RegistryError(404, "BLOB_UNKNOWN", "blob unknown to registry: " + digest);
    }

    static RegistryError digestInvalid(String message) {
        return new RegistryError(400, "DIGEST_INVALID", message);
    }

    static RegistryError manifestInvalid(String message) {
        return new RegistryError(400, "MANIFEST_INVALID", message);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }
}
