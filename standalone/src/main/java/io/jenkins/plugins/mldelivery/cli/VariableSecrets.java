package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.ClientIdentity;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Secrets from environment variables: for the id <code>registry-prod</code> either <code>REGISTRY_PROD_TOKEN</code>, or <code>REGISTRY_PROD_USERNAME</code> and
 * <code>REGISTRY_PROD_PASSWORD</code>. A client certificate is the file that <code>…_CERTIFICATE</code> names, PEM or PKCS#12, with <code>…_PASSWORD</code> if it has one.
 *
 * @param directory that paths are relative to
 */
record VariableSecrets(Map<String, String> variables, Path directory) implements Secrets {
    @Override
    public Optional<Login> find(String id) {
        String prefix = prefix(id);
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

    @Override
    public Login require(String parameter, String id) throws DeliveryException {
        String user = prefix(id) + "_USERNAME";
        String password = prefix(id) + "_PASSWORD";
        boolean half = variables.containsKey(user) != variables.containsKey(password);
        return find(id).orElseThrow(() -> DeliveryException.invalid(
                parameter,
                "there are no credentials with the id '" + id + "' in the environment" + (half ? ": of " + user + " and " + password + " only one is set" : ""),
                "Set " + user + " and " + password + ", or " + prefix(id) + "_TOKEN."));
    }

    @Override
    public ClientIdentity certificate(String parameter, String id) throws DeliveryException {
        String variable = prefix(id) + "_CERTIFICATE";
        String file = variables.get(variable);
        if (file == null) {
            throw DeliveryException.invalid(parameter, "there is no client certificate with the id '" + id + "'", "Set the environment variable " + variable + " to its file.");
        }
        String password = variables.get(prefix(id) + "_PASSWORD");
        byte[] content = new NamedFile(
                        parameter, NamedFile.PATIENCE, "Set " + variable + " to the certificate's file.")
                .read(directory, file);
        String text = new String(content, StandardCharsets.ISO_8859_1);
        String given = text.contains("-----BEGIN ") ? text : Base64.getEncoder().encodeToString(content);
        return new ClientIdentity(SecretText.of(given), password == null ? null : SecretText.of(password));
    }

    private static String prefix(String id) {
        return id.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }
}
