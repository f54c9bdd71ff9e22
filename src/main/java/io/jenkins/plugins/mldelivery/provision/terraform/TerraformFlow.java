package io.jenkins.plugins.mldelivery.provision.terraform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.mldelivery.delivery.Command;
import io.jenkins.plugins.mldelivery.delivery.CommandResult;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.provision.ProvisionResult;
import io.jenkins.plugins.mldelivery.provision.terraform.TerraformState.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A Terraform (or OpenTofu) run as a flow: what to run next for a state, and the next state for its result. It runs nothing itself, so that the command line runs the commands
 * directly and Jenkins runs each as a durable task and goes on after a restart.
 *
 * <p>init, plan to a file, show the plan and guard it, take its digest, compare the digest, apply exactly that file, read the outputs.
 */
public final class TerraformFlow {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration GRACE = Duration.ofSeconds(90);
    private static final int PLAN_HAS_CHANGES = 2;

    private final ProvisionRequest request;
    private final String executable;
    private final Environment environment;
    private TerraformEvents events;
    private Map<String, Object> outputs = Map.of();

    /** @param executable name or path of the tool */
    public TerraformFlow(ProvisionRequest request, String executable, Environment environment) {
        this.request = request;
        this.executable = executable;
        this.environment = environment;
    }

    /** The state before the first command. */
    public static TerraformState start(String directory, String privateDirectory) {
        return new TerraformState(Stage.INIT, directory, privateDirectory, null, 0, 0, 0, false);
    }

    /** Name of the file of input variables in the private folder: on the command line other users of the machine could read them. */
    public static String variablesFile(TerraformState state) {
        return state.privateDirectory() + "/variables.tfvars.json";
    }

    /** The text of that file. Values that are JSON lists or maps are passed as such, all others as strings, as Terraform does for <code>-var</code>. */
    public String variables() {
        Map<String, Object> values = new TreeMap<>();
        request.variables().forEach((name, value) -> {
            Object parsed = value;
            if (value.startsWith("[") || value.startsWith("{")) {
                try {
                    parsed = JSON.readValue(value, Object.class);
                } catch (JsonProcessingException e) {
                    parsed = value;
                }
            }
            values.put(name, parsed);
        });
        return JSON.valueToTree(values).toString();
    }

    /** The plan file. */
    public static String planFile(TerraformState state) {
        return state.privateDirectory() + "/plan";
    }

    /** The command to run now; null when the stage is {@link Stage#DIGEST}, {@link Stage#CHECK} (give {@link #advance(TerraformState, String)} the plan file's SHA-256) or {@link Stage#DONE}. */
    public Command command(TerraformState state) throws DeliveryException {
        List<String> argv = new ArrayList<>(List.of(executable));
        switch (state.stage()) {
            case INIT -> {
                argv.addAll(List.of("init", "-input=false", "-no-color"));
                request.backendConfig().forEach((k, v) -> argv.add("-backend-config=" + k + "=" + v));
            }
            case PLAN -> {
                argv.addAll(List.of("plan", "-input=false", "-no-color", "-json", "-detailed-exitcode",
                        "-out=" + planFile(state), "-lock-timeout=" + seconds("lockTimeout", request.lockTimeout())));
                if (request.action().equals("destroy")) {
                    argv.add("-destroy");
                }
                if (!request.variables().isEmpty()) {
                    argv.add("-var-file=" + variablesFile(state));
                }
                request.varFiles().forEach(f -> argv.add("-var-file=" + f));
            }
            case SHOW -> argv.addAll(List.of("show", "-json", planFile(state)));
            case APPLY -> argv.addAll(List.of("apply", "-input=false", "-no-color", "-json",
                    "-lock-timeout=" + seconds("lockTimeout", request.lockTimeout()), planFile(state)));
            case OUTPUT -> argv.addAll(List.of("output", "-json", "-no-color"));
            default -> {
                return null;
            }
        }
        return new Command(argv, state.directory(), variablesOfProcess(), Durations.parse("timeout", request.timeout()), GRACE);
    }

    private static Map<String, String> variablesOfProcess() {
        Map<String, String> env = new HashMap<>();
        env.put("TF_IN_AUTOMATION", "1");
        env.put("CHECKPOINT_DISABLE", "1");
        for (String banned : List.of("TF_CLI_ARGS", "TF_CLI_ARGS_init", "TF_CLI_ARGS_plan", "TF_CLI_ARGS_apply", "TF_CLI_ARGS_show",
                "TF_CLI_ARGS_output", "TF_LOG", "TF_LOG_CORE", "TF_LOG_PROVIDER", "TF_LOG_PATH", "TF_WORKSPACE")) {
            env.put(banned, null);
        }
        return env;
    }

    private static String seconds(String parameter, String duration) throws DeliveryException {
        return Durations.parse(parameter, duration).toSeconds() + "s";
    }

    /** Takes the lines of the command of this state as they come. */
    public Consumer<String> lines(TerraformState state) {
        boolean json = state.stage() == Stage.PLAN || state.stage() == Stage.APPLY;
        events = new TerraformEvents(environment, state.add() + state.change() + state.destroy(), state.stage() == Stage.APPLY);
        return json ? events : line -> { };
    }

