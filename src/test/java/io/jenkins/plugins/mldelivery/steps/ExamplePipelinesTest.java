package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import hudson.FilePath;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.mldelivery.house.Repository;
import java.io.File;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.libs.GlobalLibraries;
import org.jenkinsci.plugins.workflow.libs.LibraryConfiguration;
import org.jenkinsci.plugins.workflow.libs.LibraryRetriever;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** The Jenkinsfiles, the shared library and the JCasC file of the documentation, each run as it stands (but for the playground's ports and a smaller alpha). */
public class ExamplePipelinesTest {
    @ClassRule
    public static final PlaygroundRule PLAYGROUND = new PlaygroundRule();

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    static {
        // The time of the whole class, whose pipelines deliver several models each.
        JENKINS.timeout = 600;
    }

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @Before
    public void configure() throws Exception {
        Jobs.configure(PLAYGROUND);
    }

    @Test
    public void theDeclarativeAndTheScriptedPipelineDeliverAndRollBack() throws Exception {
        WorkflowJob declarative = Jobs.pipeline("declarative", PLAYGROUND.example("Jenkinsfile"));
        WorkflowRun first = declarative.scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.SUCCESS, first);
        JENKINS.assertLogContains("there is no stable version yet: first install", first);

        WorkflowRun second = Jobs.start(declarative, "penguins-v2");
        JENKINS.waitForCompletion(second);
        JENKINS.assertBuildStatus(Result.SUCCESS, second);
        // What the body's mlVerifyMetrics has seen.
        JENKINS.assertLogContains("step 2 of 2 passed: errors below the acceptable 2.00 %", second);
        String log = JenkinsRule.getLog(second);
        assertTrue(log, Pattern.compile("  PROMOTED: revision [0-9a-f]+ replaces [0-9a-f]+: every step passed, the last one by: errors below").matcher(log).find());

        WorkflowJob scripted = Jobs.pipeline("scripted", PLAYGROUND.example("Jenkinsfile.scripted"));
        JENKINS.assertBuildStatus(Result.SUCCESS, scripted.scheduleBuild2(0).get());
        WorkflowRun bad = Jobs.start(scripted, "penguins-bad");
        JENKINS.waitForCompletion(bad);
        JENKINS.assertBuildStatus(Result.FAILURE, bad);
        JENKINS.assertLogContains("the canary has 25 % of the traffic", bad);
        Jobs.assertRolledBack("the body failed: The canary failed its metrics: ", bad);
        Jobs.assertMoreErrors("not delivered: The canary failed its metrics: ", bad);
        assertFalse("no stack trace for what a user can understand", JenkinsRule.getLog(bad).contains("\tat io.jenkins.plugins.mldelivery"));

        WorkflowRun good = Jobs.start(scripted, "penguins-v2");
        JENKINS.waitForCompletion(good);
        JENKINS.assertBuildStatus(Result.SUCCESS, good);
        assertTrue(JenkinsRule.getLog(good), Pattern.compile("promoted after \\d+ s, weights \\[25, 50, 100\\]").matcher(JenkinsRule.getLog(good)).find());
    }

    @Test
    public void severalChecksJudgeOneRollout() throws Exception {
        WorkflowJob job = Jobs.pipeline("checks", PLAYGROUND.example("Jenkinsfile.checks"));
        // So that there is a stable version, whatever another test has left.
        JENKINS.assertBuildStatus(Result.SUCCESS, job.scheduleBuild2(0).get());
        WorkflowRun run = Jobs.start(job, "penguins-v2");
        JENKINS.waitForCompletion(run);
        JENKINS.assertBuildStatus(Result.SUCCESS, run);
        JENKINS.assertLogContains("critical check errorRate: pass, errors below", run);
        JENKINS.assertLogContains("warning check latency: ", run);
        JENKINS.assertLogContains("dryRun check times: ", run);
        JENKINS.assertLogContains("latency: pass, requests slower than 0.5 s below", run);
        JENKINS.assertLogContains("PROMOTED", run);
    }

    @Test
    public void theSharedLibraryDelivers() throws Exception {
        FolderRetriever retriever = new FolderRetriever(Repository.root().resolve("docs/examples/shared-library").toFile());
        LibraryConfiguration library = new LibraryConfiguration("ml-delivery-examples", retriever);
        library.setDefaultVersion("main");
        GlobalLibraries.get().setLibraries(List.of(library));
        WorkflowJob job = Jobs.pipeline("library", PLAYGROUND.fit("""
                @Library('ml-delivery-examples') _
                node {
                    sh 'cp -R "$EXAMPLES" .'
                    def rollout = mlDeliver(name: 'adelie', namespace: 'lib', cluster: 'playground', infrastructure: 'infra',
                        model: 'examples/model/penguins-v1', image: '127.0.0.1:5001/ml/adelie:1', registryCredentialsId: 'playground-registry') {
                        echo 'smoke'
                    }
                    echo "the result is ${rollout.result}"
                }
                """));
        FilePath workspace = JENKINS.jenkins.getWorkspaceFor(job);
        workspace.child("infra/namespace.yaml").write("apiVersion: v1\nkind: Namespace\nmetadata: {name: lib}\n", "UTF-8");
        WorkflowRun run = job.scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.SUCCESS, run);
        JENKINS.assertLogContains("the result is installed", run);

        job.setDefinition(Jobs.flow("@Library('ml-delivery-examples') _\nnode { mlDeliver(name: 'adelie') }"));
        WorkflowRun wrong = job.scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.FAILURE, wrong);
        JENKINS.assertLogContains("mlDeliver: the parameter 'model' is missing", wrong);
    }

    @Test
    public void theReadmeShowsTheExample() throws Exception {
        Matcher block = Pattern.compile("```groovy\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(Repository.root().resolve("README.md")));
        assertTrue("README.md has a Jenkinsfile", block.find());
        assertEquals(Files.readString(Repository.root().resolve("docs/examples/Jenkinsfile")), block.group(1));
    }

    /** A library from a folder. */
    public static final class FolderRetriever extends LibraryRetriever {
        private final String folder;

        FolderRetriever(File folder) {
            this.folder = folder.getPath();
        }

        @Override
        public void retrieve(String name, String version, boolean changelog, FilePath target, Run<?, ?> run, TaskListener listener) throws Exception {
            new FilePath(new File(folder)).copyRecursiveTo(target);
        }

        @Override
        public void retrieve(String name, String version, FilePath target, Run<?, ?> run, TaskListener listener) throws Exception {
            retrieve(name, version, false, target, run, listener);
        }
    }
}
