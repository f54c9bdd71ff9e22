package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.Config;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.HeaderValues;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the kubeconfig of the person who runs this process may do beyond naming a server and a login: read files, start
 * programs, act as somebody else.
 */
final class OwnFiles {
    private static final int MAX_FILE = 1024 * 1024;
    private static final String NAME = "chosen";

    private final Path folder;
    private final Duration patience;
    private final Environment environment;

    /** @param environment runs programs, and learns what they give */
    OwnFiles(ClusterAccess.Own own, Environment environment) {
        this.folder = Path.of(own.folder());
        this.patience = own.loginTime().compareTo(CredentialProgram.PATIENCE) < 0
                ? own.loginTime()
                : CredentialProgram.PATIENCE;
        this.environment = environment;
    }

    /** The text of the file that a field names; null when it names none. */
    String content(KubeconfigEntry entry, String field) throws DeliveryException {
        String path = entry.text(field);
        if (path == null) {
            return null;
        }
        try {
            Path file = folder.resolve(path);
            if (!Files.isRegularFile(file)) {
                throw unreadable(entry, field, path, "there is no such file");
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(MAX_FILE + 1);
                if (bytes.length > MAX_FILE) {
                    throw unreadable(entry, field, path, "it has more than 1 MiB");
                }
                return new String(bytes, StandardCharsets.UTF_8);
            }
        } catch (IOException | InvalidPathException e) {
            throw unreadable(entry, field, path, "it can't be read");
        }
    }

    private static DeliveryException unreadable(KubeconfigEntry entry, String field, String path, String why) {
        return KubeconfigEntry.wrong(
                "the " + field + " of its " + entry.title() + ", '" + path + "', can't be used: " + why,
                "Correct the path.");
    }

    /** The login with what programs give and with the identity that it takes. */
    ClientLogin moreOf(KubeconfigEntry user, ClientLogin login) throws DeliveryException {
        ClientLogin more = login;
        JsonNode exec = user.object("exec");
        JsonNode provider = user.object("auth-provider");
        if (exec != null && provider != null) {
            throw KubeconfigEntry.wrong(
                    "its " + user.title() + " has both exec and auth-provider", "Remove one of them.");
        }
        if ((exec != null || provider != null) && login.token() == null && login.password() == null) {
            more = exec == null
                    ? byProvider(user, provider, login)
                    : new CredentialProgram(environment, folder, patience).login(user, exec, login);
        }
        return withIdentity(user, more);
    }

    private ClientLogin byProvider(KubeconfigEntry user, JsonNode provider, ClientLogin login)
            throws DeliveryException {
        if (!provider.path("name").isTextual() || !provider.path("config").isObject()) {
            throw KubeconfigEntry.wrong(
                    "the auth-provider of its " + user.title() + " has no name or no config", "Complete it.");
        }
        Config config = library(user, (ObjectNode) provider);
        ClientLogin with = config.getAutoOAuthToken() == null
                ? login
                : ClientLogin.token(token(config.getAutoOAuthToken())).with(login.key());
        return with.with(config.getAuthProvider());
    }

    private SecretText token(String given) throws DeliveryException {
        environment.known().learn(SecretText.of(given));
        SecretText token = HeaderValues.token("kubeconfig", SecretText.of(given));
        environment.known().learn(token);
        return token;
    }

    /** Has the client library ask it, from a kubeconfig that is written anew and holds nothing else. */
    private static Config library(KubeconfigEntry user, ObjectNode provider) throws DeliveryException {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("apiVersion", "v1").put("kind", "Config").put("current-context", NAME);
        root.putArray("clusters")
                .addObject()
                .put("name", NAME)
                .putObject("cluster")
                .put("server", "https://127.0.0.1");
        root.putArray("contexts")
                .addObject()
                .put("name", NAME)
                .putObject("context")
                .put("cluster", NAME)
                .put("user", NAME);
        root.putArray("users").addObject().put("name", NAME).putObject("user").set("auth-provider", provider);
        try {
            return Config.fromKubeconfig(root.toString());
        } catch (RuntimeException e) {
            throw KubeconfigEntry.wrong(
                    "the auth-provider of its " + user.title() + " failed",
                    "Check it with kubectl, or use a token.");
        }
    }

    private static ClientLogin withIdentity(KubeconfigEntry user, ClientLogin login) throws DeliveryException {
        String as = user.text("as");
        List<String> groups = user.texts("as-groups");
        Map<String, List<String>> extra = user.textsByName("as-user-extra");
        if (user.has("as-uid")) {
            throw KubeconfigEntry.wrong("its " + user.title() + " has as-uid, which is not supported", "Remove it.");
        }
        if (as == null) {
            if (!groups.isEmpty() || !extra.isEmpty()) {
                throw KubeconfigEntry.wrong(
                        "its " + user.title() + " has as-groups or as-user-extra without as", "Complete it.");
            }
            return login;
        }
        List<String> values = new ArrayList<>(groups);
        values.add(as);
        extra.values().forEach(values::addAll);
        for (String value : values) {
            HeaderValues.field("kubeconfig", SecretText.of(value));
        }
        for (String name : extra.keySet()) {
            if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")) {
                throw KubeconfigEntry.wrong(
                        "its " + user.title() + " has a name in as-user-extra that an HTTP header can't have",
                        "Correct it.");
            }
        }
        return login.with(new ClientLogin.Impersonation(as, groups, extra));
    }
}
