package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.mldelivery.delivery.Command;
import io.jenkins.plugins.mldelivery.delivery.CommandResult;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.HeaderValues;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Logs in by the program that a person's own kubeconfig names ({@code exec}), as client-go's package exec does. It is
 * started without a shell: its arguments are what they are. The client library runs it in one, so that {@code $(…)} in
 * an argument is a command, and takes its warnings for a part of its answer.
 */
final class CredentialProgram {
    /** A person may have to log in at a browser that the program opens. */
    static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final int MAX_ANSWER = 1024 * 1024;
    private static final String KIND = "ExecCredential";
    private static final String BY_HAND = "Run it by hand to see what it says.";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Environment environment;
    private final Path folder;
    private final Duration patience;

    /**
     * @param environment runs the program, and learns what it gives
     * @param folder where a relative path of the program starts from
     * @param patience how long it may take
     */
    CredentialProgram(Environment environment, Path folder, Duration patience) {
        this.environment = environment;
        this.folder = folder;
        this.patience = patience;
    }

    /**
     * Runs it.
     *
     * @param exec the field {@code exec} of the user
     * @param login what the user has besides
     */
    ClientLogin login(KubeconfigEntry user, JsonNode exec, ClientLogin login) throws DeliveryException {
        String command = text(user, exec, "command");
        String version = text(user, exec, "apiVersion");
        String title = "the program of its " + user.title() + ", '" + Excerpt.of(command) + "',";
        List<String> argv = new ArrayList<>();
        // As with kubectl: one with a folder in it starts from the kubeconfig's.
        argv.add(command.indexOf('/') > 0 ? folder.resolve(command).normalize().toString() : command);
        for (JsonNode argument : list(user, exec, "args")) {
            argv.add(value(user, argument, "args"));
        }
        String answer = run(title, exec, new Command(argv, ".", variables(user, exec, version), patience, GRACE));
        return status(title, answer, version, login);
    }

    private static Map<String, String> variables(KubeconfigEntry user, JsonNode exec, String version)
            throws DeliveryException {
        Map<String, String> variables = new TreeMap<>();
        for (JsonNode variable : list(user, exec, "env")) {
            String name = value(user, variable.path("name"), "env");
            if (name.isBlank() || name.indexOf('=') >= 0) {
                throw KubeconfigEntry.wrong(
                        "the exec of its " + user.title() + " has a name in env that a variable can't have",
                        "Correct it.");
            }
            variables.put(name, value(user, variable.path("value"), "env"));
        }
        ObjectNode info = JsonNodeFactory.instance.objectNode().put("apiVersion", version).put("kind", KIND);
        // Its standard input is closed, so there is nobody to ask.
        info.putObject("spec").put("interactive", false);
        variables.put("KUBERNETES_EXEC_INFO", info.toString());
        return variables;
    }

