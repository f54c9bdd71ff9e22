package io.jenkins.plugins.mldelivery.verify.preset;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.jenkins.plugins.mldelivery.house.Repository;
import io.jenkins.plugins.mldelivery.verify.source.LabelMatchers;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.Test;

/** What holds for every preset; how each reads its server's page is tested beside this. */
public class PresetsTest {
    @Test
    public void theOrderIsFromTheModelOutwards() {
        assertEquals(
                List.of(
                        "mlserver", "triton", "tensorflow-serving", "torchserve", "vllm", "kserve",
                        "seldon-v2", "seldon", "knative", "knative-until-1.18",
                        "http", "http-status", "http-status-code", "starlette", "opentelemetry",
                        "istio", "istio-grpc", "nginx"),
                Presets.names());
        assertEquals(Presets.names().size(), new HashSet<>(Presets.names()).size());
    }

    @Test
    public void theyAreFoundByTheirNames() {
        for (Preset preset : Presets.all()) {
            assertEquals(Optional.of(preset), Presets.named(preset.name()));
        }
        assertEquals(Optional.empty(), Presets.named("MLServer"));
        assertEquals(Optional.empty(), Presets.named(""));
    }

    @Test
    public void whatWasThereBeforePresetsIsTheHttpPreset() {
        Preset http = Presets.named("http").orElseThrow();
        assertEquals("http_requests_total", http.requests().get(0).metric());
        assertEquals("code=~\"5..\"", http.errors());
    }

    @Test
    public void theListsCannotBeChanged() {
        assertThrows(UnsupportedOperationException.class, () -> Presets.all().remove(0));
        List<Preset.Counter> counters = new ArrayList<>(List.of(new Preset.Counter("a", null)));
        Preset preset = new Preset("p", counters, null, null);
        counters.clear();
        assertEquals(1, preset.requests().size());
    }

    @Test
    public void everyMatcherParsesAndIsUnderstoodAlikeByPrometheus() throws Exception {
        for (Preset preset : Presets.all()) {
            List<String> all = new ArrayList<>();
            preset.requests().forEach(counter -> all.add(counter.labels()));
            all.add(preset.errors());
            all.add(preset.latency() == null ? null : preset.latency().labels());
            for (String matchers : all) {
                if (matchers != null) {
                    assertNotNull(LabelMatchers.parse("preset", matchers));
                    // RE2 has no look-around or back-references, and a backslash would need another one within PromQL's quotes.
                    assertFalse(preset.name() + ": " + matchers, matchers.contains("(?") || matchers.contains("\\"));
                }
            }
        }
    }

    @Test
    public void everyNameIsOneThatNeedsNoQuotes() {
        for (Preset preset : Presets.all()) {
            assertFalse(preset.requests().isEmpty());
            for (Preset.Counter counter : preset.requests()) {
                assertTrue(counter.metric(), counter.metric().matches("[a-zA-Z_:][a-zA-Z0-9_:]*"));
            }
            if (preset.latency() != null) {
                assertTrue(preset.latency().metric(), preset.latency().metric().matches("[a-zA-Z_:][a-zA-Z0-9_:]*(?<!_bucket)"));
                assertTrue(preset.name(), List.of(1.0, 1e3, 1e6).contains(preset.latency().perSecond()));
            }
        }
    }

    @Test
    public void theUnitIsTheOneInTheNameWhereThereIsOne() {
        for (Preset preset : Presets.all()) {
            if (preset.latency() != null) {
                String metric = preset.latency().metric();
                double expected = metric.endsWith("_milliseconds") || metric.endsWith("_ms") || metric.equals("revision_request_latencies") ? 1e3 : metric.equals(":tensorflow:serving:request_latency") ? 1e6 : 1;
                assertEquals(metric, expected, preset.latency().perSecond(), 0);
                assertTrue(metric, expected != 1 || metric.endsWith("_seconds"));
            }
        }
    }

    @Test
    public void aFailureCounterIsToldByTheLabelOfItsName() throws Exception {
        LabelMatchers failures = LabelMatchers.parse("errors", Presets.named("triton").orElseThrow().errors());
        assertTrue(failures.matches(Map.of("__name__", "nv_inference_request_failure", "model", "m")));
        assertFalse(failures.matches(Map.of("__name__", "nv_inference_request_success", "model", "m")));
        assertFalse("a series without its name is no failure", failures.matches(Map.of("model", "m")));
    }

    @Test
    public void whereSeveralCountersAreReadTheErrorsNameOneOfThem() throws Exception {
        for (Preset preset : Presets.all()) {
            if (preset.requests().size() > 1) {
                LabelMatchers errors = LabelMatchers.parse("errors", preset.errors());
                assertEquals(preset.name(), 1, preset.requests().stream().filter(counter -> errors.matches(Map.of("__name__", counter.metric()))).count());
            }
        }
    }

    @Test
    public void probesAreLeftOutByTheirPathsAndNothingElseIs() throws Exception {
        LabelMatchers kept = LabelMatchers.parse("preset", Presets.named("starlette").orElseThrow().requests().get(0).labels());
        for (String probe : List.of("/metrics", "/metrics/", "/health", "/health/live", "/v2/health/ready", "/v2/models/{model_name}/ready", "/healthz", "/livez", "/ping", "/api/startup")) {
            assertFalse(probe, kept.matches(Map.of("path", probe)));
        }
        for (String path : List.of("/", "/predict", "/invocations", "/v1/models/health-risk:predict", "/healthcare/predict", "/metrics-of-people", "none", "/already", "metrics")) {
            assertTrue(path, kept.matches(Map.of("path", path)));
        }
        assertTrue("no path at all", kept.matches(Map.of("status_code", "200")));
        assertTrue("the Prometheus operator's label for the port", kept.matches(Map.of("endpoint", "metrics", "path", "/predict")));
    }

    @Test
    public void theDocumentationHasARowForEach() throws Exception {
        List<String> rows = Files.readAllLines(Repository.root().resolve("docs/reference/presets.md")).stream().filter(line -> line.startsWith("| `")).toList();
        assertEquals(Presets.names(), rows.stream().map(row -> row.split("`")[1]).toList());
        for (int i = 0; i < rows.size(); i++) {
            Preset preset = Presets.all().get(i);
            String row = rows.get(i);
            Stream<String> metrics = Stream.concat(preset.requests().stream().map(Preset.Counter::metric), Stream.ofNullable(preset.latency()).map(Preset.Histogram::metric));
            metrics.forEach(metric -> assertTrue(row + " does not name " + metric, row.contains("`" + metric)));
            if (preset.latency() != null) {
                String unit = preset.latency().perSecond() == 1 ? "`, s |" : preset.latency().perSecond() == 1e3 ? "`, ms |" : "`, µs |";
                assertTrue(row + " does not give " + unit, row.contains(unit));
            }
        }
    }
}
