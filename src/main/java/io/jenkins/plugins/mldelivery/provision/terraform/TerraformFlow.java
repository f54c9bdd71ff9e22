package io.jenkins.plugins.mldelivery.provision.terraform;

import io.jenkins.plugins.mldelivery.delivery.Command;
import io.jenkins.plugins.mldelivery.delivery.CommandOutput;
import io.jenkins.plugins.mldelivery.delivery.CommandResult;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.SensitiveValues;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.provision.ProvisionResult;
import io.jenkins.plugins.mldelivery.provision.terraform.TerraformState.Stage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A Terraform (or OpenTofu) run as a flow: what to run next for a state, and the next state for its result. It runs
 * nothing itself, so that the command line runs the commands directly and Jenkins runs each as a durable task and goes
 * on after a restart.
 *
 * <p>init, plan to a file, take the file's digest, show the plan and guard it, compare the digest, compare it again and
 * at once apply exactly that file, read the outputs.
 */
public final class TerraformFlow {
    private static final Duration GRACE = Duration.ofSeconds(90);
    private static final int PLAN_HAS_CHANGES = 2;

    private final ProvisionRequest request;
    private final String executable;
    private final Environment environment;
    private final Settings variables;
    private final Settings backend;
    /** What reads the command under way. */
    private ToolReader reader = ToolReader.none();
    /** What reads the plan again after a restart; null between. */
    private PlanReader again;

    private Map<String, Object> outputs = Map.of();

    /** @param executable name or path of the tool */
    public TerraformFlow(ProvisionRequest request, String executable, Environment environment) {
        this.request = request;
        this.executable = executable;
        this.environment = environment;
        variables = new Settings(request.variables());
        backend = new Settings(request.backendConfig());
        environment.known().learn(variables.sensitive(Set.of()).secrets());
        environment.known().learn(backend.sensitive(Set.of()).secrets());
    }

    /** Those of the names of files beside the code that {@link #declared} is to read. */
    public static List<String> codeFiles(List<String> names) {
        return Declarations.files(names);
    }

    /**
     * Learns the values of variables that the code declares as sensitive.
     *
     * @param code name of a file to its text
     */
    public void declared(Map<String, String> code) {
        Declarations declarations = new Declarations();
        code.forEach(declarations::read);
        environment.known().learn(variables.sensitive(declarations.sensitive()).secrets());
    }

    /** Refuses names of variables and backend settings that can't be such. */
    public static void check(ProvisionRequest request) throws DeliveryException {
        Settings.checkNames("variables", request.variables());
        Settings.checkNames("backendConfig", request.backendConfig());
    }

    /** The state before the first command. */
    public static TerraformState start(String directory, String privateDirectory) {
        return new TerraformState(Stage.INIT, directory, privateDirectory, null, 0, 0, 0, false);
    }

    /**
     * The files that must be in the private folder before the command of a state begins, readable by the owner alone.
     *
     * @return absolute path to text
     */
    public Map<String, String> files(TerraformState state) {
        if (state.stage() == Stage.INIT && !request.backendConfig().isEmpty()) {
            return Map.of(backendFile(state), backend.hcl());
        }
        if (state.stage() == Stage.PLAN && !request.variables().isEmpty()) {
            return Map.of(variablesFile(state), variables.json());
        }
        return Map.of();
    }

    private static String variablesFile(TerraformState state) {
        return state.privateDirectory() + "/variables.tfvars.json";
    }

    private static String backendFile(TerraformState state) {
        return state.privateDirectory() + "/settings.tfbackend";
    }

    /** The plan file. */
    public static String planFile(TerraformState state) {
        return state.privateDirectory() + "/plan";
    }

