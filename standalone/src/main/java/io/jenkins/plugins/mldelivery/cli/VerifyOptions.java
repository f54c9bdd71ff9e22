package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.verify.PrometheusOptions;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The parameters of <code>mlVerifyMetrics</code>, shared by <code>verify-metrics</code> and <code>deploy-model</code>. */
final class VerifyOptions {
    @Option(names = "--checks", paramLabel = "CHECK", description = "A check; may be repeated: errorRate, latency, distribution, gauge, threshold or expression, such as errorRate, 'latency: {bound: 0.5}' or 'threshold: {name: p99, query: \"...\", max: 0.5}'.")
    List<String> checks = List.of();

    @Option(names = "--prometheus", paramLabel = "URL", description = "Prometheus server; without it the models' own metrics are scraped.")
    String prometheus;

    @Option(names = "--credentials-id", description = "Credentials of Prometheus: ID_USERNAME and ID_PASSWORD, or ID_TOKEN, of the environment.")
    String credentialsId;

    @Option(names = "--auth", paramLabel = "LOGIN",
            description = "Another login than with a password or token, such as 'oauth2: {tokenUrl: ..., credentialsId: ID}' or 'sigV4: {region: eu-central-1, credentialsId: ID}'.")
    String auth;

    @Option(names = "--headers", paramLabel = "NAME=VALUE", description = "Header sent with every request, such as X-Scope-OrgID=team; may be repeated.")
    Map<String, String> headers = Map.of();

    @Option(names = "--secret-headers", paramLabel = "NAME=ID", description = "Header whose value is ID_TOKEN (or ID_PASSWORD) of the environment; may be repeated.")
    Map<String, String> secretHeaders = Map.of();

    @Option(names = "--ca-certificate", paramLabel = "FILE", description = "PEM file of the certificate authorities that the server's certificate may come from.")
    String caCertificate;

    @Option(names = "--client-certificate-id", paramLabel = "ID", description = "Certificate that this side shows: ID_CERTIFICATE of the environment is its file (PEM with the key, or PKCS#12), ID_PASSWORD its password.")
    String clientCertificateId;

    @Option(names = "--insecure", description = "Accept any certificate of the server.")
    boolean insecure;

    @Option(names = "--allow-plain-http", description = "Send secrets to servers that are not on this machine without TLS too.")
    boolean allowPlainHttp;

    @Option(names = "--proxy", paramLabel = "HOST:PORT", description = "HTTP proxy.")
    String proxy;

    @Option(names = "--no-proxy", split = ",", paramLabel = "HOST", description = "Hosts that are reached without the proxy: a name, .domain, an address, or *.")
    List<String> noProxy = List.of();

    @Option(names = "--query-timeout", defaultValue = PrometheusOptions.DEFAULT_QUERY_TIMEOUT, description = "How long one query, or one page, may take. Default: ${DEFAULT-VALUE}")
    String queryTimeout;

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

    @Option(names = "--on-partial", defaultValue = VerifyMetricsRequest.DEFAULT_ON_PARTIAL,
            description = "What an incomplete answer of Prometheus means: inconclusive or accept. Default: ${DEFAULT-VALUE}")
    String onPartial;

    @Option(names = "--pod-warm-up", defaultValue = VerifyMetricsRequest.DEFAULT_POD_WARM_UP,
            description = "From the first request of each pod on, a time whose data does not count. Default: ${DEFAULT-VALUE}")
    String podWarmUp;

    /**
     * @param timeout from the command's own option, since deploy-model has two time-outs
     * @param directory that paths are relative to
     */
    VerifyMetricsRequest request(String timeout, Path directory) throws DeliveryException {
        PrometheusOptions access = new PrometheusOptions(
                auth == null ? null : AuthOption.parse(auth), headers, secretHeaders, caCertificate == null ? null : read(directory, timeout), clientCertificateId, insecure, allowPlainHttp, proxy,
                noProxy, queryTimeout);
        return new VerifyMetricsRequest(
                ChecksOption.parse(checks), prometheus, credentialsId, access, canary, stable, scrapeCanary, scrapeStable, interval, timeout,
                onInconclusive, onPartial, podWarmUp);
    }

    private String read(Path directory, String timeout) throws DeliveryException {
        byte[] pem = new NamedFile(
                        "caCertificate",
                        Durations.limit("timeout", timeout),
                        "Give the authority's certificate as a PEM file.")
                .read(directory, caCertificate);
        try {
            return StandardCharsets.US_ASCII.newDecoder().decode(ByteBuffer.wrap(pem)).toString();
        } catch (CharacterCodingException e) {
            throw DeliveryException.invalid(
                    "caCertificate",
                    "'" + caCertificate + "' is not a PEM file",
                    "Give the authority's certificate as PEM text.");
        }
    }
}
