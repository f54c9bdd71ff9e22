package io.jenkins.plugins.mldelivery.verify.source;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How to reach a server with the Prometheus HTTP API. It holds no secret: credentials are named by their ids and looked up when the source is made.
 *
 * @param url its URL, in which a path is kept; null for metrics pages, which have URLs of their own
 * @param authentication how to log in
 * @param headers sent with every request, such as <code>X-Scope-OrgID</code>
 * @param caCertificate PEM text of the certificate authorities that its certificate may come from, instead of the Java platform's; null for those
 * @param clientCertificateId id of the certificate that this side shows (see {@link io.jenkins.plugins.mldelivery.delivery.Secrets#certificate}), or null
 * @param insecure whether any certificate of the server is taken
 * @param proxy <code>host:port</code> of an HTTP proxy, or null
 * @param noProxy hosts that are reached without it: a name, <code>.domain</code> or <code>*.domain</code>, an address, or <code>*</code>
 * @param queryTimeout how long one query may take, from 1 s to 10 min
 */
public record PrometheusAccess(
        String url,
        Authentication authentication,
        List<Header> headers,
        String caCertificate,
        String clientCertificateId,
        boolean insecure,
        String proxy,
        List<String> noProxy,
        Duration queryTimeout)
        implements Serializable {
    public static final Duration DEFAULT_QUERY_TIMEOUT = Duration.ofSeconds(20);

    public PrometheusAccess {
        Objects.requireNonNull(authentication, "authentication");
        headers = List.copyOf(headers);
        noProxy = List.copyOf(noProxy);
        Objects.requireNonNull(queryTimeout, "queryTimeout");
    }

    /** A server with these credentials (user name and password, or a token), or with none when the id is null. */
    public static PrometheusAccess of(String url, String credentialsId) {
        return new PrometheusAccess(url, credentialsId == null ? new NoLogin() : new Credentials(credentialsId), List.of(), null, null, false, null, List.of(), DEFAULT_QUERY_TIMEOUT);
    }

    /** The same with another login. */
    public PrometheusAccess with(Authentication other) {
        return new PrometheusAccess(url, other, headers, caCertificate, clientCertificateId, insecure, proxy, noProxy, queryTimeout);
    }

    /** The same with other headers. */
    public PrometheusAccess withHeaders(List<Header> others) {
        return new PrometheusAccess(url, authentication, others, caCertificate, clientCertificateId, insecure, proxy, noProxy, queryTimeout);
    }

    /** The same with other TLS settings. */
    public PrometheusAccess withTls(String otherCaCertificate, String otherClientCertificateId, boolean isInsecure) {
        return new PrometheusAccess(url, authentication, headers, otherCaCertificate, otherClientCertificateId, isInsecure, proxy, noProxy, queryTimeout);
    }

    /** The same through another proxy. */
    public PrometheusAccess withProxy(String otherProxy, List<String> others) {
        return new PrometheusAccess(url, authentication, headers, caCertificate, clientCertificateId, insecure, otherProxy, others, queryTimeout);
    }

    /** The same with another time for each query. */
    public PrometheusAccess withQueryTimeout(Duration other) {
        return new PrometheusAccess(url, authentication, headers, caCertificate, clientCertificateId, insecure, proxy, noProxy, other);
    }

    /** How to log in. */
    public sealed interface Authentication extends Serializable permits NoLogin, Credentials, OAuth2, SigV4 {}

    /** Not at all. */
    public record NoLogin() implements Authentication {}

    /**
     * With a user name and password (basic), or a token (bearer).
     *
     * @param credentialsId their id
     */
    public record Credentials(String credentialsId) implements Authentication {}

    /**
     * With a token of an OAuth 2.0 server, which is asked for it by the client credentials grant (RFC 6749, section 4.4).
     *
     * @param tokenUrl the server's token endpoint
     * @param credentialsId id of the client's id and secret (as user name and password)
     * @param scopes what to ask for; empty for the server's default
     * @param audience for whom the token is meant, as some servers want to know; null for none
     */
    public record OAuth2(String tokenUrl, String credentialsId, List<String> scopes, String audience) implements Authentication {
        public OAuth2 {
            scopes = List.copyOf(scopes);
        }
    }

    /**
     * With AWS Signature Version 4, for Amazon Managed Service for Prometheus.
     *
     * @param region such as <code>eu-central-1</code>
     * @param credentialsId id of the access key's id and its secret (as user name and password)
     * @param sessionTokenId id of the session token (as a token) of temporary credentials; null for none
     * @param service the service's name, null for {@link #SERVICE}
     */
    public record SigV4(String region, String credentialsId, String sessionTokenId, String service) implements Authentication {
        public static final String SERVICE = "aps";

        public SigV4 {
            service = service == null ? SERVICE : service;
        }
    }

    /**
     * A header.
     *
     * @param name its name
     * @param value its value; null when it is a secret
     * @param credentialsId id of its value, if that is a secret (a token, or the password of a login); null when it is none
     */
    public record Header(String name, String value, String credentialsId) implements Serializable {}
}
