package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.HeaderValues;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/**
 * The one door to a cluster: turns an access of any kind into one that was checked, for the environment that will use
 * it.
 */
final class AccessCheck {
    private static final String INSECURE = "insecure-skip-tls-verify";

    private final Environment environment;
    private final Event.Stage stage;

    /**
     * @param environment learns the secrets of the access, says which hosts may be reached, and is warned
     * @param stage of the warnings
     */
    AccessCheck(Environment environment, Event.Stage stage) {
        this.environment = environment;
        this.stage = stage;
    }

    /** @throws DeliveryException when the access is unusable or refused */
    CheckedAccess check(ClusterAccess access) throws DeliveryException {
        CheckedAccess checked;
        if (access instanceof ClusterAccess.Kubeconfig given) {
            Kubeconfig kubeconfig =
                    new KubeconfigReader(false).read(given.text().reveal(), environment.known());
            Kubeconfig.Chosen chosen = kubeconfig.choose(given.context());
            kubeconfig.refuseWhatIsUntrusted(chosen);
            checked = new CheckedAccess(
                    server(chosen.cluster(), given.insecure(), null),
                    login(chosen.user(), null),
                    chosen.context().text("namespace"));
        } else if (access instanceof ClusterAccess.Own own) {
            Kubeconfig.Chosen chosen = new KubeconfigReader(true)
                    .read(own.text().reveal(), environment.known())
                    .choose(own.context());
            OwnFiles files = new OwnFiles(own, environment);
            checked = new CheckedAccess(
                    server(chosen.cluster(), true, own),
                    login(chosen.user(), files),
                    chosen.context().text("namespace"));
        } else {
            checked = server((ClusterAccess.Server) access);
        }
        refuseSecretsInPlainHttp(checked, access instanceof ClusterAccess.Own);
        if (checked.server().insecure()) {
            environment.warn(
                    stage,
                    "the certificate of the API server is not verified, since the kubeconfig has " + INSECURE
                            + ": whoever is in between can read and change everything");
        }
        checkHosts(checked.server());
        return checked;
    }

    /** A name is judged right before each connection, when it is resolved, on a thread that only its own call waits for. */
    private void checkHosts(ServerAddress server) throws DeliveryException {
        environment.hosts().checkAddress("cluster", server.proxy() == null ? server.uri() : server.proxy());
    }

    private void refuseSecretsInPlainHttp(CheckedAccess checked, boolean own) throws DeliveryException {
        if (!checked.server().isPlain() || !checked.login().isSecret()) {
            return;
        }
        if (!own) {
            throw new DeliveryException(
                    DeliveryException.Kind.REFUSED,
                    "cluster",
                    "the API server's URL is plain HTTP, and the credentials would be sent in clear",
                    "Use its https URL.",
                    null);
        }
        environment.warn(stage, "the API server's URL is plain HTTP: the credentials are sent in clear");
    }

    private CheckedAccess server(ClusterAccess.Server given) throws DeliveryException {
        if (given.url() == null || given.url().isBlank()) {
            throw DeliveryException.invalid(
                    "server", "no cluster is given", "Give a kubeconfig or the API server's URL.");
        }
        URI uri = ServerAddress.server("server", "the access", given.url());
        List<X509Certificate> authorities = List.of();
        if (given.caCertificate() != null && !given.caCertificate().isBlank()) {
            try {
                authorities = ClientKey.certificates(given.caCertificate());
            } catch (GeneralSecurityException e) {
                throw DeliveryException.invalid("caCertificate", e.getMessage(), "Give the text of a PEM file.");
            }
        }
        ClientLogin login =
                given.token() == null ? ClientLogin.ANONYMOUS : ClientLogin.token(token("token", given.token()));
        return new CheckedAccess(new ServerAddress(uri, authorities, false, null), login, null);
    }

    private SecretText token(String parameter, SecretText given) throws DeliveryException {
        environment.known().learn(given);
        SecretText token = HeaderValues.token(parameter, given);
        environment.known().learn(token);
        return token;
    }

