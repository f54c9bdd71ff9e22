package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Makes of an access, and the secrets that it names, something that can ask. */
final class PrometheusConnection {
    /** Headers that belong to HTTP itself, or to what is set here. */
    private static final Set<String> OWN = Set.of("host", "content-length", "content-type", "connection", "upgrade", "expect", "transfer-encoding", "accept", "accept-encoding");

    private PrometheusConnection() {}

    static PrometheusApi of(PrometheusAccess access, Secrets secrets, Clock clock, SourceNotes notes) throws DeliveryException {
        URI base = Http.uri("prometheus", access.url());
        Duration timeout = access.queryTimeout();
        if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.compareTo(Duration.ofMinutes(10)) > 0) {
            throw DeliveryException.invalid("queryTimeout", "it is not from 1s to 10m", "Give the time that one query may take, such as 20s.");
        }
        HttpClient client = client(access, secrets);
        Map<String, String> headers = headers(access, secrets);
        return new PrometheusApi(new Http(client, authorizer(access, secrets, client, clock)), base, headers, timeout, clock, notes);
    }

    private static HttpClient client(PrometheusAccess access, Secrets secrets) throws DeliveryException {
        HttpClient.Builder client = Http.client();
        if (access.insecure() || access.caCertificate() != null || access.clientCertificateId() != null) {
            client.sslContext(Tls.context(access, access.clientCertificateId() == null ? null : secrets.certificate("clientCertificateId", access.clientCertificateId())));
        }
        if (access.proxy() != null) {
            client.proxy(ProxyRule.parse(access.proxy(), access.noProxy()));
        }
        return client.build();
    }

    private static Authorizer authorizer(PrometheusAccess access, Secrets secrets, HttpClient client, Clock clock) throws DeliveryException {
        PrometheusAccess.Authentication how = access.authentication();
        if (how instanceof PrometheusAccess.Credentials credentials) {
            return Authorizer.of(secrets.require("credentialsId", credentials.credentialsId()));
        }
        if (how instanceof PrometheusAccess.OAuth2 oauth2) {
            Login login = secrets.require("oauth2", oauth2.credentialsId());
            if (login.isToken()) {
                throw DeliveryException.invalid("oauth2", "the credentials '" + oauth2.credentialsId() + "' are a token", "Give the client's id and secret, as user name and password.");
            }
            return new OAuth2Authorizer(oauth2, Http.uri("oauth2", oauth2.tokenUrl()), login, new Http(client, Authorizer.none()), clock);
        }
        if (how instanceof PrometheusAccess.SigV4 aws) {
            Login keys = secrets.require("sigv4", aws.credentialsId());
            if (keys.isToken()) {
                throw DeliveryException.invalid("sigv4", "the credentials '" + aws.credentialsId() + "' are a token", "Give the access key's id and its secret, as user name and password.");
            }
            if (aws.region() == null || !aws.region().matches("[a-z0-9-]+")) {
                throw DeliveryException.invalid("sigv4", "'" + aws.region() + "' is no region", "Write it like eu-central-1.");
            }
            SecretText session = aws.sessionTokenId() == null ? null : secrets.require("sigv4", aws.sessionTokenId()).secret();
            return new SigV4Authorizer(aws.region(), aws.service() == null ? PrometheusAccess.SigV4.SERVICE : aws.service(), keys, session, clock);
        }
        return Authorizer.none();
    }

    private static Map<String, String> headers(PrometheusAccess access, Secrets secrets) throws DeliveryException {
        Map<String, String> headers = new LinkedHashMap<>();
        boolean login = !(access.authentication() instanceof PrometheusAccess.NoLogin);
        for (PrometheusAccess.Header header : access.headers()) {
            String name = header.name() == null ? "" : header.name().strip();
            if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
                throw DeliveryException.invalid("headers", "'" + name + "' is no name of a header", "Write it like X-Scope-OrgID.");
            }
            String lower = name.toLowerCase(Locale.ROOT);
            if (OWN.contains(lower) || login && "authorization".equals(lower)) {
                throw DeliveryException.invalid("headers", "the header '" + name + "' is set already", "Leave it out.");
            }
            if ((header.value() == null) == (header.credentialsId() == null)) {
                throw DeliveryException.invalid("headers", "the header '" + name + "' has " + (header.value() == null ? "no value" : "two values"), "Give either a value or the id of credentials.");
            }
            String value = header.value() != null ? header.value() : secrets.require("headers", header.credentialsId()).secret().reveal();
            if (value.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 127 || c > 255)) {
                throw DeliveryException.invalid("headers", "the value of the header '" + name + "' has characters that no header may have", "Write it in one line, without special characters.");
            }
            headers.put(name, value.strip());
        }
        return headers;
    }
}
