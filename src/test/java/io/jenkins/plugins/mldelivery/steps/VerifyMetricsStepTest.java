package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.sun.net.httpserver.HttpServer;
import hudson.FilePath;
import hudson.model.Result;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** mlVerifyMetrics standing alone, on metrics pages that count up at every scrape. */
public class VerifyMetricsStepTest {
    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    private HttpServer server;

    @Before
    public void serve() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        serve("/good", 1000, 10);
        serve("/stable", 1000, 10);
        serve("/bad", 1000, 100);
        serve("/idle", 0, 0);
        server.start();
    }

    @After
    public void stop() {
        server.stop(0);
    }

    private void serve(String path, int requests, int errors) {
        AtomicInteger looks = new AtomicInteger();
        server.createContext(path, exchange -> {
            int n = looks.incrementAndGet();
            byte[] page = ("http_requests_total{code=\"200\"} " + n * (requests - errors) + "\nhttp_requests_total{code=\"500\"} " + n * errors + "\n")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
    }

    private WorkflowRun verify(String name, String canary, String stable, String more) throws Exception {
        String base = "http://127.0.0.1:" + server.getAddress().getPort();
        return Jobs.pipeline(name, """
                def v = mlVerifyMetrics(scrapeCanary: ['%s'], scrapeStable: ['%s'], interval: '1s'%s)
                echo "verdict ${v.verdict} of ${v.checks[0].name} after ${v.checks[0].samples}"
                """.formatted(base + canary, base + stable, more)).scheduleBuild2(0).get();
    }

    @Test
    public void passesWhatIsNoWorseAndFailsWhatIs() throws Exception {
        WorkflowRun good = verify("good", "/good", "/stable", ", timeout: '1m', checks: [errorRate(margin: 3)]");
        JENKINS.assertBuildStatus(Result.SUCCESS, good);
        JENKINS.assertLogContains("verdict pass of errorRate after", good);

        WorkflowRun bad = verify("bad", "/bad", "/good", ", timeout: '1m'");
        JENKINS.assertBuildStatus(Result.FAILURE, bad);
        JENKINS.assertLogContains("ERROR: The canary failed its metrics: errors at least", bad);
        JENKINS.assertLogNotContains("verdict", bad);
        String log = JenkinsRule.getLog(bad);
        assertEquals("the reason is told by the check and by the error, and not once more:\n" + log, 2, log.split("errors at least", -1).length - 1);
        JENKINS.assertLogContains("[mlVerifyMetrics] fail\n", bad);
    }

    @Test
    public void inconclusiveFollowsItsParameter() throws Exception {
        WorkflowRun fail = verify("fail", "/idle", "/good", ", timeout: '1s'");
        JENKINS.assertBuildStatus(Result.FAILURE, fail);
        JENKINS.assertLogContains("ERROR: The metrics were inconclusive: no verdict within 1s", fail);
        WorkflowRun unstable = verify("unstable", "/idle", "/good", ", timeout: '1s', onInconclusive: 'unstable'");
        JENKINS.assertBuildStatus(Result.UNSTABLE, unstable);
        JENKINS.assertLogContains("verdict inconclusive", unstable);
        WorkflowRun pass = verify("pass", "/idle", "/good", ", timeout: '1s', onInconclusive: 'pass'");
        JENKINS.assertBuildStatus(Result.SUCCESS, pass);
    }

    @Test
    public void theResultIsWrittenAsFilesWhateverTheVerdictIs() throws Exception {
        String base = "http://127.0.0.1:" + server.getAddress().getPort();
        WorkflowJob job = Jobs.pipeline("reports", "node { mlVerifyMetrics(scrapeCanary: ['" + base + "/bad'], scrapeStable: ['" + base
                + "/good'], interval: '1s', timeout: '1m', reportJson: 'out/metrics.json', reportJunit: 'out/metrics.xml') }");
        WorkflowRun run = job.scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.FAILURE, run);
        FilePath out = JENKINS.jenkins.getWorkspaceFor(job).child("out");
        assertTrue(out.child("metrics.json").readToString().contains("\"verdict\" : \"fail\""));
        assertTrue(out.child("metrics.xml").readToString().contains("failures=\"1\""));

        WorkflowRun nowhere = verify("nowhere", "/bad", "/good", ", reportJunit: 'metrics.xml'");
        JENKINS.assertBuildStatus(Result.FAILURE, nowhere);
        JENKINS.assertLogContains("ERROR: reportJunit: there is no workspace to write a file to. Call the step inside node", nowhere);
    }

    @Test
    public void anAbortEndsTheWait() throws Exception {
        String base = "http://127.0.0.1:" + server.getAddress().getPort();
        WorkflowRun run = Jobs.pipeline("abort", "mlVerifyMetrics(scrapeCanary: ['" + base + "/idle'], scrapeStable: ['" + base + "/good'], interval: '1s')")
                .scheduleBuild2(0).waitForStart();
        Jobs.awaitLog("[mlVerifyMetrics]", run);
        Jobs.abort(run, JENKINS);
    }

    @Test
    public void whatIsWrongIsNamed() throws Exception {
        String[][] wrong = {
            {"", "ERROR: prometheus: there is no source of metrics"},
            {"prometheus: 'http://127.0.0.1:9090'", "ERROR: canary: a comparison must know which series are the canary's"},
            {"prometheus: 'http://127.0.0.1:9090', canary: 'a=\"1\"', stable: 'a=\"1\"'", "ERROR: canary: it selects the same series as 'stable'"},
            {"prometheus: 'http://127.0.0.1:9090', checks: []", "ERROR: checks: there is nothing to check"},
            {"prometheus: 'http://127.0.0.1:9090', checks: [errorRate(alpha: 2)]", "ERROR: alpha: it must be between 0 and 1, not 2.0"},
            {"prometheus: 'http://127.0.0.1:9090', credentialsId: 'none', canary: 'a=\"1\"', stable: 'a=\"2\"'", "ERROR: credentialsId: there are no credentials with the id 'none'"},
            {"interval: '1ms'", "ERROR: interval: it is 1ms, and in Jenkins it must be at least 1s"},
            {"onInconclusive: 'shrug'", "ERROR: onInconclusive: 'shrug' is none of"},
        };
        for (int i = 0; i < wrong.length; i++) {
            WorkflowRun run = Jobs.pipeline("wrong" + i, "mlVerifyMetrics(" + wrong[i][0] + ")").scheduleBuild2(0).get();
            JENKINS.assertBuildStatus(Result.FAILURE, run);
            JENKINS.assertLogContains(wrong[i][1], run);
            JENKINS.assertLogNotContains("\tat ", run);
        }
    }
}
