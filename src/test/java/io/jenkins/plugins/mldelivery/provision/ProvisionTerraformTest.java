package io.jenkins.plugins.mldelivery.provision;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Command;
import io.jenkins.plugins.mldelivery.delivery.Commands;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.LocalCommands;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.testing.Told;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * The real Terraform with its built-in <code>terraform_data</code>. It is in no Debian package, so without it these
 * tests are skipped.
 */
public class ProvisionTerraformTest {
    private static final String SECRET = "correct horse battery staple";
    private static final String CODE =
            """
            variable "model" { type = string }
            variable "tags" {
              type    = list(string)
              default = []
            }
            variable "password" {
              type      = string
              sensitive = true
              default   = "none"
            }
            resource "terraform_data" "serving" { input = var.model }
            resource "terraform_data" "secret" { input = var.password }
            output "model" { value = terraform_data.serving.output }
            output "tags" { value = var.tags }
            output "password" {
              value     = terraform_data.secret.output
              sensitive = true
            }
            """;

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final Told told = new Told();
    private final List<String> privateFolders = new ArrayList<>();
    private final List<Command> ran = new ArrayList<>();
    private Map<String, String> backendConfig = Map.of();
    private String lockTimeout = "5s";
    private Path infra;

    @Before
    public void write() throws Exception {
        assumeTrue("terraform is missing", LocalWorkspace.anywhere(Path.of(".")).canRun("terraform"));
        infra = Files.createDirectory(temporary.getRoot().toPath().resolve("infra"));
        code(CODE);
    }

    private void code(String text) throws Exception {
        Files.writeString(infra.resolve("main.tf"), text);
    }

    @After
    public void nothingPrivateIsLeft() {
        privateFolders.forEach(folder -> assertFalse(folder + " is left", Files.exists(Path.of(folder))));
        assertFalse("a secret was told", told.toString().contains(SECRET));
    }

    private ProvisionResult run(String action, boolean allowDestroy, Map<String, String> variables) throws Exception {
        return run(action, allowDestroy, variables, null);
    }

    private ProvisionResult run(String action, boolean allowDestroy, Map<String, String> variables, String executable)
            throws Exception {
        LocalWorkspace local = LocalWorkspace.anywhere(temporary.getRoot().toPath());
        Workspace workspace = new RecordingWorkspace(local, privateFolders);
        Commands recorded = (command, output) -> {
            ran.add(command);
            return new LocalCommands().run(command, output);
        };
        Environment environment = new Environment(recorded, Clock.system(), Secrets.none(), told);
        ProvisionRequest request = new Asked()
                .action(action)
                .variables(variables)
                .backendConfig(backendConfig)
                .lockTimeout(lockTimeout)
                .allowDestroy(allowDestroy)
                .executable(executable)
                .request();
        ProvisionResult result;
        try {
            result = new Provision(workspace, environment).run(request, null);
        } catch (DeliveryException e) {
            throw environment.known().mask(e);
        }
        assertFalse("a secret is in the result", result.toString().contains(SECRET));
        return result;
    }

    /** As that of a command line that was killed, whose tool works on. */
    @Test
    public void aToolThatWorksInTheFolderKeepsTheNextRunFromIt() throws Exception {
        Path busy = Files.createFile(temporary.getRoot().toPath().resolve("busy"));
        code("""
                resource "terraform_data" "slow" {
                  provisioner "local-exec" { command = "while [ -e '%s' ]; do sleep 0.1; done" }
                }
                """.formatted(busy));
        assertEquals(0, terraform("init", "-input=false").waitFor());
        Process other = terraform("apply", "-auto-approve", "-input=false");
        try {
            while (!Files.exists(infra.resolve(".terraform.tfstate.lock.info"))) {
                assertTrue("it ended", other.isAlive());
                Thread.sleep(20);
            }
            lockTimeout = "1s";
            DeliveryException e = assertThrows(DeliveryException.class, () -> run("apply", false, Map.of()));
            assertEquals(DeliveryException.Kind.FAILED, e.kind());
            assertTrue(e.getMessage(), e.getMessage().startsWith("lockTimeout: the state is locked by somebody else: ")
                    && e.getMessage().contains("OperationTypeApply")
                    && e.getMessage().endsWith(" unlock by hand only when it is dead."));
        } finally {
            Files.delete(busy);
            assertEquals(0, other.waitFor());
        }
        assertFalse("what the other has made is known", run("apply", false, Map.of()).changed());
    }

