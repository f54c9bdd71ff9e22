package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import hudson.model.Result;
import io.jenkins.plugins.mldelivery.house.Repository;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jenkinsci.plugins.workflow.actions.WarningAction;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.graphanalysis.DepthFirstScanner;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** Each kind of check in a Pipeline, on metrics pages that count up at every scrape and on a server with a few series. */
public class CheckKindsTest {
    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    /** Query to value. */
    private static final Map<String, Double> SERIES = Map.of("up", 1.0, "canary_cost", 3.0, "stable_cost", 2.0);

    private final Map<String, AtomicInteger> looks = new ConcurrentHashMap<>();
    private LoopbackServer server;

    @Before
    public void serve() throws Exception {
        server = LoopbackServer.start(request -> new LoopbackServer.Answer(200, request.path().startsWith("/api/") ? answer(request) : page(request.path())));
    }

    @After
    public void stop() {
        server.close();
    }

    private int look(String what) {
        return looks.computeIfAbsent(what, w -> new AtomicInteger()).incrementAndGet();
    }

    /** A model's page: a thousand requests a scrape; a bad one has more errors, is slower, predicts otherwise and less accurately. */
    private String page(String path) {
        int n = look(path);
        boolean bad = path.equals("/bad");
        int errors = bad ? 100 : 10;
        int slow = bad ? 200 : 20;
        int low = bad ? 100 : 500;
        return "http_requests_total{code=\"200\"} " + n * (1000 - errors) + "\nhttp_requests_total{code=\"500\"} " + n * errors
                + histogram("http_request_duration_seconds", "0.5", n * (1000 - slow), n * 1000) + histogram("prediction_score", "0.5", n * low, n * 1000)
                + "\nmodel_accuracy " + ((bad ? 0.5 : 0.9) + n % 3 * 0.001) + "\n";
    }

    private static String histogram(String name, String bound, int below, int all) {
        return "\n" + name + "_bucket{le=\"" + bound + "\"} " + below + "\n" + name + "_bucket{le=\"+Inf\"} " + all + "\n" + name + "_count " + all;
    }

    /** The Prometheus HTTP API, whose canary uses more memory. */
    private String answer(LoopbackServer.Request request) {
        String query = URLDecoder.decode(request.body().replaceFirst("(^|.*&)query=", "").replaceFirst("&.*", ""), StandardCharsets.UTF_8);
        String value = String.valueOf(SERIES.get(query));
        if (query.startsWith("memory{")) {
            value = String.valueOf((query.contains("canary") ? 900 : 100) + look(query) % 3);
        }
        String series = value.equals("null") ? "" : "{\"metric\":{},\"value\":[1,\"" + value + "\"]}";
        return "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" + series + "]}}";
    }

    private WorkflowRun run(String name, String script) throws Exception {
        return Jobs.pipeline(name, script
                        .replace("PAGES", "interval: '1s', timeout: '1m', scrapeStable: ['" + server.url() + "/good'], scrapeCanary:")
                        .replace("SERVER", "interval: '1s', timeout: '1m', canary: 'track=\"canary\"', stable: 'track=\"stable\"', prometheus: '" + server.url() + "'")
                        .replace("'/canary/", "'" + server.url() + "/"))
                .scheduleBuild2(0).get();
    }

    @Test
    public void eachKindPassesWhatIsGood() throws Exception {
        WorkflowRun run = run("good", """
                def pages = mlVerifyMetrics(PAGES ['/canary/fine'], checks: [errorRate(margin: 3), latency(bound: 0.5, margin: 3),
                    distribution(name: 'scores', metric: 'prediction_score'), gauge(name: 'accuracy', metric: 'model_accuracy', worse: 'lower', tolerance: 0.1)])
                def server = mlVerifyMetrics(SERVER, checks: [threshold(name: 'up', query: 'up', min: 1, warmUp: '300ms'),
                    expression(name: 'cost', queries: [canary: 'canary_cost', stable: 'stable_cost'], pass: 'canary < 2 * stable'),
                    gauge(name: 'memory', query: 'memory{TRACK}', tolerance: 1000)])
                (pages.checks + server.checks).each { echo "${it.name} ${it.importance} ${it.verdict}" }
                def rate = pages.checks[0]
                echo "canary ${rate.canary} stable ${rate.stable}, up ${server.checks[0].canary} and ${server.checks[0].stable}"
                """);
        JENKINS.assertBuildStatus(Result.SUCCESS, run);
        for (String name : List.of("errorRate", "latency", "scores", "accuracy", "up", "cost", "memory")) {
            JENKINS.assertLogContains(name + " critical pass", run);
        }
        JENKINS.assertLogContains("canary 0.01 stable 0.01, up 1.0 and null", run);
    }

