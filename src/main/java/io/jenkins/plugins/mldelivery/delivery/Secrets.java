package io.jenkins.plugins.mldelivery.delivery;

import java.util.Optional;

/**
 * Finds secrets by the id that the user wrote. Jenkins answers from its credentials stores with the run's own authentication; the command line
 * answers from environment variables (<code>ID_USERNAME</code>, <code>ID_PASSWORD</code> or <code>ID_TOKEN</code>, the id upper-cased, other characters as underscores).
 */
@FunctionalInterface
public interface Secrets {
    /**
     * @param id the credentials id, as given in a <code>…CredentialsId</code> parameter
     * @return the login, or empty when there is no such id
     */
    Optional<Login> find(String id);

    /** The login of an id that must exist. */
    default Login require(String parameter, String id) throws DeliveryException {
        return find(id).orElseThrow(() -> DeliveryException.invalid(
                parameter,
                "there are no credentials with the id '" + id + "' that this delivery may use",
                "Create them, or correct the id."));
    }

    /**
     * The client certificate of an id that must exist. Without a kind of its own for it, a token is its content, and of a login the user name is its content and the secret its password.
     */
    default ClientIdentity certificate(String parameter, String id) throws DeliveryException {
        Login login = require(parameter, id);
        return login.isToken() ? new ClientIdentity(login.secret(), null) : new ClientIdentity(SecretText.of(login.username()), login.secret());
    }

    /** No secrets at all. */
    static Secrets none() {
        return id -> Optional.empty();
    }
}
