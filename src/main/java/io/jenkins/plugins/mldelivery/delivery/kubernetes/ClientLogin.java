package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.fabric8.kubernetes.api.model.AuthProviderConfig;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import java.util.List;
import java.util.Map;

/**
 * Who a client is to an API server, as it was checked: a token, or a name with a password, or neither; and a
 * certificate besides, or none.
 *
 * @param token bearer token, or null
 * @param username or null
 * @param password or null
 * @param key certificate with its key, or null
 * @param as as whom it acts, or null for itself
 * @param provider what renews an expired token, or null; only of a person's own kubeconfig
 */
record ClientLogin(
        SecretText token,
        String username,
        SecretText password,
        ClientKey key,
        Impersonation as,
        AuthProviderConfig provider) {
    /** Nobody. */
    static final ClientLogin ANONYMOUS = new ClientLogin(null, null, null, null, null, null);

    /** Another user, as of {@code kubectl --as}. */
    record Impersonation(String user, List<String> groups, Map<String, List<String>> extra) {
        Impersonation {
            groups = List.copyOf(groups);
            extra = Map.copyOf(extra);
        }
    }

    static ClientLogin token(SecretText token) {
        return new ClientLogin(token, null, null, null, null, null);
    }

    static ClientLogin password(String username, SecretText password) {
        return new ClientLogin(null, username, password, null, null, null);
    }

    ClientLogin with(ClientKey other) {
        return new ClientLogin(token, username, password, other, as, provider);
    }

    ClientLogin with(Impersonation other) {
        return new ClientLogin(token, username, password, key, other, provider);
    }

    ClientLogin with(AuthProviderConfig other) {
        return new ClientLogin(token, username, password, key, as, other);
    }

    /**
     * Whether something of it lets others in who read it. A key is not sent, but the requests it signs for can be read
     * and changed.
     */
    boolean isSecret() {
        return token != null || password != null || key != null;
    }
}
