package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import hudson.FilePath;
import io.jenkins.plugins.mldelivery.delivery.CommandResult;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.provision.terraform.TerraformFlow;
import io.jenkins.plugins.mldelivery.provision.terraform.TerraformState;
import io.jenkins.plugins.mldelivery.provision.terraform.TerraformState.Stage;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import io.jenkins.plugins.mldelivery.testing.Told;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.jvnet.hudson.test.JenkinsRule;

/** A tick reads a part; a plan that takes several of them needs a place, and is let go of when it can't be read on. */
public class ToolOutputTest {
    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private static final int CHUNK = 256 * 1024;

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final Told told = new Told();
    private final Environment environment = TestEnvironment.of(told);
    private final TerraformFlow flow = new TerraformFlow(ProvisionRequest.of("infra"), "terraform", environment);
    private final PlanPlaces places = new PlanPlaces();
    private final Owner owner = Owner.ofJob("team/churn");

    private FilePath folder;

    @Before
    public void folder() {
        folder = new FilePath(temporary.getRoot());
    }

    private TerraformState at(Stage stage) {
        return new TerraformState(stage, "/ws/infra", folder.getRemote(), "sha256:0", 1, 0, 0, true);
    }

    private ToolOutput output(Stage stage) {
        return new ToolOutput(flow, at(stage), environment, places, owner);
    }

    /** A plan of so many chunks. */
    private void show(int chunks) throws Exception {
        folder.child("show.out").write(
                "{\"format_version\": \"1.2\", \"resource_changes\": [{\"address\": \"a\", \"change\": {\"actions\": [\"create\"],"
                        + " \"after\": \"plan-secret\", \"after_sensitive\": true}}]" + " ".repeat((chunks - 1) * CHUNK) + "}",
                "UTF-8");
    }

    private static Deadline over() {
        return Deadline.in(Duration.ZERO);
    }

    private boolean isMasked() {
        return environment.known().mask("plan-secret").equals("****");
    }

    @Test
    public void aLookThatTakesLongLeavesTheRestToTheNextOne() throws Exception {
        folder.child("plan.out").write("x".repeat(3 * CHUNK), "UTF-8");
        AgentCommand command = AgentCommand.ended(folder.getRemote(), "plan");
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        assertTrue(command.pump(folder, (bytes, length) -> read.write(bytes, 0, length), () -> true));
        assertEquals(CHUNK, read.size());
        assertFalse(command.pump(folder, (bytes, length) -> read.write(bytes, 0, length), () -> false));
        assertEquals(3 * CHUNK, read.size());
    }

    @Test
    public void afterARestartThePlanIsReadAgainInParts() throws Exception {
        show(3);
        ToolOutput output = output(Stage.APPLY);
        int ticks = 1;
        while (!output.learn(folder, over(), () -> false, false)) {
            ticks++;
            assertEquals(Duration.ZERO, output.pause());
        }
        assertEquals(3, ticks);
        assertTrue(isMasked());
        assertTrue("nothing is left", output.learn(folder, over(), () -> false, false));
    }

    @Test
    public void anAbortAndTheTimeOutEndIt() throws Exception {
        show(3);
        for (boolean aborted : new boolean[] {true, false}) {
            ToolOutput output = output(Stage.APPLY);
            assertFalse(output.learn(folder, over(), () -> false, false));
            assertTrue(output.learn(folder, over(), () -> aborted, !aborted));
            assertFalse(isMasked());
        }
        assertEquals(2, told.warnings().size());
        assertTrue(told.warnings().get(0), told.warnings().get(0).endsWith("masked from now on (the build was aborted)"));
    }

    @Test
    public void aJobReadsFewLargePlansAtATime() throws Exception {
        show(2);
        assertTrue(places.enter(owner) && places.enter(owner));
        ToolOutput output = output(Stage.APPLY);
        for (int i = 0; i < 2; i++) {
            assertFalse(output.learn(folder, over(), () -> false, false));
            assertEquals(Duration.ofSeconds(3), output.pause());
        }
        assertFalse(isMasked());
        places.leave(owner);
        assertFalse("from its beginning", output.learn(folder, over(), () -> false, false));
        assertTrue(output.learn(folder, over(), () -> false, false));
        assertTrue(isMasked());
        assertTrue("its place is given back", places.enter(owner));
    }

    @Test
    public void aSmallOneNeedsNoPlace() throws Exception {
        show(1);
        assertTrue(places.enter(owner) && places.enter(owner));
        assertTrue(output(Stage.APPLY).learn(folder, over(), () -> false, false));
        assertTrue(isMasked());
    }

    @Test
    public void aDocumentIsReadWhenItsCommandHasEnded() throws Exception {
        show(2);
        AgentCommand command = AgentCommand.ended(folder.getRemote(), "show");
        ToolOutput output = output(Stage.SHOW);
        assertFalse(output.pump(command, at(Stage.SHOW), false, folder, () -> true));
        assertTrue(output.pump(command, at(Stage.SHOW), true, folder, () -> true));
        // The agent was away meanwhile.
        output.letGo(command);
        assertTrue(places.enter(owner) && places.enter(owner));
        assertTrue(output.pump(command, at(Stage.SHOW), true, folder, () -> true));
        assertEquals("it waits for a place", Duration.ofSeconds(3), output.pause());
        places.leave(owner);
        assertTrue(output.pump(command, at(Stage.SHOW), true, folder, () -> true));
        assertFalse(output.pump(command, at(Stage.SHOW), true, folder, () -> true));
        assertEquals(Stage.SHOWN, flow.advance(at(Stage.SHOW), new CommandResult(0, "", "")).stage());
        assertTrue(isMasked());
    }

    @Test
    public void placesAreFewAndShared() {
        for (String job : List.of("a/1", "a/2", "b/1")) {
            assertTrue(places.enter(Owner.ofJob(job)) && places.enter(Owner.ofJob(job)));
        }
        assertFalse("all are taken", places.enter(Owner.ofJob("c")));
        places.leave(Owner.ofJob("b/1"));
        assertFalse("a has its share", places.enter(Owner.ofJob("a/3")));
        assertTrue(places.enter(Owner.ofJob("c")));
    }
}
