package io.jenkins.plugins.mldelivery.delivery;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Values of HTTP headers that hold a secret. HTTP libraries quote a value that they refuse, so it is checked before they see it. */
public final class HeaderValues {
    /** Characters of a token, and bytes, since it is of ASCII. */
    static final int MAX_LENGTH = 16 * 1024;

    private HeaderValues() {}

    /**
     * A token as it may be sent: without the white space around it, which editors and {@code echo} leave.
     *
     * @param parameter the parameter that names it, for the error
     * @throws DeliveryException when it is empty, longer than 16 KiB or has a character that a header can't hold. The value is not quoted.
     */
    public static SecretText token(String parameter, SecretText secret) throws DeliveryException {
        String value = secret.reveal().strip();
        if (value.isEmpty()) {
            throw DeliveryException.invalid(parameter, "the token is empty", "Correct the credentials.");
        }
        if (value.length() > MAX_LENGTH) {
            throw DeliveryException.invalid(parameter, "the token has more than " + MAX_LENGTH + " characters", "Use credentials that hold the token alone.");
        }
        for (int at = 0; at < value.length(); at++) {
            char c = value.charAt(at);
            if (c <= ' ' || c >= 0x7f) {
                throw DeliveryException.invalid(
                        parameter, "the token has a character at position " + (at + 1) + " that an HTTP header can't hold, such as a line break or a space",
                        "Correct the credentials.");
            }
        }
        return value.equals(secret.reveal()) ? secret : SecretText.of(value);
    }

    /**
     * The value of {@code Authorization} for a login: {@code Bearer} (RFC 6750) for a token, else {@code Basic} (RFC 7617, in UTF-8).
     *
     * @param parameter the parameter that names the credentials, for the error
     * @param known learns what is sent, which a server may repeat
     */
    public static SecretText authorization(String parameter, Login login, KnownSecrets known) throws DeliveryException {
        if (login.isToken()) {
            SecretText token = token(parameter, login.secret());
            known.learn(token);
            return SecretText.of("Bearer " + token.reveal());
        }
        if (login.username().indexOf(':') >= 0) {
            throw DeliveryException.invalid(parameter, "the user name has a colon, which Basic authentication can't send", "Correct the credentials.");
        }
        String pair = login.username() + ":" + login.secret().reveal();
        byte[] bytes = pair.getBytes(StandardCharsets.UTF_8);
        // Whoever repeats it may leave the padding out.
        known.learn(SecretText.of(Base64.getEncoder().withoutPadding().encodeToString(bytes)));
        return SecretText.of("Basic " + Base64.getEncoder().encodeToString(bytes));
    }

    /**
     * A secret value of a header that the user chose.
     *
     * @param parameter the parameter that names it, for the error
     * @throws DeliveryException when it has control characters (RFC 9110, section 5.5) or more than 16 KiB. The value is not quoted.
     */
    public static SecretText field(String parameter, SecretText secret) throws DeliveryException {
        String value = secret.reveal().strip();
        if (value.length() > MAX_LENGTH) {
            throw DeliveryException.invalid(parameter, "the value of the header has more than " + MAX_LENGTH + " characters", "Correct the credentials.");
        }
        for (int at = 0; at < value.length(); at++) {
            char c = value.charAt(at);
            if (c < ' ' && c != '\t' || c >= 0x7f) {
                throw DeliveryException.invalid(
                        parameter, "the value of the header has a character at position " + (at + 1) + " that an HTTP header can't hold, such as a line break",
                        "Correct the credentials.");
            }
        }
        return value.equals(secret.reveal()) ? secret : SecretText.of(value);
    }
}
