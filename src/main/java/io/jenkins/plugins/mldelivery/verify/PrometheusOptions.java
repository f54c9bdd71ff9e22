package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.verify.source.PrometheusAccess;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a Prometheus server, or the metrics pages when there is none, are reached besides the plain way. It holds no secret: credentials are named by their ids.
 *
 * @param auth how to log in other than with the plain <code>credentialsId</code>, or null
 * @param headers name to value of headers that are sent with every request, such as <code>X-Scope-OrgID</code>
 * @param secretHeaders name of a header to the id of the credentials that are its value
 * @param caCertificate PEM text of the certificate authorities that the server's certificate may come from, or null for the Java platform's
 * @param clientCertificateId id of the certificate that this side shows, or null
 * @param insecure whether any certificate of the server is taken
 * @param allowPlainHttp whether secrets may be sent without TLS to servers that are not on loopback
 * @param proxy <code>host:port</code> of an HTTP proxy, or null
 * @param noProxy hosts that are reached without it
 * @param queryTimeout how long one query, or one page, may take, from <code>1s</code> to <code>10m</code>
 */
public record PrometheusOptions(
        PrometheusAccess.Authentication auth,
        Map<String, String> headers,
        Map<String, String> secretHeaders,
        String caCertificate,
        String clientCertificateId,
        boolean insecure,
        boolean allowPlainHttp,
        String proxy,
        List<String> noProxy,
        String queryTimeout)
        implements Serializable {
    public static final String DEFAULT_QUERY_TIMEOUT = "20s";

    public PrometheusOptions {
        headers = Collections.unmodifiableMap(new TreeMap<>(headers));
        secretHeaders = Collections.unmodifiableMap(new TreeMap<>(secretHeaders));
        noProxy = List.copyOf(noProxy);
    }

    /** Without secrets over plain HTTP. */
    public PrometheusOptions(
            PrometheusAccess.Authentication auth, Map<String, String> headers, Map<String, String> secretHeaders, String caCertificate, String clientCertificateId, boolean insecure, String proxy,
            List<String> noProxy, String queryTimeout) {
        this(auth, headers, secretHeaders, caCertificate, clientCertificateId, insecure, false, proxy, noProxy, queryTimeout);
    }

    /** The same, which allows secrets over plain HTTP or does not. */
    public PrometheusOptions withPlainHttp(boolean allowed) {
        return new PrometheusOptions(auth, headers, secretHeaders, caCertificate, clientCertificateId, insecure, allowed, proxy, noProxy, queryTimeout);
    }

    /** The plain way. */
    public static PrometheusOptions defaults() {
        return new PrometheusOptions(null, Map.of(), Map.of(), null, null, false, null, List.of(), DEFAULT_QUERY_TIMEOUT);
    }

    /**
     * What a source needs to know.
     *
     * @param url of the server, or null for pages, which have URLs of their own
     * @param credentialsId the plain credentials, or null
     * @throws DeliveryException when <code>queryTimeout</code> is no duration
     */
    PrometheusAccess access(String url, String credentialsId) throws DeliveryException {
        List<PrometheusAccess.Header> all = new ArrayList<>();
        headers.forEach((name, value) -> all.add(new PrometheusAccess.Header(name, value, null)));
        secretHeaders.forEach((name, id) -> all.add(new PrometheusAccess.Header(name, null, id)));
        PrometheusAccess plain = PrometheusAccess.of(url, credentialsId);
        return (auth == null ? plain : plain.with(auth))
                .withHeaders(all)
                .withTls(caCertificate, clientCertificateId, insecure)
                .withProxy(proxy, noProxy)
                .withQueryTimeout(Durations.parse("queryTimeout", queryTimeout));
    }
}
