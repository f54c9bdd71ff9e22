package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.mldelivery.delivery.Command;
import io.jenkins.plugins.mldelivery.delivery.CommandResult;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.LocalCommands;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The program that gives a login, as the {@code exec} of a kubeconfig's user names it (client.authentication.k8s.io). It
 * is run here and not by the client library, which reads whatever it prints for as long as it runs.
 */
final class LoginProgram {
    private static final int MAX_OUTPUT = 1024 * 1024;
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final String BY_HAND = "Run it by hand to see what it says.";

    private final KubeconfigEntry user;
    private final JsonNode exec;
    private final Path folder;
    private final Duration patience;

    /**
     * @param user who logs in
     * @param exec what names the program
     * @param folder where a path with a folder in it starts from, as with kubectl
     * @param patience how long it may take
     */
    LoginProgram(KubeconfigEntry user, JsonNode exec, Path folder, Duration patience) {
        this.user = user;
        this.exec = exec;
        this.folder = folder;
        this.patience = patience;
    }

    /** The {@code status} of what it gives; a missing node when it gives none. */
    JsonNode status() throws DeliveryException {
        List<String> argv = new ArrayList<>(List.of(command()));
        for (JsonNode argument : list("args")) {
            argv.add(text(argument, "args"));
        }
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        CommandResult result = run(new Command(argv, ".", variables(), patience, GRACE), output);
        if (result.exitCode() != 0) {
            throw wrong("ended with exit code " + result.exitCode(), BY_HAND);
        }
        try {
            JsonNode credential = JSON.readTree(output.toByteArray());
            return credential == null ? JSON.missingNode() : credential.path("status");
        } catch (IOException e) {
            throw wrong("gave no JSON", BY_HAND);
        }
    }

    private CommandResult run(Command command, ByteArrayOutputStream output) throws DeliveryException {
        try {
            return new LocalCommands().run(command, (bytes, length) -> {
                if (output.size() + length > MAX_OUTPUT) {
                    throw wrong("prints more than 1 MiB", BY_HAND);
                }
                output.write(bytes, 0, length);
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw wrong("was stopped, since the run was aborted", "Run it again.");
        } catch (DeliveryException e) {
            // What runs programs names them with their first argument, which may be a secret here.
            if (e.kind() == DeliveryException.Kind.TIMEOUT) {
                throw new DeliveryException(
                        e.kind(),
                        "kubeconfig",
                        problem("was not done within " + Durations.format(patience) + " and was stopped"),
                        "Run it by hand to see what it waits for.",
                        null);
            }
            throw e.kind() == DeliveryException.Kind.UNREACHABLE
                    ? wrong("could not be started", "Install it, or correct its command.")
                    : e;
        }
    }

    private String command() throws DeliveryException {
        JsonNode command = exec.path("command");
        if (!command.isTextual() || command.textValue().isBlank()) {
            throw KubeconfigEntry.wrong("the exec of its " + user.title() + " has no command", "Complete it.");
        }
        String name = command.textValue();
        return name.indexOf('/') > 0 ? folder.resolve(name).normalize().toString() : name;
    }

    private Map<String, String> variables() throws DeliveryException {
        Map<String, String> variables = new HashMap<>();
        ObjectNode info = JsonNodeFactory.instance.objectNode();
        info.put("apiVersion", text(exec.path("apiVersion"), "apiVersion")).put("kind", "ExecCredential");
        info.putObject("spec").put("interactive", false);
        variables.put("KUBERNETES_EXEC_INFO", info.toString());
        for (JsonNode variable : list("env")) {
            variables.put(text(variable.path("name"), "env"), text(variable.path("value"), "env"));
        }
        return variables;
    }

    private JsonNode list(String field) throws DeliveryException {
        JsonNode list = exec.path(field);
        if (!list.isArray() && !list.isMissingNode() && !list.isNull()) {
            throw unusable(field);
        }
        return list;
    }

    /** A text that a process can be given. */
    private String text(JsonNode value, String field) throws DeliveryException {
        if (!value.isTextual() || value.textValue().indexOf('\0') >= 0) {
            throw unusable(field);
        }
        return value.textValue();
    }

    private DeliveryException unusable(String field) {
        return KubeconfigEntry.wrong(
                "the " + field + " in the exec of its " + user.title() + " can't be used", "Write texts in quotes.");
    }

    private String problem(String what) {
        return "the program of its " + user.title() + " " + what;
    }

    private DeliveryException wrong(String what, String remedy) {
        return KubeconfigEntry.wrong(problem(what), remedy);
    }
}
