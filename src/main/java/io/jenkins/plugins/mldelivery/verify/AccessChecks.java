package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Ascii;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.verify.source.MetricNames;
import io.jenkins.plugins.mldelivery.verify.source.Prometheus;
import io.jenkins.plugins.mldelivery.verify.source.PrometheusAccess;
import io.jenkins.plugins.mldelivery.verify.source.ScrapeSource;
import io.jenkins.plugins.mldelivery.verify.source.SourceContext;
import io.jenkins.plugins.mldelivery.verify.source.Urls;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Checks how the metrics are to be reached, before the wait begins. What would have no effect is refused rather than ignored: most of it is there to keep something secret. */
final class AccessChecks {
    private AccessChecks() {}

    /** What can be said without the secrets. */
    static void check(VerifyMetricsRequest request) throws DeliveryException {
        PrometheusOptions options = request.access();
        Map<String, Boolean> given = given(request);
        List<String> urls = urls(request);
        for (Map.Entry<String, Boolean> one : given.entrySet()) {
            if (one.getValue() && urls.isEmpty()) {
                throw DeliveryException.invalid(
                        one.getKey(), "there is no server to use it for, since pods are read through the Kubernetes API", "Leave it out, or give `prometheus`.");
            }
        }
        if (options.auth() != null && request.credentialsId() != null) {
            throw DeliveryException.invalid("credentialsId", "auth says already how to log in", "Give one of the two; `auth` takes a credentialsId of its own.");
        }
        plainHttp(request);
        for (String name : List.of("insecure", "caCertificate", "clientCertificateId")) {
            if (given.get(name) && urls.stream().noneMatch(AccessChecks::hasTls)) {
                throw DeliveryException.invalid(name, "it has no effect on '" + Urls.shown(urls.get(0)) + "', which is reached without TLS", "Leave it out, or give an https URL.");
            }
        }
        if (options.insecure() && options.caCertificate() != null) {
            throw DeliveryException.invalid("caCertificate", "it has no effect, since insecure takes any certificate", "Leave `insecure` out.");
        }
        if (options.proxy() == null && !options.noProxy().isEmpty()) {
            throw DeliveryException.invalid("noProxy", "there is no proxy to go without", "Give `proxy`, or leave `noProxy` out.");
        }
        headers(options);
    }

    /**
     * Likewise, and that the credentials are there and fit. Nothing remote is done.
     *
     * @throws DeliveryException by the parameter's name
     */
    static void check(VerifyMetricsRequest request, Secrets secrets) throws DeliveryException {
        check(request);
        PrometheusAccess access = request.access().access(request.prometheus(), request.credentialsId());
        if (request.prometheus() != null) {
            new Prometheus(access, null, null, SourceContext.of(secrets));
        } else if (!urls(request).isEmpty()) {
            ScrapeSource.ofUrls(request.scrapeCanary(), request.scrapeStable(), MetricNames.all(), access, SourceContext.of(secrets));
        }
    }

    /** Which of the parameters are not at their defaults. */
    private static Map<String, Boolean> given(VerifyMetricsRequest request) {
        PrometheusOptions options = request.access();
        Map<String, Boolean> given = new LinkedHashMap<>();
        given.put("credentialsId", request.credentialsId() != null);
        given.put("auth", options.auth() != null);
        given.put("headers", !options.headers().isEmpty());
        given.put("secretHeaders", !options.secretHeaders().isEmpty());
        given.put("caCertificate", options.caCertificate() != null);
        given.put("clientCertificateId", options.clientCertificateId() != null);
        given.put("insecure", options.insecure());
        given.put("allowPlainHttp", options.allowPlainHttp());
        given.put("proxy", options.proxy() != null);
        given.put("noProxy", !options.noProxy().isEmpty());
        given.put("queryTimeout", !PrometheusOptions.DEFAULT_QUERY_TIMEOUT.equals(options.queryTimeout()));
        return given;
    }

    private static List<String> urls(VerifyMetricsRequest request) {
        return servers(request).stream().map(Server::url).toList();
    }

    /** Who is sent requests, by the parameter that names it. */
    private record Server(String parameter, String url) {}

    private static List<Server> servers(VerifyMetricsRequest request) {
        List<Server> servers = new ArrayList<>();
        if (request.prometheus() == null) {
            request.scrapeCanary().forEach(url -> servers.add(new Server("scrapeCanary", url)));
            request.scrapeStable().forEach(url -> servers.add(new Server("scrapeStable", url)));
        } else {
            servers.add(new Server("prometheus", request.prometheus()));
        }
        if (!servers.isEmpty() && request.access().auth() instanceof PrometheusAccess.OAuth2 oauth2 && oauth2.tokenUrl() != null) {
            servers.add(new Server("auth", oauth2.tokenUrl()));
        }
        return servers;
    }

    /** Whoever is in the network can read a secret that is sent without TLS. */
    private static void plainHttp(VerifyMetricsRequest request) throws DeliveryException {
        PrometheusOptions options = request.access();
        boolean secret = request.credentialsId() != null || options.auth() != null || !options.secretHeaders().isEmpty();
        List<Server> plain = servers(request).stream()
                .filter(server -> secret && !hasTls(server.url()) && (!isLoopback(server.url()) || Urls.isProxied(server.url(), options.proxy(), options.noProxy())))
                .toList();
        if (!plain.isEmpty() && !options.allowPlainHttp()) {
            throw DeliveryException.invalid(
                    plain.get(0).parameter(), "a secret would be sent to '" + Urls.shown(plain.get(0).url()) + "' without TLS",
                    "Give an https URL, or set `allowPlainHttp`, only in a network that you trust.");
        }
        if (plain.isEmpty() && options.allowPlainHttp()) {
            throw DeliveryException.invalid("allowPlainHttp", "it has no effect, since no secret is sent without TLS to another machine", "Leave it out.");
        }
    }

    private static boolean hasTls(String url) {
        return Ascii.lower(url.strip()).startsWith("https:");
    }

    /** A URL that is none counts as one: it is refused by others. */
    private static boolean isLoopback(String url) {
        String host = Urls.host(url);
        return host == null || host.equals("localhost") || host.equals("[::1]") || host.startsWith("127.") && host.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
    }

    private static void headers(PrometheusOptions options) throws DeliveryException {
        for (String name : options.headers().keySet()) {
            String lower = Ascii.lower(name.strip());
            if (lower.equals("authorization") || lower.equals("proxy-authorization") || lower.equals("cookie")) {
                throw DeliveryException.invalid("headers", "the value of '" + name + "' is a secret", "Put it into credentials, and give their id in `secretHeaders`.");
            }
        }
        for (Map.Entry<String, String> one : options.secretHeaders().entrySet()) {
            if (one.getValue() == null || one.getValue().isBlank()) {
                throw DeliveryException.invalid("secretHeaders", "the header '" + one.getKey() + "' has no id of credentials", "Give the id of the credentials that are its value.");
            }
        }
    }
}
