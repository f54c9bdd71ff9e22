package io.jenkins.plugins.mldelivery.delivery;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A hash with a key (HMAC-SHA-256, RFC 2104): whoever reads it and does not have the key can't find the value by trying,
 * as with a plain hash of a short password.
 */
@FunctionalInterface
public interface KeyedHash {
    /**
     * The 32 bytes for a message. Callers that hash different things begin their messages differently.
     *
     * @param message any bytes
     */
    byte[] of(byte[] message);

    /** Eight hexadecimal digits that tell this key from others and say nothing of it. */
    default String keyId() {
        byte[] hash = of("ml-delivery key id".getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, 4);
    }

    /**
     * With this key.
     *
     * @param key 32 random bytes
     */
    static KeyedHash withKey(byte[] key) {
        SecretKeySpec spec = new SecretKeySpec(key, "HmacSHA256");
        return message -> {
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(spec);
                return mac.doFinal(message);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java platform has HmacSHA256", e);
            }
        };
    }
}
