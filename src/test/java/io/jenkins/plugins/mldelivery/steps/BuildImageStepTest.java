package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import hudson.FilePath;
import hudson.model.Result;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.mldelivery.config.MlDeliveryConfiguration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** mlBuildImage on the controller and on an agent. */
public class BuildImageStepTest {
    @ClassRule
    public static final PlaygroundRule PLAYGROUND = new PlaygroundRule();

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @Before
    public void configure() throws Exception {
        Jobs.configure(PLAYGROUND);
    }

    private WorkflowRun build(String name, String script) throws Exception {
        return Jobs.pipeline(name, PLAYGROUND.fit(script)).scheduleBuild2(0).get();
    }

    @Test
    public void theSameModelGivesTheSameDigestOnAnAgent() throws Exception {
        DumbSlave agent = JENKINS.createOnlineSlave();
        String step = "sh 'cp -R \"$EXAMPLES\" .'; echo 'digest ' + mlBuildImage(model: 'examples/model/penguins-v1', image: '127.0.0.1:5001/ml/penguins:1', credentialsId: 'playground-registry').digest";
        WorkflowRun here = build("here", "node('built-in') { " + step + " }");
        WorkflowRun there = build("there", "node('" + agent.getNodeName() + "') { " + step + " }");
        JENKINS.assertBuildStatus(Result.SUCCESS, here);
        JENKINS.assertBuildStatus(Result.SUCCESS, there);
        assertEquals(digest(here), digest(there));
    }

    private static String digest(WorkflowRun run) throws Exception {
        Matcher digest = Pattern.compile("digest (sha256:[0-9a-f]{64})").matcher(JenkinsRule.getLog(run));
        assertTrue(JenkinsRule.getLog(run), digest.find());
        return digest.group(1);
    }

    @Test
    public void aModelOfTheWorkspaceGoesToALayoutWithoutARegistry() throws Exception {
        WorkflowJob job = Jobs.pipeline("layout", """
                node {
                    writeFile file: 'churn/model.onnx', text: 'weights'
                    def built = mlBuildImage(model: 'churn', image: 'ml/churn:1', push: false, layout: 'out')
                    echo "sent ${built.pushedBytes}, changed ${built.changed}, ${built.layers[0].what}"
                }
                """);
        WorkflowRun run = job.scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.SUCCESS, run);
        JENKINS.assertLogContains("sent 0, changed true, weights", run);
        FilePath workspace = JENKINS.jenkins.getWorkspaceFor(job);
        assertTrue(workspace.child("out/oci-layout").exists());
    }

    @Test
    public void whatIsWrongIsNamed() throws Exception {
        String[][] wrong = {
            {"model: 'no-such-folder', image: '127.0.0.1:5001/a:1'", "ERROR: model: "},
            {"model: 'm', image: 'A B'", "ERROR: image: 'A B' is not a valid image name"},
            {"model: 'm', image: '127.0.0.1:1/a:1', timeout: '2s'", "ERROR: image: "},
            {"model: 'm', image: '127.0.0.1:5001/a:1', credentialsId: 'none'", "ERROR: credentialsId: there are no credentials with the id 'none'"},
        };
        for (int i = 0; i < wrong.length; i++) {
            WorkflowRun run = build("wrong" + i, "node { writeFile file: 'm/model.onnx', text: 'w'; mlBuildImage(" + wrong[i][0] + ") }");
            JENKINS.assertBuildStatus(Result.FAILURE, run);
            JENKINS.assertLogContains(wrong[i][1], run);
            JENKINS.assertLogNotContains("\tat ", run);
        }
    }

    /** The built-in node is the controller, whose hosts the administrator may limit. */
    @Test
    public void theControllersHostsAreLimitedOnTheBuiltInNodeToo() throws Exception {
        MlDeliveryConfiguration.get().setAllowedHosts("only.example.org");
        try {
            WorkflowRun run =
                    build("limited",
                    "node('built-in') { writeFile file: 'm/model.onnx', text: 'w'; mlBuildImage(model: 'm', image: '127.0.0.1:5001/a:1') }");
            JENKINS.assertBuildStatus(Result.FAILURE, run);
            JENKINS.assertLogContains("is not one of the hosts that this Jenkins may send requests to", run);
        } finally {
            MlDeliveryConfiguration.get().setAllowedHosts(null);
        }
    }

    @Test
    public void aPasswordNeverReachesTheLogOrTheBuildsFiles() throws Exception {
        String password = PLAYGROUND.playground().logins().registry().secret().reveal();
        WorkflowRun run = build("secret", "node { writeFile file: 'm/model.onnx', text: 'w'; mlBuildImage(model: 'm', image: '127.0.0.1:5001/a:1', credentialsId: 'playground-registry') }");
        JENKINS.assertBuildStatus(Result.SUCCESS, run);
        JENKINS.assertLogNotContains(password, run);
        for (FilePath file : new FilePath(run.getRootDir()).list("**")) {
            assertTrue(file.getRemote(), !file.readToString().contains(password));
        }
    }
}
