package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.FilePath;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.slaves.DumbSlave;
import hudson.slaves.WorkspaceList;
import hudson.util.StreamTaskListener;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** mlBuildImage on an agent that gets lost. */
public class BuildImageAgentTest {
    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answered = new CountDownLatch(1);
    private LoopbackServer registry;
    private DumbSlave agent;

    /** A registry that has every blob and no manifest, and keeps who asks for the first blob waiting. */
    @Before
    public void serve() throws Exception {
        registry = LoopbackServer.start(request -> {
            if (request.path().contains("/blobs/")) {
                asked.countDown();
                try {
                    answered.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            int status = request.method().equals("PUT") ? 201 : request.path().contains("/manifests/") ? 404 : 200;
            return new LoopbackServer.Answer(status, "");
        });
        agent = JENKINS.createOnlineSlave();
    }

    @After
    public void stop() {
        answered.countDown();
        registry.close();
    }

    private WorkflowRun start(String name) throws Exception {
        String script = "node('" + agent.getNodeName() + "') { writeFile file: 'm/model.onnx', text: 'weights'; mlBuildImage(model: 'm', image: '"
                + registry.url().replace("http://", "") + "/ml/m:1') }";
        WorkflowRun run = Jobs.pipeline(name, script).scheduleBuild2(0).waitForStart();
        asked.await();
        return run;
    }

    private List<String> layers(WorkflowJob job) throws Exception {
        FilePath temporary = WorkspaceList.tempDir(agent.getWorkspaceFor(job));
        return temporary.listDirectories().stream().map(FilePath::getName).filter(n -> n.startsWith("ml-delivery-")).toList();
    }

    /** What is logged on the agent does not pass the controller's masking. */
    @Test(timeout = 180_000)
    public void aSecretUserNameIsMaskedOnTheAgentToo() throws Exception {
        UsernamePasswordCredentialsImpl login = new UsernamePasswordCredentialsImpl(
                CredentialsScope.GLOBAL, "secret-user", "", "robot-of-the-bank", "hunter2hunter2");
        login.setUsernameSecret(true);
        SystemCredentialsProvider.getInstance().getCredentials().add(login);
        try (LoopbackServer refusing = LoopbackServer.start(request -> new LoopbackServer.Answer(
                403, "{\"errors\": [{\"code\": \"DENIED\", \"message\": \"robot-of-the-bank may not push\"}]}"))) {
            WorkflowRun run = Jobs.pipeline("user", "node('" + agent.getNodeName()
                    + "') { writeFile file: 'm/model.onnx', text: 'weights'; mlBuildImage(model: 'm', credentialsId: 'secret-user', image: '"
                    + refusing.url().replace("http://", "") + "/ml/m:1') }").scheduleBuild2(0).waitForStart();
            JENKINS.waitForCompletion(run);
            JENKINS.assertLogContains("**** may not push", run);
            JENKINS.assertLogNotContains("robot-of-the-bank", run);
        }
    }

    @Test(timeout = 180_000)
    public void anAgentThatIsLostIsWaitedForAndTheImageBuiltAgain() throws Exception {
        WorkflowRun run = start("lost");
        assertEquals(1, layers(run.getParent()).size());
        Agents.kill(agent);
        Jobs.awaitLog("The agent " + agent.getNodeName() + " is not connected; waiting for it.", run);
        answered.countDown();
        Agents.connect(agent);
        JENKINS.waitForCompletion(run);
        JENKINS.assertBuildStatus(Result.SUCCESS, run);
        JENKINS.assertLogContains("The agent " + agent.getNodeName() + " is back; the image is built again", run);
        JENKINS.assertLogNotContains("\tat ", run);
        assertEquals("the layers of the killed agent", List.of(), layers(run.getParent()));
    }

    @Test(timeout = 180_000)
    public void anAbortEndsTheWait() throws Exception {
        WorkflowRun run = start("abort");
        Agents.kill(agent);
        Jobs.awaitLog("is not connected; waiting for it.", run);
        long begun = System.nanoTime();
        Jobs.abort(run, JENKINS);
        assertTrue(System.nanoTime() - begun < 30_000_000_000L);
        JENKINS.assertLogNotContains("\tat ", run);
    }

    /** The time of the step goes on while nobody can be asked. */
    @Test
    public void theTimeOutEndsTheWait() throws Exception {
        StubContext context = new StubContext();
        BuildImageStep step = new BuildImageStep("m", "ml/m:1");
        step.setTimeout("1m");
        BuildImageExecution execution = new BuildImageExecution(context, step);
        context.attach(
                Map.of(
                        FilePath.class, agent.getWorkspaceFor(JENKINS.createProject(WorkflowJob.class, "late")),
                        TaskListener.class, StreamTaskListener.fromStdout(),
                        Run.class, JENKINS.createFreeStyleProject().scheduleBuild2(0).get()),
                () -> {});
        execution.folder();
        Field started = AgentExecution.class.getDeclaredField("started");
        started.setAccessible(true);
        started.setLong(execution, System.currentTimeMillis() - Duration.ofMinutes(3).toMillis());
        Agents.kill(agent);
        execution.onResume();
        String end = String.valueOf(context.await());
        assertTrue(end, end.contains("timeout: the image was not built within 1m, since the agent " + agent.getNodeName() + " could not be asked"));
    }
}
