package io.jenkins.plugins.mldelivery.hostile;

import io.jenkins.plugins.mldelivery.hostile.HostileInput.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Jobs as large as the documentation allows, which mean no harm and have to work in the same memory. */
final class LargeJobs {
    private static final int CHECKS = 50;
    private static final int BINS = 100;
    private static final int PODS = 64;

    private LargeJobs() {}

    static List<HostileInput> all() {
        return List.of(
                new HostileInput(
                                Kind.LARGE_JOBS,
                                CHECKS + " checks of " + BINS + " bins on " + PODS + " and " + PODS + " pods",
                                0,
                                "pass",
                                LargeJobs::checks)
                        .within(Duration.ofMinutes(10))
                        .seldom(),
                new HostileInput(Kind.LARGE_JOBS, "a model of 2 GiB", 0, "", scene -> {
                            scene.sparse("model/large.bin", 2L << 30);
                            return List.of(
                                    "build-image",
                                    "--model",
                                    "model",
                                    "--image",
                                    "a:1",
                                    "--no-push",
                                    "--layout",
                                    "out",
                                    "--timeout",
                                    "20m");
                        })
                        .within(Duration.ofMinutes(20))
                        .seldom(),
                new HostileInput(Kind.LARGE_JOBS, "a plan of almost 2 GiB", 0, "", scene -> {
                            String values =
                                    "\"before\":{\"input\":\"" + "v".repeat(4000) + "\"},\"after\":{\"input\":\""
                                            + "w".repeat(4000) + "\",\"list\":[1,2.5,true,null]}";
                            String entry = "{\"address\":\"terraform_data.x\",\"change\":{\"actions\":[\"update\"],"
                                    + values + ",\"before_sensitive\":{},\"after_sensitive\":{}}},";
                            scene.file("entry", entry + "\n");
                            // Without the line that head would cut.
                            long entries = (2047L << 20) / (entry.length() + 1);
                            return ToolInputs.provision(
                                    scene,
                                    ToolInputs.Script.GOOD.show(
                                            "printf '{\"format_version\":\"1.2\",\"resource_changes\":['; yes \"$(cat"
                                                    + " ../entry)\" | head -n "
                                                    + entries
                                                    + "; echo"
                                                    + " '{\"address\":\"b\",\"change\":{\"actions\":[\"create\"]}}]}'"),
                                    "--timeout",
                                    "20m");
                        })
                        .within(Duration.ofMinutes(20))
                        .seldom());
    }

    /** Each pod has all histograms, and has served more whenever it is asked. */
    private static List<String> checks(Scene scene) throws Exception {
        AtomicLong asked = new AtomicLong();
        String url = scene.server((head, out) -> {
                    long requests = 1000 + 200 * (asked.getAndIncrement() / (2 * PODS));
                    StringBuilder page = new StringBuilder();
                    for (int check = 0; check < CHECKS; check++) {
                        for (int bin = 1; bin <= BINS; bin++) {
                            page.append("feature_")
                                    .append(check)
                                    .append("_bucket{model=\"churn\",le=\"")
                                    .append(bin)
                                    .append("\"} ")
                                    .append(requests * bin / BINS)
                                    .append('\n');
                        }
                        page.append("feature_")
                                .append(check)
                                .append("_bucket{model=\"churn\",le=\"+Inf\"} ")
                                .append(requests)
                                .append('\n');
                    }
                    byte[] body = page.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
                    out.write(io.jenkins.plugins.mldelivery.testing.ByteServer.head(
                            "200 OK", "Content-Length: " + body.length));
                    out.write(body);
                })
                .url();
        List<String> line = new ArrayList<>(List.of("verify-metrics", "--timeout", "8m", "--interval", "2s"));
        for (int check = 0; check < CHECKS; check++) {
            line.addAll(List.of("--checks", "distribution: {name: f" + check + ", metric: feature_" + check + "}"));
        }
        line.addAll(List.of("--scrape-canary", MetricsInputs.urls(url + "/canary", PODS), "--scrape-stable", MetricsInputs.urls(url + "/stable", PODS)));
        return line;
    }
}
