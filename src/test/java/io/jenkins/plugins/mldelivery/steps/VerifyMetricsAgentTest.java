package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import hudson.model.Result;
import hudson.slaves.DumbSlave;
import hudson.slaves.OfflineCause;
import hudson.util.Secret;
import io.jenkins.plugins.mldelivery.config.MlDeliveryConfiguration;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** mlVerifyMetrics whose requests an agent sends, as a process of its own. */
public class VerifyMetricsAgentTest {
    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    private static final String SECRET = "s3cret-of-the-agent";

    private LoopbackServer models;
    private DumbSlave agent;
    private volatile int badness = 5;

    @Before
    public void serve() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        models = LoopbackServer.start(r -> {
            boolean canary = r.path().equals("/canary");
            int n = canary ? looks.incrementAndGet() : looks.get();
            return new LoopbackServer.Answer(200, "http_requests_total{code=\"200\"} " + n * 900 + "\nhttp_requests_total{code=\"500\"} " + n * (canary ? badness : 5) + "\n");
        });
        agent = JENKINS.createOnlineSlave();
        SystemCredentialsProvider.getInstance().getCredentials().clear();
        SystemCredentialsProvider.getInstance().getCredentials().add(new StringCredentialsImpl(CredentialsScope.GLOBAL, "token", "", Secret.fromString(SECRET)));
    }

    @After
    public void stop() {
        models.close();
        MlDeliveryConfiguration.get().setAllowedHosts(null);
    }

    private String call(String more) {
        return "mlVerifyMetrics(scrapeCanary: ['" + models.url() + "/canary'], scrapeStable: ['" + models.url() + "/stable'], interval: '1s', checks: [errorRate(margin: 3)]" + more + ")";
    }

    private WorkflowRun run(String name, String script) throws Exception {
        return Jobs.pipeline(name, script).scheduleBuild2(0).get();
    }

    @Test
    public void theAgentLooksWhereTheControllerMayNot() throws Exception {
        MlDeliveryConfiguration.get().setAllowedHosts("prometheus.example.org");
        WorkflowRun refused = run("refused", call(""));
        JENKINS.assertBuildStatus(Result.FAILURE, refused);
        JENKINS.assertLogContains("is not one of the hosts that this Jenkins may send requests to", refused);
        assertEquals(0, models.requests().size());

        String node = "node('" + agent.getNodeName() + "') { def v = " + call(", timeout: '2m', requestsFrom: 'agent', credentialsId: 'token'") + "\n echo \"verdict ${v.verdict} of ${v.checks[0].name}\" }";
        WorkflowRun good = run("good", node);
        JENKINS.assertBuildStatus(Result.SUCCESS, good);
        JENKINS.assertLogContains("verdict pass of errorRate", good);
        JENKINS.assertLogContains("errorRate: reads the metrics of the preset", good);
        assertEquals("Bearer " + SECRET, models.requests().get(0).authorization());
        try (Stream<Path> files = Files.walk(good.getRootDir().toPath())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertTrue(file.toString(), !Files.readString(file, StandardCharsets.ISO_8859_1).contains(SECRET));
            }
        }

        badness = 200;
        WorkflowRun bad = run("bad", node);
        JENKINS.assertBuildStatus(Result.FAILURE, bad);
        JENKINS.assertLogContains("ERROR: The canary failed its metrics: ", bad);

        WorkflowRun builtIn = run("builtIn", "node('" + JENKINS.jenkins.getSelfLabel().getName() + "') { " + call(", requestsFrom: 'agent'") + " }");
        JENKINS.assertBuildStatus(Result.FAILURE, builtIn);
        JENKINS.assertLogContains("is not one of the hosts that this Jenkins may send requests to", builtIn);
    }

    @Test
    public void whatIsWrongIsNamed() throws Exception {
        String[][] wrong = {
            {call(", requestsFrom: 'agent'"), "ERROR: requestsFrom: there is no agent around the step. Call the step inside node, or leave it out."},
            {call(", requestsFrom: 'nowhere'"), "ERROR: requestsFrom: 'nowhere' is neither controller nor agent. Give one of these."},
            {"node('" + agent.getNodeName() + "') { " + call(", requestsFrom: 'agent', credentialsId: 'none'") + " }", "ERROR: credentialsId: there are no credentials with the id 'none'"},
            {"node('" + agent.getNodeName() + "') { mlVerifyMetrics(prometheus: '" + models.url() + "', requestsFrom: 'agent', checks: [threshold(name: 't', query: 'up', max: 1)]) }",
                "ERROR: prometheus: " + models.url() + " is not a Prometheus server"},
        };
        for (int i = 0; i < wrong.length; i++) {
            WorkflowRun run = run("wrong" + i, wrong[i][0]);
            JENKINS.assertBuildStatus(Result.FAILURE, run);
            JENKINS.assertLogContains(wrong[i][1], run);
            JENKINS.assertLogNotContains("\tat ", run);
        }
    }

    @Test
    public void anAgentThatIsAwayIsWaitedForUntilTheTimeOut() throws Exception {
        String script = "node('" + agent.getNodeName() + "') { " + call(", timeout: '20s', requestsFrom: 'agent', onInconclusive: 'unstable'").replace("margin: 3", "minRequests: 1000000000, acceptable: 0") + " }";
        WorkflowRun run = Jobs.pipeline("away", script).scheduleBuild2(0).waitForStart();
        Jobs.awaitLog("errorRate: reads the metrics of the preset", run);
        agent.toComputer().disconnect(new OfflineCause.ByCLI("gone")).get();
        Jobs.awaitLog("the agent " + agent.getNodeName() + " is not connected; looking again until the time is over", run);
        JENKINS.waitOnline(agent);
        JENKINS.waitForCompletion(run);
        JENKINS.assertBuildStatus(Result.UNSTABLE, run);
        JENKINS.assertLogContains("the metrics can be read again", run);
        JENKINS.assertLogContains("no verdict within 20s", run);
    }

    @Test
    public void anAbortEndsALookThatIsUnderWay() throws Exception {
        try (LoopbackServer stalls = LoopbackServer.start(r -> new LoopbackServer.Answer(200, null))) {
            String where = "scrapeCanary: ['" + stalls.url() + "'], scrapeStable: ['" + stalls.url() + "'], queryTimeout: '5m'";
            for (String script : List.of("mlVerifyMetrics(" + where + ")", "node('" + agent.getNodeName() + "') { mlVerifyMetrics(" + where + ", requestsFrom: 'agent') }")) {
                int before = stalls.requests().size();
                WorkflowRun run = Jobs.pipeline("abort" + before, script).scheduleBuild2(0).waitForStart();
                while (stalls.requests().size() == before) {
                    Thread.sleep(50);
                }
                long began = System.nanoTime();
                Jobs.abort(run, JENKINS);
                assertTrue("at once", System.nanoTime() - began < 20_000_000_000L);
            }
        }
    }
}
