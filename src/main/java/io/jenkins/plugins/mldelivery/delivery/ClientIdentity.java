package io.jenkins.plugins.mldelivery.delivery;

import java.io.Serializable;

/**
 * A client certificate with its key, for TLS.
 *
 * @param content PEM text with the certificates and the private key (PKCS#8, encrypted or not, or PKCS#1), or a PKCS#12 file in Base64
 * @param password of the key or the file; null for none
 */
public record ClientIdentity(SecretText content, SecretText password) implements Serializable {}