    /**
     * The command to run now. Right before that of {@link Stage#APPLY}, {@link #verify} the plan file.
     *
     * @return null when the stage is {@link Stage#DIGEST} or {@link Stage#SHOWN} (give {@link #advance(TerraformState,
     *     String)} the plan file's SHA-256), or {@link Stage#DONE}
     */
    public Command command(TerraformState state) throws DeliveryException {
        List<String> argv = new ArrayList<>(List.of(executable));
        switch (state.stage()) {
            case INIT -> {
                argv.addAll(List.of("init", "-input=false", "-no-color"));
                if (!request.backendConfig().isEmpty()) {
                    if (backendFile(state).contains("=")) {
                        throw DeliveryException.invalid(
                                "backendConfig",
                                "the settings can't be given to the tool: it would take the path '" + backendFile(state)
                                        + "' of their file as a setting",
                                "Use a `workspace` without '=' in its path.");
                    }
                    argv.add("-backend-config=" + backendFile(state));
                }
            }
            case PLAN -> {
                argv.addAll(List.of(
                        "plan",
                        "-input=false",
                        "-no-color",
                        "-json",
                        "-detailed-exitcode",
                        "-out=" + planFile(state),
                        "-lock-timeout=" + seconds("lockTimeout", request.lockTimeout())));
                if (request.action().equals("destroy")) {
                    argv.add("-destroy");
                }
                if (!request.variables().isEmpty()) {
                    argv.add("-var-file=" + variablesFile(state));
                }
                request.varFiles().forEach(f -> argv.add("-var-file=" + f));
            }
            case SHOW -> argv.addAll(List.of("show", "-json", planFile(state)));
            case APPLY ->
                argv.addAll(List.of(
                        "apply",
                        "-input=false",
                        "-no-color",
                        "-json",
                        "-lock-timeout=" + seconds("lockTimeout", request.lockTimeout()),
                        planFile(state)));
            case OUTPUT -> argv.addAll(List.of("output", "-json", "-no-color"));
            default -> {
                return null;
            }
        }
        return new Command(
                argv, state.directory(), variablesOfProcess(), Durations.parse("timeout", request.timeout()), GRACE);
    }

    private static Map<String, String> variablesOfProcess() {
        Map<String, String> env = new HashMap<>();
        env.put("TF_IN_AUTOMATION", "1");
        env.put("CHECKPOINT_DISABLE", "1");
        for (String banned : List.of(
                "TF_CLI_ARGS",
                "TF_CLI_ARGS_init",
                "TF_CLI_ARGS_plan",
                "TF_CLI_ARGS_apply",
                "TF_CLI_ARGS_show",
                "TF_CLI_ARGS_output",
                "TF_LOG",
                "TF_LOG_CORE",
                "TF_LOG_PROVIDER",
                "TF_LOG_PATH",
                "TF_WORKSPACE")) {
            env.put(banned, null);
        }
        return env;
    }

    private static String seconds(String parameter, String duration) throws DeliveryException {
        return Durations.parse(parameter, duration).toSeconds() + "s";
    }

    /**
     * What takes the output of the command of this state, from its first byte; anew when it is taken again after a
     * restart.
     */
    public CommandOutput output(TerraformState state) {
        reader = switch (state.stage()) {
            case PLAN, APPLY ->
                new TerraformEvents(
                        environment, state.add() + state.change() + state.destroy(), state.stage() == Stage.APPLY);
            case SHOW -> new PlanReader();
            case OUTPUT -> new OutputsReader();
            default -> ToolReader.none();
        };
        return reader;
    }

    /** The state after a command whose {@link #output} was taken to its end. */
    public TerraformState advance(TerraformState state, CommandResult result) throws DeliveryException {
        ToolReader taken = reader;
        reader = ToolReader.none();
        boolean planned = state.stage() == Stage.PLAN && result.exitCode() == PLAN_HAS_CHANGES;
        if (result.exitCode() != 0 && !planned) {
            throw failure(state, result, taken);
        }
        taken.finish();
        return switch (state.stage()) {
            case INIT -> state.to(Stage.PLAN);
            case PLAN -> state.withCounts(0, 0, 0, planned).to(Stage.DIGEST);
            case SHOW -> guard(state, (PlanReader) taken);
            case APPLY -> state.to(Stage.OUTPUT);
            case OUTPUT -> {
                outputs = outputs((OutputsReader) taken);
                yield state.to(Stage.DONE);
            }
            default -> state;
        };
    }

    /** The state after the plan file's SHA-256 (hex) was taken. */
    public TerraformState advance(TerraformState state, String sha256) throws DeliveryException {
        if (state.stage() == Stage.DIGEST) {
            return state.withDigest("sha256:" + sha256).to(Stage.SHOW);
        }
        verify(state, sha256);
        return state.to(request.action().equals("plan") ? Stage.DONE : state.changed() ? Stage.APPLY : Stage.OUTPUT);
    }

    /**
     * Compares the plan file with the one that was planned.
     *
     * @param sha256 its SHA-256 now, in hex
     * @throws DeliveryException {@link DeliveryException.Kind#REFUSED} when it is another one
     */
    public void verify(TerraformState state, String sha256) throws DeliveryException {
        if (!("sha256:" + sha256).equals(state.planDigest())) {
            throw new DeliveryException(
                    DeliveryException.Kind.REFUSED,
                    "dir",
                    "the plan file was changed after it was planned; nothing was applied",
                    "Plan again, and let nothing else write to the `agent`'s temporary folder.",
                    null);
        }
    }

