package io.jenkins.plugins.mldelivery.image.oci;

/** A document is not what the OCI image specification asks for. The message says what is wrong with it, without naming the document. */
public final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedException(String message) {
        super(message);
    }
}
