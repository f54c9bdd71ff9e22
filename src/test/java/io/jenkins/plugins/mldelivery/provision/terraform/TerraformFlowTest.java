package io.jenkins.plugins.mldelivery.provision.terraform;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.CommandResult;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.testing.Told;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.Test;

/** The flow with recorded output of Terraform, for what the real one does not show on demand. */
public class TerraformFlowTest {
    private static final String APPLY =
            """
            {"@level":"info","@message":"terraform_data.a: Plan to create","type":"planned_change","change":{"resource":{"addr":"terraform_data.a"},"action":"create"}}
            {"@level":"info","type":"apply_start","hook":{"resource":{"addr":"terraform_data.a"},"action":"create"}}
            {"@level":"info","type":"apply_complete","hook":{"resource":{"addr":"terraform_data.a"},"action":"create","elapsed_seconds":2}}
            not of the protocol
            {"@level":"info","type":"from the future","hook":{}}
            """;

    private final Told told = new Told();
    private final Environment environment = new Environment(
            (command, lines) -> {
                throw new AssertionError("the flow runs nothing itself");
            },
            Clock.system(),
            Secrets.none(),
            told);

    private TerraformFlow flow(String action, boolean allowDestroy, Map<String, String> variables) {
        return new TerraformFlow(
                new ProvisionRequest(
                        "infra",
                        "terraform",
                        action,
                        variables,
                        List.of("prod.tfvars"),
                        Map.of("bucket", "b"),
                        allowDestroy,
                        null,
                        "default",
                        "90s",
                        "1h"),
                "terraform",
                environment);
    }

    private static TerraformState at(TerraformState.Stage stage, String digest) {
        return new TerraformState(stage, "/ws/infra", "/tmp/private", digest, 1, 0, 0, true);
    }

    /** The state after a command that printed this. */
    private static TerraformState after(TerraformFlow flow, TerraformState state, int exitCode, String output)
            throws DeliveryException {
        byte[] bytes = output.getBytes(StandardCharsets.UTF_8);
        flow.output(state).accept(bytes, bytes.length);
        return flow.advance(state, new CommandResult(exitCode, output, ""));
    }

    /** As it takes many calls to an agent, which may be slow. */
    @Test
    public void aPlanIsLearnedAgainInParts() throws Exception {
        TerraformFlow flow = flow("apply", false, Map.of());
        byte[] plan = ("{\"format_version\": \"1.2\", \"resource_changes\": [{\"address\": \"a\", \"change\": {\"actions\":"
                        + " [\"create\"], \"after\": \"plan-secret\", \"after_sensitive\": true}}]}")
                .getBytes(StandardCharsets.UTF_8);
        assertFalse(flow.learn(output -> {
            output.accept(plan, 80);
            return false;
        }));
        assertThrows(IOException.class, () -> flow.learn(output -> {
            throw new IOException("the agent is away");
        }));
        assertFalse("from its beginning again", flow.learn(output -> {
            output.accept(plan, 100);
            return false;
        }));
        assertEquals("plan-secret", environment.known().mask("plan-secret"));
        assertTrue(flow.learn(output -> {
            byte[] rest = Arrays.copyOfRange(plan, 100, plan.length);
            output.accept(rest, rest.length);
            return true;
        }));
        assertEquals("****", environment.known().mask("plan-secret"));
    }

    @Test
    public void aRunThatIsResumedDuringTheApplyTellsItAndGoesOn() throws Exception {
        TerraformFlow flow = flow("apply", false, Map.of());
        TerraformState state = TerraformState.fromJson(
                at(TerraformState.Stage.APPLY, "sha256:aa").toJson());
        state = after(flow, state, 0, APPLY);
        assertEquals(TerraformState.Stage.OUTPUT, state.stage());
        assertEquals(
                "the plan was told before the restart", List.of("done: create terraform_data.a in 2 s"), told.notes());
        state = after(
                flow,
                state,
                0,
                "{\"a\":{\"sensitive\":false,\"value\":[1]},\"b\":{\"sensitive\":true,\"value\":\"s3cret\"},\"c\":{\"sensitive\":false,\"value\":null}}");
        assertNull(flow.command(state));
        assertEquals(Map.of("a", List.of(1)), flow.result(state).outputs());
        assertEquals("sha256:aa", flow.result(state).planDigest());
        assertFalse(told.toString().contains("s3cret"));
    }

