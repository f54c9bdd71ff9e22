package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class VerifyMetricsCommandTest {
    private static final String THRESHOLD = "threshold: {name: p99, query: latency, max: 0.5, count: 1}";

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Cli cli;

    @Before
    public void folder() {
        cli = new Cli(temporary.getRoot().toPath());
    }

    @Test
    public void wrongParameters() {
        cli.failsWithTraceIfVerbose(Kind.INVALID_INPUT, "--checks: there is nothing to check. Give at least one check", "verify-metrics");
        cli.fails(Kind.INVALID_INPUT, "--checks: 'latencies: {}' is none of distribution, errorRate, expression, gauge, latency, threshold. ", "verify-metrics", "--checks", "latencies: {}");
        cli.fails(
                Kind.INVALID_INPUT,
                "--checks: errorRate has no parameter 'margn'. Did you mean 'margin'? Choose one of: acceptable, alpha, beta, errors, importance, ",
                "verify-metrics", "--checks", "errorRate: {margn: 2}");
        cli.fails(
                Kind.INVALID_INPUT, "--timeout: it is zero. ",
                "verify-metrics", "--scrape-canary", "http://h", "--scrape-stable", "http://h/s",
                "--checks", "errorRate", "--timeout", "0s");
        cli.fails(Kind.INVALID_INPUT, "--checks: 'errorRate: {' can't be read (", "verify-metrics", "--checks", "errorRate: {");
        cli.fails(Kind.INVALID_INPUT, "--checks: alpha: it must be between 0 and 1, not 1.0. ", "verify-metrics", "--checks", "errorRate: {alpha: 1}");
        cli.fails(Kind.INVALID_INPUT, "--checks: errors: there are no label matchers. ", "verify-metrics", "--checks", "errorRate: {metric: m, errors: ''}");
        cli.fails(Kind.INVALID_INPUT, "--prometheus: there is no source of metrics. Give the URL of a Prometheus server", "verify-metrics", "--checks", "errorRate");
        cli.fails(Kind.INVALID_INPUT, "--prometheus: 'prom:9090' is not an http or https URL. ", "verify-metrics", "--checks", THRESHOLD, "--prometheus", "prom:9090");
        cli.fails(Kind.INVALID_INPUT, "--canary: a comparison must know which series are the canary's", "verify-metrics", "--checks", "errorRate", "--prometheus", "https://prom:9090");
        cli.fails(Kind.INVALID_INPUT, "--on-inconclusive: 'ok' is none of ", "verify-metrics", "--checks", THRESHOLD, "--prometheus", "https://prom:9090", "--on-inconclusive", "ok");
        cli.fails(Kind.INVALID_INPUT, "--scrape-stable: only one of the two tracks has URLs", "verify-metrics", "--checks", "errorRate", "--scrape-canary", "http://a/m");
        cli.fails(Kind.INVALID_INPUT, "--timeout: 'x' is not a valid duration. ", "verify-metrics", "--checks", THRESHOLD, "--prometheus", "https://prom:9090", "--timeout", "x");
        for (String port : new String[] {"65536", "99999"}) {
            cli.fails(
                    Kind.INVALID_INPUT, "--prometheus: 'http://127.0.0.1:" + port + "' has a port above 65535. ", "verify-metrics", "--checks", THRESHOLD, "--prometheus",
                    "http://127.0.0.1:" + port);
        }
        cli.variables.put("HALF_USERNAME", "ann");
        cli.fails(
                Kind.INVALID_INPUT, "--credentials-id: there are no credentials with the id 'half' in the environment: of HALF_USERNAME and HALF_PASSWORD only one is set. "
                        + "Set HALF_USERNAME ", "verify-metrics", "--checks", THRESHOLD, "--prometheus", "https://prom:9090", "--credentials-id", "half");
        cli.fails(Kind.INVALID_INPUT, "--credentials-id: there are no credentials with the id 'prom'", "verify-metrics", "--checks", THRESHOLD, "--prometheus", "https://prom:9090", "--credentials-id", "prom");
    }

    @Test
    public void nothingOfACheckIsSilentlySomethingElse() {
        for (String odd : new String[] {"errorRate: {margin: 2, margin: 3}", "threshold: {name: t, query: up, min: 1, count: 2.7}", "threshold: {name: t, query: up, min: 1, failureLimit: null}", "errorRate: {margin: null}"}) {
            cli.fails(Kind.INVALID_INPUT, "--checks: '" + odd + "' can't be read (", "verify-metrics", "--prometheus", "https://prom:9090", "--canary", "a=\"b\"", "--stable", "a=\"c\"", "--checks", odd);
        }
        cli.fails(Kind.INVALID_INPUT, "--prometheus: the check 'p99' has a query, which needs a Prometheus server, and none is given. ", "verify-metrics", "--checks", THRESHOLD, "--scrape-canary", "http://a/m", "--scrape-stable", "http://b/m");
    }

    @Test
    public void anUnreachablePrometheus() throws Exception {
        String url = "http://127.0.0.1:" + LoopbackServer.closedPort();
        Cli.Outcome outcome = cli.run("verify-metrics", "--checks", THRESHOLD, "--prometheus", url, "--interval", "100ms", "--timeout", "300ms", "--on-inconclusive", "pass");
        assertEquals(Kind.UNREACHABLE.exitCode(), outcome.code());
        assertEquals("error: --prometheus: " + url + " can't be reached (connection refused). Check the address and that the server is up.", outcome.error());
        assertFalse(outcome.err(), outcome.err().contains("\tat "));
    }

    @Test
    public void anUnreachablePrometheusIsNotTriedBeyondTheTimeout() throws Exception {
        long began = System.nanoTime();
        assertEquals(Kind.UNREACHABLE.exitCode(), cli.run("verify-metrics", "--checks", THRESHOLD, "--prometheus", "http://127.0.0.1:1", "--timeout", "2s").code());
        long seconds = (System.nanoTime() - began) / 1_000_000_000L;
        assertTrue("it took " + seconds + " s of 2", seconds < 8);
    }

    @Test
    public void unreachablePages() throws Exception {
        try (LoopbackServer canary = LoopbackServer.start(r -> new LoopbackServer.Answer(200, ""))) {
            String stable = "http://127.0.0.1:" + LoopbackServer.closedPort();
            Cli.Outcome outcome = cli.run(
                    "verify-metrics", "--checks", "errorRate", "--scrape-canary", canary.url() + "/metrics", "--scrape-stable", stable + "/metrics", "--interval", "100ms", "--timeout", "300ms");
            assertEquals(Kind.UNREACHABLE.exitCode(), outcome.code());
            assertEquals("error: --scrape-stable: " + stable + "/metrics can't be reached (connection refused). Check the address and that the server is up.", outcome.error());
        }
    }

    @Test
    public void aQueryThatReturnsNothing() throws Exception {
        try (LoopbackServer server = prometheus("")) {
            Cli.Outcome outcome = threshold(server);
            assertEquals(Kind.INCONCLUSIVE.exitCode(), outcome.code());
            String last = outcome.err().lines().reduce((a, b) -> b).orElseThrow();
            assertTrue(last, last.contains(
                    "✘ inconclusive: nothing measured within 300ms: query: 'latency' gave no data; try it in the Prometheus UI, and correct it or see that its metrics are collected"));
            assertEquals("inconclusive", new ObjectMapper().readTree(outcome.out()).path("verdict").asText());
            assertEquals("the user may let it pass", 0, threshold(server, "--on-inconclusive", "pass").code());
        }
    }

    @Test
    public void aQueryThatIsNone() throws Exception {
        try (LoopbackServer server = LoopbackServer.start(r -> new LoopbackServer.Answer(400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"1:5: parse error\"}"))) {
            cli.failsWithTraceIfVerbose(
                    Kind.INVALID_INPUT, "--checks: query: Prometheus can't use 'latency' (", "verify-metrics", "--checks", THRESHOLD,
                    "--prometheus", server.url());
        }
    }

    @Test
    public void jsonPrintsTheResultOfAPass() throws Exception {
        try (LoopbackServer server = prometheus("{\"metric\":{},\"value\":[1,\"0.25\"]}")) {
            Cli.Outcome outcome = threshold(server);
            assertEquals(outcome.err(), 0, outcome.code());
            JsonNode result = new ObjectMapper().readTree(outcome.out());
            assertEquals("pass", result.path("verdict").asText());
            assertEquals("p99", result.path("checks").path(0).path("name").asText());
            assertEquals(0.25, result.path("checks").path(0).path("effect").asDouble(), 0);
            assertTrue("what does not exist is null", result.path("checks").path(0).path("lower").isNull());
        }
    }

    @Test
    public void aFailIsExitCodeThree() throws Exception {
        try (LoopbackServer server = prometheus("{\"metric\":{},\"value\":[1,\"0.75\"]}")) {
            Cli.Outcome outcome = threshold(server);
            assertEquals(Kind.ROLLED_BACK.exitCode(), outcome.code());
            assertEquals("fail", new ObjectMapper().readTree(outcome.out()).path("verdict").asText());
        }
    }

    @Test
    public void errorRatesAreReadFromThePagesThemselves() throws Exception {
        AtomicLong looks = new AtomicLong();
        try (LoopbackServer models = LoopbackServer.start(r -> {
            boolean canary = r.path().equals("/canary");
            long n = canary ? looks.incrementAndGet() : looks.get();
            return new LoopbackServer.Answer(200, "http_requests_total{code=\"200\"} " + n * 900 + "\nhttp_requests_total{code=\"500\"} " + n * (canary ? 100 : 5) + "\n");
        })) {
            Cli.Outcome outcome = cli.run(
                    "verify-metrics", "--checks", "errorRate", "--scrape-canary", models.url() + "/canary", "--scrape-stable", models.url() + "/stable", "--interval", "50ms", "--json");
            assertEquals(outcome.err(), Kind.ROLLED_BACK.exitCode(), outcome.code());
            assertTrue(new ObjectMapper().readTree(outcome.out()).path("checks").path(0).path("lower").asDouble() > 4);
        }
    }

    @Test
    public void credentialsComeFromTheEnvironmentAndAreNotShown() throws Exception {
        cli.variables.put("PROM_MAIN_TOKEN", "s3cret-t0ken");
        try (LoopbackServer server = prometheus("{\"metric\":{},\"value\":[1,\"0.25\"]}")) {
            Cli.Outcome outcome = threshold(server, "--credentials-id", "prom-main");
            assertEquals(0, outcome.code());
            assertEquals("Bearer s3cret-t0ken", server.requests().get(0).authorization());
            assertFalse((outcome.out() + outcome.err()).contains("s3cret"));
        }
    }

    private Cli.Outcome threshold(LoopbackServer server, String... more) {
        String[] args = {"verify-metrics", "--checks", THRESHOLD, "--prometheus", server.url(), "--interval", "100ms", "--timeout", "300ms", "--json"};
        return cli.run(java.util.stream.Stream.concat(java.util.Arrays.stream(args), java.util.Arrays.stream(more)).toArray(String[]::new));
    }

    private static LoopbackServer prometheus(String series) throws Exception {
        return LoopbackServer.start(r -> new LoopbackServer.Answer(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" + series + "]}}"));
    }
}
