package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.Masker;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What an access, and the secrets that it names, make: something that can ask, and that knows which of its words must not be told. */
final class PrometheusConnection {
    /** Headers that belong to HTTP itself, or to what is set here. */
    private static final Set<String> OWN = Set.of("host", "content-length", "content-type", "connection", "upgrade", "expect", "transfer-encoding", "accept", "accept-encoding");
    private static final String AUTH = "auth";
    /** Of RFC 6749, section 3.3. */
    private static final String SCOPE = "[!#-\\[\\]-~]+";

    /** For every access without settings of its own. A client has a thread, and a thousand waits need not have a thousand of them. It keeps connections and nothing else: logins and headers are each request's own. */
    private static final class Plain {
        private static final HttpClient CLIENT = Http.client().build();
    }

    private final PrometheusAccess access;
    private final Secrets secrets;
    private final Clock clock;
    private final List<SecretText> told = new ArrayList<>();
    private final Http http;
    private final Map<String, String> headers;

    /**
     * Nothing remote is done yet.
     *
     * @throws DeliveryException when something of the access is wrong, by its parameter
     */
    PrometheusConnection(PrometheusAccess access, Secrets secrets, Clock clock) throws DeliveryException {
        this.access = access;
        this.secrets = secrets;
        this.clock = clock;
        Duration timeout = access.queryTimeout();
        if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.compareTo(Duration.ofMinutes(10)) > 0) {
            throw DeliveryException.invalid("queryTimeout", "it is not from 1s to 10m", "Give the time that one query may take, such as 20s.");
        }
        HttpClient.Builder client = Http.client();
        HttpClient.Builder tokens = Http.client();
        settle(client, tokens);
        this.headers = headers();
        this.http = new Http(isPlain() ? Plain.CLIENT : client.build(), authorizer(tokens));
    }

    Http http() {
        return http;
    }

    /** The access's own headers. */
    Map<String, String> extraHeaders() {
        return headers;
    }

    Duration queryTimeout() {
        return access.queryTimeout();
    }

    /** The parameter that is wrong when the server refuses the login. */
    String loginParameter() {
        boolean other = access.authentication() instanceof PrometheusAccess.OAuth2 || access.authentication() instanceof PrometheusAccess.SigV4;
        return other ? AUTH : "credentialsId";
    }

    /** What a server said, without the secrets that it may repeat. */
    String mask(String text) {
        return Masker.of(told).mask(text);
    }

    private boolean isPlain() {
        return !access.insecure() && access.caCertificate() == null && access.clientCertificateId() == null && access.proxy() == null;
    }

    /** TLS and the proxy, for the server and for an OAuth 2.0 server, which often has a certificate of a public authority while the other one has not. */
    private void settle(HttpClient.Builder client, HttpClient.Builder tokens) throws DeliveryException {
        if (access.insecure() || access.caCertificate() != null || access.clientCertificateId() != null) {
            Tls tls = new Tls(access, access.clientCertificateId() == null ? null : secrets.certificate("clientCertificateId", access.clientCertificateId()));
            client.sslContext(tls.context(false));
            tokens.sslContext(tls.context(true));
        }
        if (access.proxy() != null) {
            ProxyRule rule = ProxyRule.parse(access.proxy(), access.noProxy());
            client.proxy(rule);
            tokens.proxy(rule);
        }
    }

    private Authorizer authorizer(HttpClient.Builder tokens) throws DeliveryException {
        PrometheusAccess.Authentication how = access.authentication();
        if (how instanceof PrometheusAccess.Credentials credentials) {
            Login login = remembered(secrets.require("credentialsId", credentials.credentialsId()));
            told.add(SecretText.of(Authorizer.value(login).replaceFirst("^\\w+ ", "")));
            return Authorizer.of(login);
        }
        if (how instanceof PrometheusAccess.OAuth2 oauth2) {
            return oauth2(oauth2, tokens);
        }
        if (how instanceof PrometheusAccess.SigV4 aws) {
            return sigV4(aws);
        }
        return Authorizer.none();
    }

    private Authorizer oauth2(PrometheusAccess.OAuth2 how, HttpClient.Builder tokens) throws DeliveryException {
        URI endpoint = Http.parse(how.tokenUrl()).orElseThrow(() -> DeliveryException.invalid(
                AUTH, how.tokenUrl() == null || how.tokenUrl().isBlank() ? "oauth2 has no tokenUrl" : "the tokenUrl " + Http.quoted(how.tokenUrl()) + " is no http or https URL", "Give the URL of the token endpoint, such as https://login.example.org/oauth2/token."));
        for (String scope : how.scopes()) {
            if (!scope.matches(SCOPE)) {
                throw DeliveryException.invalid(AUTH, "'" + scope + "' is no scope", "Give each scope by itself, without blanks.");
            }
        }
        Login client = pair(how.credentialsId(), "the client's id and secret");
        return new OAuth2Authorizer(how, endpoint, client, new Http(tokens.build(), Authorizer.none()), clock, told::add);
    }

    private Authorizer sigV4(PrometheusAccess.SigV4 how) throws DeliveryException {
        if (how.region() == null || !how.region().matches("[a-z0-9-]+")) {
            throw DeliveryException.invalid(AUTH, how.region() == null ? "no region is given" : "'" + how.region() + "' is no region", "Write it like eu-central-1.");
        }
        if (!how.service().matches("[a-z0-9-]+")) {
            throw DeliveryException.invalid(AUTH, "'" + how.service() + "' is no service", "Leave it out, or write it like aps.");
        }
        Login keys = pair(how.credentialsId(), "the access key's id and its secret");
        SecretText session = how.sessionTokenId() == null ? null : remembered(secrets.require(AUTH, how.sessionTokenId())).secret();
        return new SigV4Authorizer(how.region(), how.service(), keys, session, clock);
    }

    private Login pair(String id, String what) throws DeliveryException {
        if (id == null) {
            throw DeliveryException.invalid(AUTH, "no credentialsId is given", "Give the id of credentials with " + what + ", as user name and password.");
        }
        Login login = remembered(secrets.require(AUTH, id));
        if (login.isToken()) {
            throw DeliveryException.invalid(AUTH, "the credentials '" + id + "' are a token", "Give " + what + ", as user name and password.");
        }
        return login;
    }

    private Login remembered(Login login) {
        told.add(login.secret());
        return login;
    }

    private Map<String, String> headers() throws DeliveryException {
        Map<String, String> found = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        boolean login = !(access.authentication() instanceof PrometheusAccess.NoLogin);
        boolean signs = access.authentication() instanceof PrometheusAccess.SigV4;
        for (PrometheusAccess.Header header : access.headers()) {
            String parameter = header.credentialsId() == null ? "headers" : "secretHeaders";
            String name = header.name() == null ? "" : header.name().strip();
            if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
                throw DeliveryException.invalid(parameter, "'" + name + "' is no name of a header", "Write it like X-Scope-OrgID.");
            }
            String lower = name.toLowerCase(Locale.ROOT);
            if (OWN.contains(lower) || signs && lower.startsWith("x-amz-") || login && "authorization".equals(lower) || found.containsKey(name)) {
                throw DeliveryException.invalid(parameter, "the header '" + name + "' is set already", "Leave it out.");
            }
            if ((header.value() == null) == (header.credentialsId() == null)) {
                throw DeliveryException.invalid(parameter, "the header '" + name + "' has " + (header.value() == null ? "no value" : "two values"), "Give either a value or the id of credentials.");
            }
            String value = header.value() != null ? header.value() : remembered(secrets.require(parameter, header.credentialsId())).secret().reveal();
            if (value.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 127 || c > 255)) {
                throw DeliveryException.invalid(parameter, "the value of the header '" + name + "' has characters that no header may have", "Write it in one line, without special characters.");
            }
            found.put(name, value.strip());
        }
        return found;
    }
}
