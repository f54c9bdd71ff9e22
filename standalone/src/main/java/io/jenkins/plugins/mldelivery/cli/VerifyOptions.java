package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import java.util.List;
import picocli.CommandLine.Option;

/** The parameters of <code>mlVerifyMetrics</code>, shared by <code>verify-metrics</code> and <code>deploy-model</code>. */
final class VerifyOptions {
    @Option(names = "--checks", paramLabel = "CHECK", description = "A check; may be repeated. errorRate, 'errorRate: {margin: 1.3}', or 'threshold: {name: p99, query: \"...\", max: 0.5}'.")
    List<String> checks = List.of();

    @Option(names = "--prometheus", paramLabel = "URL", description = "Prometheus server; without it the models' own metrics are scraped.")
    String prometheus;

    @Option(names = "--credentials-id", description = "Credentials of Prometheus: ID_USERNAME and ID_PASSWORD, or ID_TOKEN, of the environment.")
    String credentialsId;

    @Option(names = "--canary", paramLabel = "MATCHERS", description = "PromQL label matchers of the canary's series.")
    String canary;

    @Option(names = "--stable", paramLabel = "MATCHERS", description = "PromQL label matchers of the stable version's series.")
    String stable;

    @Option(names = "--scrape-canary", paramLabel = "URL", split = ",", description = "Metrics pages of the canary.")
    List<String> scrapeCanary = List.of();

    @Option(names = "--scrape-stable", paramLabel = "URL", split = ",", description = "Metrics pages of the stable version.")
    List<String> scrapeStable = List.of();

    @Option(names = "--interval", defaultValue = VerifyMetricsRequest.DEFAULT_INTERVAL, description = "Time between looks. Default: ${DEFAULT-VALUE}")
    String interval;

    @Option(names = "--on-inconclusive", defaultValue = VerifyMetricsRequest.DEFAULT_ON_INCONCLUSIVE, description = "fail, pass or unstable. Default: ${DEFAULT-VALUE}")
    String onInconclusive;

    /** @param timeout from the command's own option, since deploy-model has two time-outs */
    VerifyMetricsRequest request(String timeout) throws DeliveryException {
        return new VerifyMetricsRequest(
                ChecksOption.parse(checks), prometheus, credentialsId, canary, stable, scrapeCanary, scrapeStable, interval, timeout,
                onInconclusive);
    }
}