    /** @param own the person's own kubeconfig, or null for one that may not read files */
    private ServerAddress server(KubeconfigEntry cluster, boolean mayBeInsecure, ClusterAccess.Own own)
            throws DeliveryException {
        String text = cluster.text("server");
        if (text == null) {
            throw KubeconfigEntry.wrong("its " + cluster.title() + " has no server", "Complete it.");
        }
        URI uri = ServerAddress.server("kubeconfig", "its " + cluster.title(), text);
        if (cluster.has("tls-server-name")) {
            throw KubeconfigEntry.wrong(
                    "its " + cluster.title() + " has a tls-server-name, which is not supported",
                    "Use a server URL whose host the server's certificate names.");
        }
        String authorities = content(
                cluster,
                "certificate-authority-data",
                own == null ? null : new OwnFiles(own, environment),
                "certificate-authority");
        boolean insecure = cluster.flag(INSECURE);
        if (insecure && authorities != null) {
            throw KubeconfigEntry.wrong(
                    "its " + cluster.title() + " has both " + INSECURE + " and a certificate authority",
                    "Remove " + INSECURE + ".");
        }
        if (insecure && !mayBeInsecure) {
            throw new DeliveryException(
                    DeliveryException.Kind.REFUSED,
                    "kubeconfig",
                    "its " + cluster.title() + " has " + INSECURE
                            + ", so the API server's certificate would not be verified",
                    "Put the certificate authority into it as certificate-authority-data, or set 'insecure' of the"
                            + " kubeconfig's access.",
                    null);
        }
        return new ServerAddress(uri, certificates(cluster, authorities), insecure, proxy(cluster, uri, own));
    }

    private static URI proxy(KubeconfigEntry cluster, URI uri, ClusterAccess.Own own) throws DeliveryException {
        String proxy = cluster.text("proxy-url");
        if (proxy != null) {
            return ServerAddress.proxy("kubeconfig", "its " + cluster.title(), proxy);
        }
        return own == null ? null : ProxyVariables.choose(own.proxies(), uri);
    }

    private static List<X509Certificate> certificates(KubeconfigEntry entry, String pem) throws DeliveryException {
        try {
            return pem == null ? List.of() : ClientKey.certificates(pem);
        } catch (GeneralSecurityException e) {
            throw KubeconfigEntry.wrong(
                    "the certificate authority of its " + entry.title() + " can't be used: " + e.getMessage(),
                    "Correct it.");
        }
    }

    /** The text in Base64 of one field, or else the file that another one names; null when there is neither. */
    private static String content(KubeconfigEntry entry, String data, OwnFiles files, String path)
            throws DeliveryException {
        String base64 = entry.text(data);
        if (base64 != null) {
            try {
                return new String(Base64.getDecoder().decode(base64.replaceAll("\\s", "")), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                throw KubeconfigEntry.wrong(
                        "the field " + data + " of its " + entry.title() + " is not Base64", "Correct it.");
            }
        }
        return files == null ? null : files.content(entry, path);
    }

    private ClientLogin login(KubeconfigEntry user, OwnFiles files) throws DeliveryException {
        if (user == null) {
            return ClientLogin.ANONYMOUS;
        }
        ClientLogin login = tokenOrPassword(user, files).with(key(user, files));
        return files == null ? login : files.moreOf(user, login);
    }

    private ClientLogin tokenOrPassword(KubeconfigEntry user, OwnFiles files) throws DeliveryException {
        String token = files == null || !user.has("tokenFile") ? user.text("token") : files.content(user, "tokenFile");
        String username = user.text("username");
        String password = user.text("password");
        if (token != null && (username != null || password != null)) {
            throw KubeconfigEntry.wrong(
                    "its " + user.title() + " has both a token and a password", "Remove one of them.");
        }
        if ((username == null) != (password == null)) {
            throw KubeconfigEntry.wrong(
                    "its " + user.title() + " has a user name or a password without the other", "Complete it.");
        }
        if (username == null) {
            return token == null ? ClientLogin.ANONYMOUS : ClientLogin.token(token("kubeconfig", SecretText.of(token)));
        }
        SecretText secret = SecretText.of(password);
        environment.known().learn(secret);
        // Checked and learned as the library will send it.
        HeaderValues.authorization("kubeconfig", new Login(username, secret), environment.known());
        return ClientLogin.password(username, secret);
    }

    private ClientKey key(KubeconfigEntry user, OwnFiles files) throws DeliveryException {
        String certificate = content(user, "client-certificate-data", files, "client-certificate");
        String key = content(user, "client-key-data", files, "client-key");
        if (certificate == null && key == null) {
            return null;
        }
        if (certificate == null || key == null) {
            throw KubeconfigEntry.wrong(
                    "its " + user.title() + " has a client certificate or a client key without the other",
                    "Complete it.");
        }
        environment.known().learn(SecretText.of(key));
        try {
            return ClientKey.parse(certificate, key);
        } catch (GeneralSecurityException e) {
            throw KubeconfigEntry.wrong(
                    "the client certificate of its " + user.title() + " can't be used: " + e.getMessage(),
                    "Correct it.");
        }
    }
}