    @Test
    public void eachKindFailsWhatIsBadAndADryRunOnlyTellsIt() throws Exception {
        WorkflowRun run = run("bad", """
                def pages = mlVerifyMetrics(PAGES ['/canary/bad'], checks: [errorRate(importance: 'dryRun'), latency(importance: 'dryRun'),
                    distribution(name: 'scores', metric: 'prediction_score', importance: 'dryRun'),
                    gauge(name: 'accuracy', metric: 'model_accuracy', worse: 'lower', tolerance: 0.1, importance: 'dryRun')])
                def server = mlVerifyMetrics(SERVER, checks: [threshold(name: 'up', query: 'up', min: 2, importance: 'dryRun'),
                    expression(name: 'cost', queries: [canary: 'canary_cost', stable: 'stable_cost'], fail: 'canary > stable', importance: 'dryRun'),
                    gauge(name: 'memory', query: 'memory{TRACK}', tolerance: 100, importance: 'dryRun'),
                    threshold(name: 'gone', query: 'gone', max: 1, onNoData: 'fail', importance: 'dryRun')])
                echo "${pages.verdict} and ${server.verdict}"
                (pages.checks + server.checks).each { echo "${it.name} ${it.verdict}: ${it.reason}" }
                """);
        JENKINS.assertBuildStatus(Result.SUCCESS, run);
        JENKINS.assertLogContains("pass and pass", run);
        for (String reason : List.of(
                "errorRate fail: errors at least ", "latency fail: ", "scores fail: distributed otherwise", "accuracy fail: accuracy lower than the stable version's by more than 0.1",
                "up fail: up is 1.000, wanted at least 2.000", "cost fail: canary is 3.000, stable is 2.000, wanted not canary > stable", "memory fail: memory higher",
                "gone fail: query: 'gone' gave no data")) {
            JENKINS.assertLogContains(reason, run);
        }
    }

    @Test
    public void aFailedWarningMakesTheBuildUnstable() throws Exception {
        String warned = "threshold(name: 'spare', query: 'up', min: 2, importance: 'warning')";
        WorkflowRun run = run("warning", """
                def v = mlVerifyMetrics(SERVER, checks: [threshold(name: 'up', query: 'up', min: 1, count: 5), %s])
                echo "the gate's verdict is ${v.verdict}"
                """.formatted(warned));
        JENKINS.assertBuildStatus(Result.UNSTABLE, run);
        JENKINS.assertLogContains("the gate's verdict is pass", run);
        assertEquals(List.of("The check spare failed, which is a warning: spare is 1.000, wanted at least 2.000; 1 of 1 measurements were out of bounds"), warnings(run));

        WorkflowRun caught = run("caught", """
                try {
                    mlVerifyMetrics(SERVER, checks: [threshold(name: 'up', query: 'up', max: 0, count: 1), %s])
                } catch (e) {
                    echo "caught: ${e.message}"
                }
                """.formatted(warned));
        // A warning is one when the step fails as well.
        JENKINS.assertBuildStatus(Result.UNSTABLE, caught);
        JENKINS.assertLogContains("caught: The canary failed its metrics: up is 1.000", caught);
        assertEquals(1, warnings(caught).size());

        WorkflowRun good = run("unwarned", "mlVerifyMetrics(SERVER, checks: [threshold(name: 'up', query: 'up', min: 1, importance: 'warning')])");
        JENKINS.assertBuildStatus(Result.SUCCESS, good);
        assertEquals(List.of(), warnings(good));
    }

    private static List<String> warnings(WorkflowRun run) {
        List<String> texts = new ArrayList<>();
        for (FlowNode node : new DepthFirstScanner().allNodes(run.getExecution())) {
            WarningAction warning = node.getPersistentAction(WarningAction.class);
            if (warning != null) {
                assertEquals(Result.UNSTABLE, warning.getResult());
                texts.add(warning.getMessage());
            }
        }
        return texts;
    }

    @Test
    public void declarativePipelinesTakeThemAsTheyAre() throws Exception {
        WorkflowRun run = run("declarative", """
                pipeline {
                    agent none
                    stages {
                        stage('Verify') {
                            steps {
                                mlVerifyMetrics(SERVER, checks: [
                                    threshold(name: 'up', query: 'up', min: 1, count: 2, consecutiveSuccessLimit: 1),
                                    expression(name: 'cost', queries: [canary: 'canary_cost'], pass: 'canary <= 3', onError: 'inconclusive'),
                                    gauge(name: 'memory', query: 'memory{TRACK}', tolerance: 1000, importance: 'warning')])
                            }
                        }
                    }
                }
                """);
        JENKINS.assertBuildStatus(Result.SUCCESS, run);
        JENKINS.assertLogContains("cost: pass, canary is 3.000, wanted canary <= 3", run);
    }

    /** Each check that the reference shows is one that a Pipeline takes: what is refused is a parameter that is looked at after all checks. */
    @Test
    public void theExamplesOfTheReferenceAreTaken() throws Exception {
        String page = Files.readString(Repository.root().resolve("docs/reference/verify-metrics.md"));
        List<String> examples = new ArrayList<>();
        Matcher blocks = Pattern.compile("```groovy\n((?:errorRate|latency|distribution|gauge|threshold|expression)\\(.*?)```", Pattern.DOTALL).matcher(page);
        while (blocks.find()) {
            examples.addAll(List.of(blocks.group(1).strip().split("\n(?! )")));
        }
        assertTrue("not all examples were found: " + examples, examples.size() >= 12);
        StringBuilder script = new StringBuilder();
        for (String example : examples) {
            script.append("try { mlVerifyMetrics(SERVER, onInconclusive: 'shrug', checks: [").append(example).append("\n]) } catch (e) { echo \"refused: ${e.message}\" }\n");
        }
        WorkflowRun run = run("reference", script.toString());
        JENKINS.assertBuildStatus(Result.SUCCESS, run);
        String log = JenkinsRule.getLog(run);
        assertEquals(log, examples.size(), log.split("refused: onInconclusive: 'shrug' is none of").length - 1);
        assertFalse(log, log.contains("\tat "));
    }
}