    @Test
    public void aFailedApplyThatWasResumedTellsWhatIsHalfDone() {
        String failed = APPLY
                + """
                {"type":"apply_start","hook":{"resource":{"addr":"terraform_data.b"},"action":"create"}}
                {"type":"apply_errored","hook":{"resource":{"addr":"terraform_data.b"},"action":"create"}}
                {"type":"diagnostic","diagnostic":{"severity":"error","summary":"No quota","detail":"Ask\\n for more.","range":{"filename":"main.tf","start":{"line":7}}}}
                """;
        DeliveryException e = assertThrows(
                DeliveryException.class,
                () -> after(flow("apply", false, Map.of()), at(TerraformState.Stage.APPLY, "sha256:aa"), 1, failed));
        assertEquals(
                "dir: 'terraform apply' failed: No quota (main.tf:7): Ask for more; done: terraform_data.a; not done: terraform_data.b."
                        + " Fix the infrastructure code or its settings, and run the step again.",
                e.getMessage());
    }

    @Test
    public void aLockOfSomebodyElseAndAStalePlanHaveTheirOwnWords() {
        String lock =
                "{\"type\":\"diagnostic\",\"diagnostic\":{\"severity\":\"error\",\"summary\":\"Error acquiring the state lock\",\"detail\":\"Who: alice@build\"}}\n";
        DeliveryException e = assertThrows(
                DeliveryException.class,
                () -> after(flow("apply", false, Map.of()), at(TerraformState.Stage.PLAN, null), 1, lock));
        assertEquals("lockTimeout", e.parameter());
        assertTrue(e.getMessage(), e.getMessage().contains("Who: alice@build"));
        String stale =
                "{\"type\":\"diagnostic\",\"diagnostic\":{\"severity\":\"error\",\"summary\":\"Saved plan is stale\"}}\n";
        e = assertThrows(
                DeliveryException.class,
                () -> after(flow("apply", false, Map.of()), at(TerraformState.Stage.APPLY, "sha256:aa"), 1, stale));
        assertTrue(e.getMessage(), e.getMessage().contains("the plan was not applied"));
    }

    @Test
    public void anErrorInPlainTextIsShortenedToOneLine() {
        String box =
                "\n╷\n│ Warning: Unable to open CLI configuration file\n╵\n╷\n│ Error: Unsupported argument\n│ \n│   on main.tf line 1:\n╵\n"
                        + "x".repeat(2000);
        DeliveryException e = assertThrows(DeliveryException.class, () -> flow("apply", false, Map.of())
                .advance(TerraformFlow.start("/ws", "/tmp/p"), new CommandResult(1, "", box)));
        assertTrue(
                e.getMessage(),
                e.getMessage()
                        .startsWith(
                                "dir: 'terraform init' failed: Error: Unsupported argument on main.tf line 1: xxx"));
        assertTrue(e.getMessage().length() < 1400);
    }

    @Test
    public void theCommandsKeepSecretsOffTheCommandLineAndTheUsersSettingsOut() throws Exception {
        TerraformFlow flow =
                flow("destroy", true, Map.of("password", "s3cret", "zones", "[\"a\"]", "odd", "[not json"));
        TerraformState state = TerraformFlow.start("/ws/infra", "/tmp/private");
        assertEquals(
                List.of(
                        "terraform",
                        "init",
                        "-input=false",
                        "-no-color",
                        "-backend-config=/tmp/private/settings.tfbackend"),
                flow.command(state).argv());
        assertEquals(Map.of("/tmp/private/settings.tfbackend", "bucket = \"b\"\n"), flow.files(state));
        state = after(flow, state, 0, "");
        assertEquals(
                List.of(
                        "terraform",
                        "plan",
                        "-input=false",
                        "-no-color",
                        "-json",
                        "-detailed-exitcode",
                        "-out=/tmp/private/plan",
                        "-lock-timeout=90s",
                        "-destroy",
                        "-var-file=/tmp/private/variables.tfvars.json",
                        "-var-file=prod.tfvars"),
                flow.command(state).argv());
        assertTrue(flow.command(state).environment().containsKey("TF_CLI_ARGS_apply"));
        assertNull(flow.command(state).environment().get("TF_CLI_ARGS_apply"));
        assertEquals(
                Map.of(
                        "/tmp/private/variables.tfvars.json",
                        "{\"odd\":\"[not json\",\"password\":\"s3cret\",\"zones\":[\"a\"]}"),
                flow.files(state));
    }

