package io.jenkins.plugins.mldelivery.provision;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.LocalCommands;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.testing.Told;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Rule;
import org.junit.Test;

/** Secrets among variables and backend settings, with a tool (a script) that tells everything it gets. */
public class ProvisionSecretsTest {
    private static final String BACKEND = "b4ckend-secret-value";
    private static final String NAMED = "n4med \"secret\" value";
    private static final String DECLARED = "d3clared-secret-value";
    private static final String MARKED = "m4rked-by-the-plan";
    private static final List<String> SECRETS = List.of(BACKEND, NAMED, "n4med", DECLARED, MARKED);
    private static final String TOOL =
            """
            #!/bin/sh
            ps -eo args > "../ps.$1" 2>/dev/null
            [ "$1" != init ] || rm -f ../told ../mode
            for word in "$@"; do
                case "$word" in
                -out=*) echo plan > "${word#-out=}";;
                -backend-config=*|-var-file=*) cat "${word#*=}" >> "../told"; ls -l "${word#*=}" >> "../mode";;
                esac
            done
            fail() {
                [ "$FAIL_AT" = "$1" ] || return 0
                tr '\\n' ' ' < ../told >&2
                echo "region eu-west-1 m4rked-by-the-plan" >&2
                exit 1
            }
            FAIL_AT=%s
            fail "$1"
            case "$1" in
            plan) exit 2;;
            show) echo '{"format_version":"1.2","resource_changes":[{"address":"a","change":{"actions":["update"],'
                echo '"before":{"p":"m4rked-by-the-plan"},"before_sensitive":{"p":true}}}]}';;
            output) echo '{}';;
            esac
            """;

    @Rule
    public final ScriptedTool scripted = new ScriptedTool("variable \"note\" { sensitive = true }\n");

    private final List<String> privateFolders = new ArrayList<>();
    private Told told;

    private void run(String failAt) throws Exception {
        told = new Told();
        Environment environment = new Environment(new LocalCommands(), Clock.system(), Secrets.none(), told);
        ProvisionRequest request = new Asked()
                .tool("terraform")
                .variables(Map.of("db_password", NAMED, "note", DECLARED, "region", "eu-west-1"))
                .backendConfig(Map.of("access_key", BACKEND, "bucket", "models"))
                .executable(scripted.write(TOOL.formatted(failAt)))
                .request();
        Workspace workspace = new RecordingWorkspace(LocalWorkspace.anywhere(scripted.base()), privateFolders);
        try {
            new Provision(workspace, environment)
                    .run(request, null);
        } catch (DeliveryException e) {
            throw environment.known().mask(e);
        }
    }

    private void assertNoSecret(String where, String text) {
        SECRETS.forEach(secret -> assertFalse(secret + " is in " + where + ": " + text, text.contains(secret)));
    }

    @Test
    public void noneIsOnACommandLineAndTheFilesAreForTheOwnerAlone() throws Exception {
        run("never");
        Path base = scripted.base();
        assertTrue(
                "the test sees what the tool gets",
                Files.readString(base.resolve("told")).contains(BACKEND)
                        && Files.readString(base.resolve("told")).contains(DECLARED));
        for (String command : List.of("init", "plan", "show", "apply", "output")) {
            assertNoSecret("ps during " + command, Files.readString(base.resolve("ps." + command)));
        }
        assertEquals(
                List.of("-rw-------", "-rw-------"),
                Files.readString(base.resolve("mode"))
                        .lines()
                        .map(line -> line.substring(0, 10))
                        .toList());
        assertNoSecret("the events", told.toString());
        privateFolders.forEach(folder -> assertFalse(folder + " is left", Files.exists(Path.of(folder))));
    }

    @Test
    public void noneIsInAnErrorOfTheTool() {
        for (String command : List.of("init", "plan", "show", "apply", "output")) {
            DeliveryException e = assertThrows(command, DeliveryException.class, () -> run(command));
            assertTrue(
                    e.getMessage(),
                    e.getMessage().contains("tool " + command + "' failed: ")
                            && e.getMessage().contains("region eu-west-1")
                            && e.getMessage().contains("\"models\""));
            String said = e.getMessage() + told;
            if (command.equals("apply") || command.equals("output")) {
                assertNoSecret("the error of " + command, said);
            } else {
                assertNoSecret("the error of " + command, said.replace(MARKED, "(the plan is not known yet)"));
            }
        }
    }
}
