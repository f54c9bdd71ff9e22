package io.jenkins.plugins.mldelivery.image.oci;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** SHA-256 digests in the form of the OCI image specification, <code>sha256:…</code>. */
public final class Digests {
    private static final Pattern GRAMMAR = Pattern.compile("sha256:[0-9a-f]{64}");

    private Digests() {}

    /** Whether a text is such a digest. */
    public static boolean isDigest(String text) {
        return text != null && GRAMMAR.matcher(text).matches();
    }

    /** A new SHA-256. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The finished digest in OCI form. */
    public static String format(MessageDigest digest) {
        return "sha256:" + HexFormat.of().formatHex(digest.digest());
    }

    /** The digest of these bytes. */
    public static String of(byte[] bytes) {
        MessageDigest digest = sha256();
        digest.update(bytes);
        return format(digest);
    }

    /** The digest of this text in UTF-8. */
    public static String of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The first twelve hex digits, for people. */
    public static String brief(String digest) {
        int colon = digest.indexOf(':');
        return digest.substring(colon + 1, Math.min(digest.length(), colon + 13));
    }
}
