package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Secrets from environment variables: for the id <code>registry-prod</code> either <code>REGISTRY_PROD_TOKEN</code>, or <code>REGISTRY_PROD_USERNAME</code> and
 * <code>REGISTRY_PROD_PASSWORD</code>.
 */
record VariableSecrets(Map<String, String> variables) implements Secrets {
    @Override
    public Optional<Login> find(String id) {
        String prefix = id.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
        String token = variables.get(prefix + "_TOKEN");
        if (token != null) {
            return Optional.of(new Login(null, SecretText.of(token)));
        }
        String user = variables.get(prefix + "_USERNAME");
        String password = variables.get(prefix + "_PASSWORD");
        return user == null || password == null
                ? Optional.empty()
                : Optional.of(new Login(user, SecretText.of(password)));
    }
}