    /**
     * Learns the sensitive values of a plan again that was shown before a restart. After an exception it begins anew.
     *
     * @return false when only a part of it was handed on, and the rest is to follow in another call
     */
    public boolean learn(Shown shown) throws DeliveryException, IOException, InterruptedException {
        PlanReader plan = again == null ? new PlanReader() : again;
        again = null;
        if (!shown.to(plan)) {
            again = plan;
            return false;
        }
        plan.finish();
        environment.known().learn(plan.sensitive().secrets());
        return true;
    }

    /** Keeps nothing of what was read; the output of the command under way is to be taken from its first byte again. */
    public void letGo() {
        reader = ToolReader.none();
        again = null;
    }

    /** The output of {@link Stage#SHOW} as it was kept. */
    @FunctionalInterface
    public interface Shown {
        /** Hands it on, or the next part of it; whether that was the last one. */
        boolean to(CommandOutput output) throws DeliveryException, IOException, InterruptedException;
    }

    private TerraformState guard(TerraformState state, PlanReader plan) throws DeliveryException {
        environment.known().learn(plan.sensitive().secrets());
        if (!plan.sensitive().complete()) {
            environment.warn(
                    Event.Stage.PROVISION,
                    "the plan has more sensitive values than are masked in this log (" + SensitiveValues.MAX_VALUES
                            + ")");
        }
        environment.info(
                Event.Stage.PROVISION,
                "plan: " + plan.add() + " to add, " + plan.change() + " to change, " + plan.destroy() + " to destroy");
        if (plan.destroy() > 0 && !request.allowDestroy() && !request.action().equals("plan")) {
            int unnamed = plan.destroy() - plan.deleted().size();
            throw new DeliveryException(
                    DeliveryException.Kind.REFUSED,
                    "allowDestroy",
                    "the plan deletes or replaces " + String.join(", ", plan.deleted())
                            + (unnamed > 0 ? " and " + unnamed + " more" : "") + "; nothing was applied",
                    "Set `allowDestroy` if that is meant.",
                    null);
        }
        return state.withCounts(plan.add(), plan.change(), plan.destroy(), state.changed())
                .to(Stage.SHOWN);
    }

    private Map<String, Object> outputs(OutputsReader read) {
        if (!read.sensitive().isEmpty()) {
            environment.info(
                    Event.Stage.PROVISION,
                    "sensitive outputs, left out of the result: " + String.join(", ", read.sensitive()));
        }
        return read.values();
    }

    private DeliveryException failure(TerraformState state, CommandResult result, ToolReader taken) {
        TerraformEvents events = taken instanceof TerraformEvents told ? told : null;
        if (events != null) {
            events.finish();
        }
        String plain = environment.known().mask(result.errors().isBlank() ? result.output() : result.errors());
        String last = plain.isBlank() ? "exit code " + result.exitCode() : ToolText.brief(plain);
        String said = events == null || events.errors().isEmpty() ? last : events.errors();
        String what = executable + " " + state.stage().name().toLowerCase(java.util.Locale.ROOT);
        if (said.contains("Error acquiring the state lock")) {
            return DeliveryException.failed(
                    "lockTimeout",
                    "the state is locked by somebody else: " + said,
                    "Wait for the other run, or give it more time; unlock by hand only when it is dead.",
                    null);
        }
        if (said.contains("Saved plan is stale")) {
            return DeliveryException.failed(
                    "dir",
                    "the infrastructure's state changed after the plan was made, so the plan was not applied",
                    "Run the `step` again: it makes a new plan.",
                    null);
        }
        String half = events != null && state.stage() == Stage.APPLY ? events.halfDone() : "";
        return DeliveryException.failed(
                "dir",
                "'" + what + "' failed: " + said + half,
                "Fix the infrastructure code or its settings, and run the `step` again.",
                null);
    }

    /** The result when the stage is {@link Stage#DONE}. */
    public ProvisionResult result(TerraformState state) {
        String tool = executable.endsWith("tofu") ? "tofu" : "terraform";
        return new ProvisionResult(
                tool,
                !request.action().equals("plan") && state.changed(),
                state.changed(),
                state.add(),
                state.change(),
                state.destroy(),
                outputs,
                state.planDigest());
    }
}