    private String run(String title, JsonNode exec, Command command) throws DeliveryException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try {
            CommandResult result = environment.commands().run(command, (bytes, length) -> {
                if (answer.size() + length > MAX_ANSWER) {
                    throw DeliveryException.failed("kubeconfig", title + " gave more than 1 MiB", BY_HAND, null);
                }
                answer.write(bytes, 0, length);
            });
            if (result.exitCode() != 0) {
                // Masked before it is cut.
                String errors = environment.known().mask(result.errors().strip());
                throw DeliveryException.failed(
                        "kubeconfig",
                        title + " failed with exit code " + result.exitCode()
                                + (errors.isEmpty() ? "" : ": " + end(errors)),
                        errors.isEmpty() ? BY_HAND : "Do what it says, or use a token.",
                        null);
            }
            return answer.toString(StandardCharsets.UTF_8);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeliveryException(
                    DeliveryException.Kind.ABORTED, "kubeconfig", title + " was stopped by an abort", null, null);
        } catch (DeliveryException e) {
            throw switch (e.kind()) {
                case UNREACHABLE ->
                    DeliveryException.unreachable(
                            "kubeconfig", title + " could not be started", "Install it" + hint(exec), null);
                case TIMEOUT ->
                    new DeliveryException(
                            DeliveryException.Kind.TIMEOUT,
                            "kubeconfig",
                            title + " was not done within " + Durations.format(patience) + " and was stopped",
                            "Run it by hand to see what it waits for.",
                            null);
                default -> e;
            };
        }
    }

    private static String hint(JsonNode exec) {
        String hint = exec.path("installHint").asText("").strip();
        return hint.isEmpty() ? "." : ": " + Excerpt.of(hint);
    }

    /** The last of what a program said, which is most often why it failed. */
    private static String end(String errors) {
        String[] lines = errors.split("\\R");
        String last = lines[lines.length - 1].strip();
        return Excerpt.of(last.endsWith(".") ? last.substring(0, last.length() - 1) : last);
    }

    private ClientLogin status(String title, String answer, String version, ClientLogin login)
            throws DeliveryException {
        JsonNode root;
        try {
            root = JSON.readTree(answer);
        } catch (JsonProcessingException e) {
            root = null;
        }
        boolean credential = root != null
                && KIND.equals(root.path("kind").asText())
                && version.equals(root.path("apiVersion").asText());
        if (!credential) {
            throw DeliveryException.failed(
                    "kubeconfig", title + " gave no " + KIND + " of " + Excerpt.of(version), BY_HAND, null);
        }
        String token = field(root, "token");
        String certificate = field(root, "clientCertificateData");
        String key = field(root, "clientKeyData");
        if ((certificate == null) != (key == null) || token == null && key == null) {
            throw DeliveryException.failed(
                    "kubeconfig", title + " gave no token and no certificate with its key", BY_HAND, null);
        }
        ClientLogin with = token == null ? login : ClientLogin.token(learned(token)).with(login.key());
        return key == null ? with : with.with(key(title, certificate, key));
    }

    private static String field(JsonNode root, String name) {
        JsonNode value = root.path("status").path(name);
        return value.isTextual() && !value.textValue().isBlank() ? value.textValue() : null;
    }

    private SecretText learned(String given) throws DeliveryException {
        environment.known().learn(SecretText.of(given));
        SecretText token = HeaderValues.token("kubeconfig", SecretText.of(given));
        environment.known().learn(token);
        return token;
    }

    private ClientKey key(String title, String certificate, String key) throws DeliveryException {
        environment.known().learn(SecretText.of(key));
        try {
            return ClientKey.parse(certificate, key);
        } catch (GeneralSecurityException e) {
            throw DeliveryException.failed(
                    "kubeconfig", title + " gave a certificate that can't be used: " + e.getMessage(), BY_HAND, null);
        }
    }

    private static String text(KubeconfigEntry user, JsonNode exec, String field) throws DeliveryException {
        JsonNode value = exec.path(field);
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw KubeconfigEntry.wrong("the exec of its " + user.title() + " has no " + field, "Complete it.");
        }
        return value.textValue();
    }

    private static Iterable<JsonNode> list(KubeconfigEntry user, JsonNode exec, String field)
            throws DeliveryException {
        JsonNode value = exec.path(field);
        if (value.isMissingNode() || value.isNull() || value.isArray()) {
            return value;
        }
        throw KubeconfigEntry.wrong(
                "the field " + field + " of the exec of its " + user.title() + " is not a list", "Correct it.");
    }

    /** A text that a program can be given. */
    private static String value(KubeconfigEntry user, JsonNode value, String field) throws DeliveryException {
        if (!value.isTextual() || value.textValue().indexOf('\0') >= 0) {
            throw KubeconfigEntry.wrong(
                    "the field " + field + " of the exec of its " + user.title() + " has something that is not a text",
                    "Write it in quotes.");
        }
        return value.textValue();
    }
}
