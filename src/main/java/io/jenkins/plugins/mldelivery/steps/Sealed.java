package io.jenkins.plugins.mldelivery.steps;

import hudson.util.Secret;

/** Texts that may hold secrets, as Pipeline saves them on disk: encrypted with Jenkins' key. */
final class Sealed {
    /**
     * Jenkins takes a text that has the form of its own ciphertexts for one, and decrypts it: whoever has a ciphertext of
     * this controller would get its plain text. With this before it, no text has that form.
     */
    private static final String MARK = "ml-delivery:";

    private Sealed() {}

    /** Encrypts. */
    static String seal(String text) {
        return Secret.fromString(MARK + text).getEncryptedValue();
    }

    /** The text that was sealed, also by an earlier version, which set no mark. */
    static String open(String sealed) {
        String text = Secret.fromString(sealed).getPlainText();
        return text.startsWith(MARK) ? text.substring(MARK.length()) : text;
    }
}