    @Test
    public void aWorkspaceWhosePathWouldBeTakenAsASettingIsRefused() {
        DeliveryException e = assertThrows(DeliveryException.class, () -> flow("apply", false, Map.of())
                .command(TerraformFlow.start("/ws", "/job=a@tmp/p")));
        assertEquals("backendConfig", e.parameter());
    }

    @Test
    public void onlyThePlanThatWasShownIsApplied() throws Exception {
        TerraformFlow flow = flow("apply", false, Map.of());
        TerraformState state = after(flow, at(TerraformState.Stage.PLAN, null), 2, "");
        assertEquals(
                "the digest is taken before anything looks at the plan", TerraformState.Stage.DIGEST, state.stage());
        state = flow.advance(state, "aa");
        assertEquals(TerraformState.Stage.SHOW, state.stage());
        TerraformState shown = after(flow, state, 0, "{\"format_version\": \"1.2\"}");
        assertEquals(TerraformState.Stage.SHOWN, shown.stage());
        assertEquals(TerraformState.Stage.APPLY, flow.advance(shown, "aa").stage());
        assertEquals(
                DeliveryException.Kind.REFUSED,
                assertThrows(DeliveryException.class, () -> flow.advance(shown, "bb"))
                        .kind());
        flow.verify(at(TerraformState.Stage.APPLY, "sha256:aa"), "aa");
        assertEquals(
                DeliveryException.Kind.REFUSED,
                assertThrows(
                                DeliveryException.class,
                                () -> flow.verify(at(TerraformState.Stage.APPLY, "sha256:aa"), "bb"))
                        .kind());
        assertThrows(
                "a state without a digest",
                DeliveryException.class,
                () -> flow.verify(at(TerraformState.Stage.APPLY, null), "aa"));
        assertEquals(
                TerraformState.Stage.DONE,
                flow("plan", false, Map.of())
                        .advance(at(TerraformState.Stage.SHOWN, "sha256:aa"), "aa")
                        .stage());
    }

    @Test
    public void theStateSurvivesItsJsonAndDamageIsNamed() throws Exception {
        for (TerraformState.Stage stage : TerraformState.Stage.values()) {
            TerraformState state = at(stage, stage.ordinal() % 2 == 0 ? null : "sha256:aa");
            assertEquals(state, TerraformState.fromJson(state.toJson()));
        }
        for (String bad : List.of(
                "",
                "null",
                "{}",
                "[]",
                "{\"version\":3}",
                "{\"version\":2,\"stage\":\"X\"}",
                "{\"version\":2,\"stage\":\"SHOW\"}",
                "no json")) {
            assertEquals(
                    bad,
                    "state",
                    assertThrows(bad, DeliveryException.class, () -> TerraformState.fromJson(bad))
                            .parameter());
        }
    }

    @Test
    public void theStateOfAnEarlierVersionEndsInASentence() {
        String before =
                "{\"version\":1,\"stage\":\"CHECK\",\"directory\":\"/ws/infra\",\"privateDirectory\":\"/tmp/private\",\"planDigest\":\"sha256:aa\","
                        + "\"add\":1,\"change\":0,\"destroy\":0,\"changed\":true}";
        DeliveryException e = assertThrows(DeliveryException.class, () -> TerraformState.fromJson(before));
        assertEquals(
                "state: another version of ML Delivery began this Terraform run (its state has the version 1, this one needs 2), so it can't be continued."
                        + " See on the agent that the tool does not run any more, and run the step again: it plans anew, and what was applied stays.",
                e.getMessage());
        assertEquals("/tmp/private", TerraformState.privateDirectory(before));
        assertNull(TerraformState.privateDirectory("no json"));
    }
}
