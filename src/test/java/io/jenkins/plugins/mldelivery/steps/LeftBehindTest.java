package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import hudson.EnvVars;
import hudson.FilePath;
import hudson.Launcher;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.slaves.WorkspaceList;
import hudson.util.StreamTaskListener;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Private folders of runs that ended without removing them. */
public class LeftBehindTest {
    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private static final String TOOL =
            """
            #!/bin/sh
            for word in "$@"; do
                case "$word" in
                -out=*) echo plan > "${word#-out=}";;
                esac
            done
            case "$1" in
            plan) exit 2;;
            show) echo '{"format_version": "1.2", "resource_changes": []}';;
            apply) echo began >> applied
                for i in $(seq 1 ${TENTHS:-0}); do [ -e ../go ] || sleep 0.1; done;;
            output) echo '{}';;
            esac
            """;

    private static FilePath workspace(FilePath workspace) throws Exception {
        workspace.child("infra/main.tf").write("", "UTF-8");
        workspace.child("tool").write(TOOL, "UTF-8");
        workspace.child("tool").chmod(0755);
        return workspace;
    }

    private static TreeSet<String> folders(FilePath workspace) throws Exception {
        TreeSet<String> names = new TreeSet<>();
        for (FilePath folder : WorkspaceList.tempDir(workspace).listDirectories()) {
            if (folder.getName().startsWith("ml-delivery-")) {
                names.add(folder.getName());
            }
        }
        return names;
    }

    /** Runs the step outside a Pipeline, for a build of its own. */
    private static Object run(FilePath workspace, Runnable onSave) throws Exception {
        FreeStyleProject project = JENKINS.createFreeStyleProject();
        Run<?, ?> build = project.scheduleBuild2(0).get();
        ProvisionStep step = new ProvisionStep("infra");
        step.setExecutable(workspace.child("tool").getRemote());
        TaskListener listener = StreamTaskListener.fromStdout();
        StubContext context = new StubContext()
                .attach(
                        Map.of(
                                FilePath.class, workspace,
                                TaskListener.class, listener,
                                EnvVars.class, new EnvVars(),
                                Launcher.class, JENKINS.jenkins.createLauncher(listener),
                                Run.class, build,
                                EnvironmentExpander.class, EnvironmentExpander.constant(Map.of())),
                        onSave);
        new ProvisionExecution(context, step).start();
        return context.await();
    }

    @Test
    public void whatARunLeftIsRemovedByTheNextOne() throws Exception {
        FilePath workspace = workspace(JENKINS.jenkins.getRootPath().child("killed"));
        int[] saves = new int[1];
        run(workspace, () -> {
            if (++saves[0] == 2) {
                throw new Error("Jenkins dies, and the build is deleted");
            }
        });
        WorkspaceList.tempDir(workspace).child("ml-delivery-" + "f".repeat(10) + "-another-jenkins").mkdirs();
        assertEquals("the dead run's and another controller's", 2, folders(workspace).size());
        Object end = run(workspace, () -> {});
        assertTrue(String.valueOf(end), end instanceof Map);
        assertEquals(List.of("ml-delivery-ffffffffff-another-jenkins"), List.copyOf(folders(workspace)));
    }

    @Test
    public void whatALiveRunOrACommandUsesStays() throws Exception {
        WorkflowJob job = Jobs.pipeline(
                "live",
                "node('built-in') { withEnv(['TENTHS=1200']) { mlProvision(dir: 'infra', executable: \"${pwd()}/tool\") } }");
        FilePath workspace = workspace(JENKINS.jenkins.getWorkspaceFor(job));
        WorkflowRun live = job.scheduleBuild2(0).waitForStart();
        while (!workspace.child("infra/applied").exists()) {
            assertTrue(JenkinsRule.getLog(live), live.isBuilding());
            Thread.sleep(20);
        }
        FilePath temporary = WorkspaceList.tempDir(workspace);
        String used = folders(workspace).first();
        // Between two commands of the live run, no process is in its folder.
        String idle = used.substring(0, used.length() - 36) + "idle";
        temporary.child(idle).mkdirs();
        String running = RunFolders.family() + "0000000000-running";
        temporary.child(running).child("apply.pid").write(ProcessHandle.current().pid() + "\n", "UTF-8");
        temporary.child(RunFolders.family() + "0000000000-over").child("apply.pid").write("99999999\n", "UTF-8");
        Object end = run(workspace, () -> {});
        assertTrue(String.valueOf(end), end instanceof Map);
        assertEquals(new TreeSet<>(List.of(used, idle, running)), folders(workspace));
        workspace.child("go").write("", "UTF-8");
        JENKINS.waitForCompletion(live);
        JENKINS.assertBuildStatus(Result.SUCCESS, live);
    }
}
