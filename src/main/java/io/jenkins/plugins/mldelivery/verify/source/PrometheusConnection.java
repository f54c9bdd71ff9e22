package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Ascii;
import io.jenkins.plugins.mldelivery.delivery.ClientIdentity;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.HeaderValues;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.http.HttpRoute;
import io.jenkins.plugins.mldelivery.delivery.http.HttpTransport;
import io.jenkins.plugins.mldelivery.delivery.http.NameLookup;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.IntPredicate;

/** What an access, and the secrets that it names, make: something that can ask, whose secrets are known to whoever masks. */
final class PrometheusConnection {
    /** Headers that belong to HTTP itself, or to what is set here. */
    private static final Set<String> OWN = Set.of("host", "content-length", "content-type", "connection", "upgrade", "expect", "transfer-encoding", "accept", "accept-encoding");
    private static final String AUTH = "auth";
    private static final int MAX_HEADERS = 50;
    private static final int MAX_WORD = 256;
    /** Characters of what a server says, which may quote the query. */
    private static final int MAX_SAID = 1000;

    private final PrometheusAccess access;
    private final SourceContext context;
    private final ProxyRule proxy;
    private final Http http;
    private final Map<String, String> headers;

    /**
     * Nothing remote is done yet.
     *
     * @throws DeliveryException when something of the access is wrong, by its parameter
     */
    PrometheusConnection(PrometheusAccess access, SourceContext context) throws DeliveryException {
        this.access = access;
        this.context = context;
        Duration timeout = access.queryTimeout();
        if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.compareTo(Duration.ofMinutes(10)) > 0) {
            throw DeliveryException.invalid("queryTimeout", "it is not from 1s to 10m", "Give the time that one query may take, such as 20s.");
        }
        this.proxy = access.proxy() == null ? null : ProxyRule.parse(access.proxy(), access.noProxy());
        boolean own = access.insecure() || access.caCertificate() != null || access.clientCertificateId() != null;
        Tls tls = own ? new Tls(access, identity()) : null;
        this.headers = headers();
        // An OAuth 2.0 server often has a certificate of a public authority while the other one has not.
        boolean insecure = access.insecure() && isSameHost();
        HttpTransport tokens = new HttpTransport(tls == null ? null : insecure ? tls.ofServer() : tls.ofOther());
        this.http = new Http(new HttpTransport(tls == null ? null : tls.ofServer()), authorizer(tokens), this::route);
    }

    /** Whether tokens come from the host that is asked for metrics. */
    private boolean isSameHost() {
        return access.authentication() instanceof PrometheusAccess.OAuth2 oauth2
                && Urls.parse(access.url()).map(URI::getHost)
                        .equals(Urls.parse(oauth2.tokenUrl()).map(URI::getHost));
    }

    Http http() {
        return http;
    }

    /** Threads that read pages. */
    Executor readers() {
        return context.shared().readers();
    }

    /** The access's own headers. */
    Map<String, String> extraHeaders() {
        return headers;
    }

    Duration queryTimeout() {
        return access.queryTimeout();
    }

    /** Whether the server is told how many series are enough; Amazon's knows no such parameter. */
    boolean limits() {
        return !(access.authentication() instanceof PrometheusAccess.SigV4);
    }

    /**
     * A server that wants a login, or another one.
     *
     * @param status 401 or 403
     */
    DeliveryException refused(String where, int status) {
        String login = loginParameter();
        return login == null
                ? DeliveryException.refused("credentialsId", where + " asks for a login (status " + status + ")", "Give credentials that may query it, here or in `auth`.", null)
                : DeliveryException.refused(login, where + " refuses the login (status " + status + ")", "Give credentials that may query it, and see that they have not expired.", null);
    }

    /** The parameter that a login comes from, or null without one. */
    private String loginParameter() {
        if (access.authentication() instanceof PrometheusAccess.NoLogin) {
            return access.headers().stream().anyMatch(header -> header.credentialsId() != null) ? "secretHeaders" : null;
        }
        return access.authentication() instanceof PrometheusAccess.Credentials ? "credentialsId" : AUTH;
    }

    /** The beginning of what a server said, without the secrets that it may repeat. */
    String mask(String text) {
        return Excerpt.of(context.known().mask(text), MAX_SAID);
    }

    /** To the server, or to the proxy before it, if they may be asked. */
    private HttpRoute route(HttpCall call) throws IOException, DeliveryException, InterruptedException {
        NameLookup names = context.shared().names();
        HostRules hosts = context.hosts();
        Deadline deadline = call.deadline().atMost(ReadLimits.MAX_RESOLVE);
        if (proxy == null) {
            return names.route(hosts, call.parameter(), call.uri(), deadline);
        }
        URI before = proxy.of(call.uri());
        if (before == null) {
            return new HttpRoute(names.addresses(hosts, call.parameter(), call.uri(), deadline), null);
        }
        // The proxy resolves the server's name; here it need not have an address.
        names.check(hosts, call.parameter(), call.uri(), deadline);
        return new HttpRoute(names.addresses(hosts, "proxy", before, deadline), before);
    }

    private ClientIdentity identity() throws DeliveryException {
        if (access.clientCertificateId() == null) {
            return null;
        }
        ClientIdentity identity = context.secrets().certificate("clientCertificateId", access.clientCertificateId());
        context.known().learn(identity.content());
        context.known().learn(identity.password());
        return identity;
    }

    private Authorizer authorizer(HttpTransport tokens) throws DeliveryException {
        PrometheusAccess.Authentication how = access.authentication();
        if (how instanceof PrometheusAccess.Credentials credentials) {
            Login login = known(context.secrets().require("credentialsId", credentials.credentialsId()));
            return Authorizer.of(HeaderValues.authorization("credentialsId", login, context.known()));
        }
        if (how instanceof PrometheusAccess.OAuth2 oauth2) {
            return oauth2(oauth2, tokens);
        }
        if (how instanceof PrometheusAccess.SigV4 aws) {
            return sigV4(aws);
        }
        return Authorizer.none();
    }

    private Authorizer oauth2(PrometheusAccess.OAuth2 how, HttpTransport tokens) throws DeliveryException {
        URI endpoint = Urls.parse(how.tokenUrl()).orElseThrow(() -> DeliveryException.invalid(
                AUTH, how.tokenUrl() == null || how.tokenUrl().isBlank() ? "oauth2 has no tokenUrl" : "the tokenUrl " + Urls.quoted(how.tokenUrl()) + (Urls.hasPortTooHigh(how.tokenUrl()) ? " has a port above 65535" : " is not an http or https URL"),
                "Give the URL of the token endpoint, such as https://login.example.org/oauth2/token."));
        for (String scope : how.scopes()) {
            // RFC 6749, section 3.3.
            if (!isWord(scope, c -> c == '!' || c >= '#' && c <= '[' || c >= ']' && c <= '~')) {
                throw DeliveryException.invalid(AUTH, "'" + Excerpt.of(scope) + "' is not a valid scope", "Give each scope by itself, without blanks.");
            }
        }
        Login client = pair(how.credentialsId(), "the client's id and secret");
        return new OAuth2Authorizer(how, endpoint, client, new Http(tokens, Authorizer.none(), this::route), context.clock(), context.known());
    }

    private Authorizer sigV4(PrometheusAccess.SigV4 how) throws DeliveryException {
        if (how.region() == null || !isWord(how.region(), PrometheusConnection::isOfName)) {
            throw DeliveryException.invalid(AUTH, how.region() == null ? "no region is given" : "'" + Excerpt.of(how.region()) + "' is not a valid region", "Write it like eu-central-1.");
        }
        if (!isWord(how.service(), PrometheusConnection::isOfName)) {
            throw DeliveryException.invalid(AUTH, "'" + Excerpt.of(how.service()) + "' is not a valid service", "Leave it out, or write it like aps.");
        }
        Login keys = pair(how.credentialsId(), "the access key's id and its secret");
        if (!isWord(keys.username(), c -> c > ' ' && c < 127 && c != ',' && c != '/')) {
            throw DeliveryException.invalid(AUTH, "the user name of the credentials '" + how.credentialsId() + "' is not the id of an access key", "Give the access key's id and its secret, as user name and password.");
        }
        SecretText session = how.sessionTokenId() == null ? null : HeaderValues.token(AUTH, known(context.secrets().require(AUTH, how.sessionTokenId())).secret());
        return new SigV4Authorizer(how.region(), how.service(), keys, session, context.clock());
    }

    private static boolean isOfName(int c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-';
    }

    private static boolean isWord(String text, IntPredicate character) {
        return !text.isEmpty() && text.length() <= MAX_WORD && text.chars().allMatch(character);
    }

    private Login pair(String id, String what) throws DeliveryException {
        if (id == null) {
            throw DeliveryException.invalid(AUTH, "no credentialsId is given", "Give the id of credentials with " + what + ", as user name and password.");
        }
        Login login = known(context.secrets().require(AUTH, id));
        if (login.isToken()) {
            throw DeliveryException.invalid(AUTH, "the credentials '" + id + "' are a token", "Give " + what + ", as user name and password.");
        }
        // An editor's line end is no part of it.
        return new Login(login.username().strip(), SecretText.of(login.secret().reveal().strip()));
    }

    private Login known(Login login) {
        context.known().learn(login.secret());
        return login;
    }

    private Map<String, String> headers() throws DeliveryException {
        Map<String, String> found = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        boolean login = !(access.authentication() instanceof PrometheusAccess.NoLogin);
        boolean signs = access.authentication() instanceof PrometheusAccess.SigV4;
        for (PrometheusAccess.Header header : access.headers()) {
            String parameter = header.credentialsId() == null ? "headers" : "secretHeaders";
            String name = header.name() == null ? "" : header.name().strip();
            if (!isWord(name, PrometheusConnection::isOfHeader)) {
                throw DeliveryException.invalid(parameter, "'" + Excerpt.of(name) + "' is not a valid name of a header", "Write it like X-Scope-OrgID.");
            }
            String lower = Ascii.lower(name);
            if (OWN.contains(lower) || signs && lower.startsWith("x-amz-") || login && "authorization".equals(lower) || found.containsKey(name)) {
                throw DeliveryException.invalid(parameter, "the header '" + name + "' is set already", "Leave it out.");
            }
            if ((header.value() == null) == (header.credentialsId() == null)) {
                throw DeliveryException.invalid(parameter, "the header '" + name + "' has " + (header.value() == null ? "no value" : "two values"), "Give either a value or the id of credentials.");
            }
            found.put(name, value(parameter, header).reveal());
            if (found.size() > MAX_HEADERS) {
                throw DeliveryException.invalid(parameter, "there are more than " + MAX_HEADERS + " headers", "Leave some out.");
            }
        }
        return found;
    }

    /** RFC 9110, section 5.6.2. */
    private static boolean isOfHeader(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    private SecretText value(String parameter, PrometheusAccess.Header header) throws DeliveryException {
        if (header.value() != null) {
            return HeaderValues.field(parameter, SecretText.of(header.value()));
        }
        SecretText value = HeaderValues.field(parameter, known(context.secrets().require(parameter, header.credentialsId())).secret());
        context.known().learn(value);
        return value;
    }
}
