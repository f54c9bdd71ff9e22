package io.jenkins.plugins.mldelivery.delivery;

import java.io.Serializable;

/**
 * What a credentials id stands for.
 *
 * @param username the user name, or null for a bare token
 * @param secret the password or token
 */
public record Login(String username, SecretText secret) implements Serializable {
    /** Whether this is a bare token (sent as <code>Authorization: Bearer</code>) rather than a user name with a password. */
    public boolean isToken() {
        return username == null;
    }
}