    /** The state after a command. */
    public TerraformState advance(TerraformState state, CommandResult result) throws DeliveryException {
        if (events == null) {
            // Resumed while the command ran: its whole output comes with the result.
            Consumer<String> consumer = lines(state);
            result.output().lines().forEach(consumer);
        }
        TerraformEvents told = events;
        events = null;
        boolean planned = state.stage() == Stage.PLAN && result.exitCode() == PLAN_HAS_CHANGES;
        if (result.exitCode() != 0 && !planned) {
            throw failure(state, result, told);
        }
        return switch (state.stage()) {
            case INIT -> state.to(Stage.PLAN);
            case PLAN -> state.withCounts(0, 0, 0, planned).to(Stage.SHOW);
            case SHOW -> guard(state, parse(result.output()));
            case APPLY -> state.to(Stage.OUTPUT);
            case OUTPUT -> {
                outputs = outputs(parse(result.output()));
                yield state.to(Stage.DONE);
            }
            default -> state;
        };
    }

    /** The state after the plan file's SHA-256 (hex) was taken. */
    public TerraformState advance(TerraformState state, String sha256) throws DeliveryException {
        if (state.stage() == Stage.DIGEST) {
            Stage next = request.action().equals("plan") ? Stage.DONE : state.changed() ? Stage.CHECK : Stage.OUTPUT;
            return state.withDigest("sha256:" + sha256).to(next);
        }
        if (!("sha256:" + sha256).equals(state.planDigest())) {
            throw new DeliveryException(
                    DeliveryException.Kind.REFUSED, "dir", "the plan file changed between its approval and the apply",
                    "Plan again, and let nothing else write to the agent's temporary folder.", null);
        }
        return state.to(Stage.APPLY);
    }

    private TerraformState guard(TerraformState state, JsonNode plan) throws DeliveryException {
        int add = 0;
        int change = 0;
        int destroy = 0;
        List<String> deleted = new ArrayList<>();
        for (JsonNode resource : plan.path("resource_changes")) {
            List<String> actions = new ArrayList<>();
            resource.at("/change/actions").forEach(a -> actions.add(a.asText()));
            add += actions.contains("create") ? 1 : 0;
            change += actions.contains("update") ? 1 : 0;
            if (actions.contains("delete")) {
                destroy++;
                deleted.add(resource.path("address").asText() + (actions.contains("create") ? " (replace)" : ""));
            }
        }
        environment.info(Event.Stage.PROVISION, "plan: " + add + " to add, " + change + " to change, " + destroy + " to destroy");
        if (!deleted.isEmpty() && !request.allowDestroy() && !request.action().equals("plan")) {
            throw new DeliveryException(
                    DeliveryException.Kind.REFUSED, "allowDestroy",
                    "the plan deletes or replaces " + String.join(", ", deleted) + "; nothing was applied",
                    "Set allowDestroy if that is meant.", null);
        }
        return state.withCounts(add, change, destroy, state.changed()).to(Stage.DIGEST);
    }

    private Map<String, Object> outputs(JsonNode json) throws DeliveryException {
        Map<String, Object> values = new TreeMap<>();
        List<String> sensitive = new ArrayList<>();
        json.fields().forEachRemaining(e -> {
            if (e.getValue().path("sensitive").asBoolean()) {
                sensitive.add(e.getKey());
            } else {
                values.put(e.getKey(), JSON.convertValue(e.getValue().path("value"), Object.class));
            }
        });
        if (!sensitive.isEmpty()) {
            environment.info(Event.Stage.PROVISION, "sensitive outputs, left out of the result: " + String.join(", ", sensitive));
        }
        values.values().removeIf(java.util.Objects::isNull);
        return values;
    }

    private static JsonNode parse(String text) throws DeliveryException {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw DeliveryException.failed("executable", "the tool's answer is no JSON", "Check that it is Terraform 1.0 or newer, or OpenTofu.", e);
        }
    }

    private DeliveryException failure(TerraformState state, CommandResult result, TerraformEvents told) {
        String said = told.errors().isEmpty() ? brief(result.errors().isBlank() ? result.output() : result.errors()) : told.errors();
        String what = executable + " " + state.stage().name().toLowerCase(java.util.Locale.ROOT);
        if (said.contains("Error acquiring the state lock")) {
            return DeliveryException.failed(
                    "lockTimeout", "the state is locked by somebody else: " + said, "Wait for the other run, or give it more time; unlock by hand only when it is dead.", null);
        }
        if (said.contains("Saved plan is stale")) {
            return DeliveryException.failed(
                    "dir", "the infrastructure's state changed after the plan was made, so the plan was not applied", "Run the step again: it makes a new plan.", null);
        }
        String half = state.stage() == Stage.APPLY ? told.halfDone() : "";
        return DeliveryException.failed("dir", "'" + what + "' failed: " + said + half, "Mend the infrastructure code or its settings, and run the step again.", null);
    }

    private static String brief(String text) {
        String flat = text.strip().replaceAll("[\\s│╷╵]+", " ").strip();
        String cut = flat.length() > 600 ? flat.substring(0, 600) + "…" : flat;
        return cut.replaceAll("[.\\s]+$", "");
    }

    /** The result when the stage is {@link Stage#DONE}. */
    public ProvisionResult result(TerraformState state) {
        String tool = executable.endsWith("tofu") ? "tofu" : "terraform";
        return new ProvisionResult(
                tool, !request.action().equals("plan") && state.changed(), state.changed(), state.add(), state.change(), state.destroy(),
                outputs, state.planDigest());
    }
}
