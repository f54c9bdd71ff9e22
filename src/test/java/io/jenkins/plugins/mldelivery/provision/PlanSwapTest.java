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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;

/**
 * The plan that is applied is the plan that was shown and guarded, whenever another one is put in its place. The tool
 * is a script, which notes what it applies.
 */
public class PlanSwapTest {
    /** <code>tool COMMAND …</code>; <code>$1</code> of the first line is when it swaps the plan itself. */
    private static final String TOOL =
            """
            #!/bin/sh
            for word in "$@"; do
                case "$word" in
                -out=*) plan="${word#-out=}";;
                esac
                last="$word"
            done
            case "$1" in
            plan) echo approved > "$plan"; exit 2;;
            show) [ %s != before ] || echo swapped > "$last"
                echo '{"format_version": "1.2", "resource_changes": []}'
                [ %s != after ] || echo swapped > "$last";;
            apply) cat "$last" >> applied;;
            output) echo '{}';;
            esac
            """;

    @Rule
    public final ScriptedTool scripted = new ScriptedTool("");

    private final List<String> privateFolders = new ArrayList<>();

    private String tool(String moment) throws IOException {
        return scripted.write(TOOL.formatted(moment, moment));
    }

    private ProvisionResult run(String tool, int swapBeforeDigest) throws Exception {
        Workspace workspace = new RecordingWorkspace(LocalWorkspace.anywhere(scripted.base()), privateFolders) {
            @Override
            void beforeDigest(int count, String path) throws IOException {
                if (count == swapBeforeDigest) {
                    Files.writeString(Path.of(path), "swapped\n");
                }
            }
        };
        Environment environment = new Environment(new LocalCommands(), Clock.system(), Secrets.none(), new Told());
        return new Provision(workspace, environment).run(new Asked().executable(tool).request(), null);
    }

    private String applied() throws IOException {
        Path applied = scripted.base().resolve("infra/applied");
        return Files.exists(applied) ? Files.readString(applied) : "nothing";
    }

    private void assertRefused(String tool, int swapBeforeDigest) throws Exception {
        DeliveryException e = assertThrows(DeliveryException.class, () -> run(tool, swapBeforeDigest));
        assertEquals(DeliveryException.Kind.REFUSED, e.kind());
        assertTrue(
                e.getMessage(),
                e.getMessage().startsWith("dir: the plan file was changed after it was planned; nothing was applied."));
        assertEquals("nothing", applied());
        privateFolders.forEach(folder -> assertFalse(folder + " is left", Files.exists(Path.of(folder))));
    }

    @Test
    public void aPlanThatNobodySwapsIsApplied() throws Exception {
        ProvisionResult result = run(tool("never"), 0);
        assertTrue(result.applied());
        assertEquals("approved\n", applied());
        assertEquals(
                "the digest is that of what was applied",
                "sha256:" + LocalWorkspace.anywhere(scripted.base()).sha256("infra/applied"),
                result.planDigest());
    }

    @Test
    public void aPlanThatIsSwappedBeforeItIsShownIsRefused() throws Exception {
        assertRefused(tool("before"), 0);
    }

    @Test
    public void aPlanThatIsSwappedWhileItIsShownIsRefused() throws Exception {
        assertRefused(tool("after"), 0);
    }

    @Test
    public void aPlanThatIsSwappedWhileItIsGuardedIsRefused() throws Exception {
        assertRefused(tool("never"), 2);
    }

    @Test
    public void aPlanThatIsSwappedRightBeforeTheApplyIsRefused() throws Exception {
        assertRefused(tool("never"), 3);
    }

    @Test
    public void aPlanThatIsReplacedByALinkOrAPipeIsRefused() throws Exception {
        Path base = scripted.base();
        Workspace workspace = LocalWorkspace.anywhere(base);
        Files.writeString(base.resolve("plan"), "approved");
        Files.createSymbolicLink(base.resolve("link"), base.resolve("plan"));
        assertThrows(IOException.class, () -> workspace.sha256("link"));
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", base.resolve("pipe").toString())
                        .start()
                        .waitFor());
        assertThrows(IOException.class, () -> workspace.sha256("pipe"));
    }
}