    private Process terraform(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("terraform"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(infra.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }

    @Test
    public void appliesOnceThenFindsNothingToChangeAndDestroysOnlyWhenAllowed() throws Exception {
        Map<String, String> variables = Map.of("model", "churn", "tags", "[\"a\",\"b\"]", "password", SECRET);
        ProvisionResult first = run("apply", false, variables);
        assertEquals(
                List.of("terraform", true, true, 2, 0, 0),
                List.of(first.tool(), first.applied(), first.changed(), first.add(), first.change(), first.destroy()));
        assertEquals(Map.of("model", "churn", "tags", List.of("a", "b")), first.outputs());
        assertTrue(first.planDigest(), first.planDigest().matches("sha256:[0-9a-f]{64}"));
        assertEquals(
                1,
                told.notes().stream()
                        .filter("plan: create terraform_data.serving"::equals)
                        .count());
        assertTrue(told.notes().contains("sensitive outputs, left out of the result: password"));
        assertTrue(
                "a variable's value is on a command line",
                ran.stream()
                        .noneMatch(c ->
                                c.toString().contains("churn") || c.toString().contains(SECRET)));
        Event.Progress last =
                told.of(Event.Progress.class).get(told.of(Event.Progress.class).size() - 1);
        assertEquals(2, last.done());
        assertEquals(2, last.total());

        ProvisionResult again = run("apply", false, variables);
        assertEquals(
                List.of(false, false, 0),
                List.of(again.applied(), again.changed(), again.add() + again.change() + again.destroy()));
        assertEquals(
                "outputs are there without a change, too",
                "churn",
                again.outputs().get("model"));

        DeliveryException refused = assertThrows(DeliveryException.class, () -> run("destroy", false, variables));
        assertEquals(DeliveryException.Kind.REFUSED, refused.kind());
        assertEquals(
                "allowDestroy: the plan deletes or replaces terraform_data.secret, terraform_data.serving; nothing was"
                        + " applied. Set allowDestroy if that is meant.",
                refused.getMessage());
        assertEquals(2, run("destroy", true, variables).destroy());
    }

    @Test
    public void aPlanAppliesNothing() throws Exception {
        ProvisionResult plan = run("plan", false, Map.of("model", "churn"));
        assertEquals(List.of(false, true, 2), List.of(plan.applied(), plan.changed(), plan.add()));
        assertFalse(Files.exists(infra.resolve("terraform.tfstate")));
    }

    @Test
    public void aReplacementIsGuardedAndAChangeInPlaceIsNot() throws Exception {
        code(
                "variable \"model\" {}\nresource \"terraform_data\" \"m\" { triggers_replace = var.model }\n");
        run("apply", false, Map.of("model", "one"));
        DeliveryException refused =
                assertThrows(DeliveryException.class, () -> run("apply", false, Map.of("model", "two")));
        assertTrue(
                refused.getMessage(),
                refused.getMessage()
                        .startsWith(
                                "allowDestroy: the plan deletes or replaces terraform_data.m (replace); nothing was applied"));
        ProvisionResult allowed = run("apply", true, Map.of("model", "two"));
        assertEquals(List.of(1, 0, 1), List.of(allowed.add(), allowed.change(), allowed.destroy()));
        code(
                "variable \"model\" {}\n"
                        + "resource \"terraform_data\" \"m\" {\n  triggers_replace = var.model\n  input = 1\n}\n");
        assertEquals(1, run("apply", false, Map.of("model", "two")).change());
    }

    @Test
    public void anErrorOfTerraformIsOneSentence() throws Exception {
        code("resource \"terraform_data\" \"a\" { input = var.nowhere }\n");
        DeliveryException e = assertThrows(DeliveryException.class, () -> run("apply", false, Map.of()));
        assertEquals(DeliveryException.Kind.FAILED, e.kind());
        assertTrue(
                e.getMessage(),
                e.getMessage()
                        .startsWith(
                                "dir: 'terraform plan' failed: Reference to undeclared input variable (main.tf:1): "));
        assertFalse(e.getMessage(), e.getMessage().contains("\n"));
        code("resource {\n");
        assertTrue(assertThrows(DeliveryException.class, () -> run("apply", false, Map.of()))
                .getMessage()
                .startsWith("dir: 'terraform init' failed: "));
        List<Event.Finished> finished = told.of(Event.Finished.class);
        assertFalse(finished.get(finished.size() - 1).ok());
    }

    @Test
    public void aSensitiveValueThatAnErrorQuotesIsMasked() throws Exception {
        code(
                """
                variable "note" {
                  type      = string
                  sensitive = true
                }
                resource "terraform_data" "a" {
                  lifecycle {
                    precondition {
                      condition     = var.note == ""
                      error_message = "the note is ${nonsensitive(var.note)}"
                    }
                  }
                }
                """);
        DeliveryException e = assertThrows(DeliveryException.class, () -> run("apply", false, Map.of("note", SECRET)));
        assertTrue(e.getMessage(), e.getMessage().contains("the note is ****"));
    }

    @Test
    public void backendSettingsGoThroughAFile() throws Exception {
        code(
                "terraform {\n  backend \"local\" {}\n}\nresource \"terraform_data\" \"a\" { input = 1 }\n");
        backendConfig = Map.of("path", "odd ${name} \"quoted\".tfstate");
        run("apply", false, Map.of());
        assertTrue(Files.exists(infra.resolve("odd ${name} \"quoted\".tfstate")));
        assertTrue("a setting is on a command line", ran.stream().noneMatch(c -> c.toString()
                .contains("odd")));
    }

    @Test
    public void anErrorDuringTheApplyTellsWhatWasDone() throws Exception {
        code(
                """
                resource "terraform_data" "good" { input = 1 }
                resource "terraform_data" "bad" {
                  depends_on = [terraform_data.good]
                  provisioner "local-exec" { command = "exit 9" }
                }
                """);
        DeliveryException e = assertThrows(DeliveryException.class, () -> run("apply", false, Map.of()));
        assertTrue(
                e.getMessage(), e.getMessage().contains("; done: terraform_data.good; not done: terraform_data.bad."));
    }

    @Test
    public void anAbortEndsTheToolAndLeavesNothingPrivateBehind() throws Exception {
        code(
                """
                resource "terraform_data" "slow" {
                  provisioner "local-exec" { command = "touch ../up; exec sleep 30" }
                }
                """);
        Thread main = Thread.currentThread();
        Thread user = new Thread(() -> {
            while (!Files.exists(temporary.getRoot().toPath().resolve("up")) && main.isAlive()) {
                Thread.onSpinWait();
            }
            main.interrupt();
        });
        user.setDaemon(true);
        user.start();
        assertThrows(InterruptedException.class, () -> run("apply", false, Map.of()));
        assertFalse("the state is still locked", Files.exists(infra.resolve(".terraform.tfstate.lock.info")));
        assertEquals(1, privateFolders.size());
    }

    @Test
    public void aMissingToolIsNamed() {
        DeliveryException e = assertThrows(
                DeliveryException.class,
                () -> run("apply", false, Map.of("model", "m"), "no-such-terraform"));
        assertEquals(DeliveryException.Kind.UNREACHABLE, e.kind());
        assertTrue(e.getMessage(), e.getMessage().startsWith("executable: 'no-such-terraform' could not be started"));
    }

    @Test
    public void badParametersAreNamedBeforeAnythingRuns() throws Exception {
        named("dir", new Asked().dir("nowhere"));
        named("dir", new Asked().dir(null));
        named("dir", new Asked().tool("kubernetes"));
        named("tool", new Asked().tool("pulumi"));
        named("action", new Asked().action("guess"));
        named("variables", new Asked().variables(Map.of("a b", "x")));
        named("lockTimeout", new Asked().lockTimeout("soon"));
        named("timeout", new Asked().timeout("later"));
        Files.createDirectory(temporary.getRoot().toPath().resolve("empty"));
        named("dir", new Asked().dir("empty"));
    }

    private void named(String parameter, Asked asked) {
        Environment environment = new Environment(
                (command, lines) -> {
                    throw new AssertionError("something was run");
                },
                Clock.system(),
                Secrets.none(),
                told);
        DeliveryException e = assertThrows(DeliveryException.class, () -> new Provision(
                        LocalWorkspace.anywhere(temporary.getRoot().toPath()), environment)
                .run(asked.request(), null));
        assertEquals(parameter, e.parameter());
        assertEquals(DeliveryException.Kind.INVALID_INPUT, e.kind());
    }
}
