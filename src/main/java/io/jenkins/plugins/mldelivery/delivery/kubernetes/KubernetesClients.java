package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.http.NameLookup;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.AnswerLimits;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.AnswerRoom;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.ApiHttpFactory;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;

/** Opens connections to clusters. */
public final class KubernetesClients {
    private static final int RETRIES = 2;

    private KubernetesClients() {}

    /**
     * A client for this access; no request is sent yet. The caller closes it.
     *
     * @param environment learns the access' secrets, says which hosts may be reached, and is warned of what is not safe
     * @param stage of the warnings
     * @throws DeliveryException when the access is unusable or refused, naming {@code kubeconfig}, {@code server},
     *     {@code cluster} or another part of it
     */
    public static KubernetesClient open(ClusterAccess access, Environment environment, Event.Stage stage)
            throws DeliveryException {
        return open(access, environment, stage, new AnswerRoom());
    }

    /**
     * The same, with a room for answers that the caller may widen.
     *
     * @param room how much memory an answer may take
     */
    public static KubernetesClient open(
            ClusterAccess access, Environment environment, Event.Stage stage, AnswerRoom room)
            throws DeliveryException {
        return open(new AccessCheck(environment, stage).check(access), environment, room, new WholeObjects());
    }

    /** @param serialization may be shared by clients, which then take little memory of their own */
    static KubernetesClient open(
            CheckedAccess access, Environment environment, KubernetesSerialization serialization)
            throws DeliveryException {
        return open(access, environment, new AnswerRoom(), serialization);
    }

    private static KubernetesClient open(
            CheckedAccess access, Environment environment, AnswerRoom room, KubernetesSerialization serialization)
            throws DeliveryException {
        return new KubernetesClientBuilder()
                .withConfig(config(access))
                .withKubernetesSerialization(serialization)
                .withHttpClientFactory(new ApiHttpFactory(
                        ClusterTls.context(access), access.server().proxy(), environment.hosts(),
                        NameLookup.by(environment.resolvers()), room))
                .build();
    }

    /**
     * A client with the connections of another one, for whoever has threads that resolve names: a name server may keep
     * one for long, and then it is his. When it is closed, so are its own calls and nobody else's.
     *
     * @param owner whose calls they are, of which so many run at a time as his share allows
     * @return the shared one itself for an environment without such threads
     */
    static KubernetesClient sharing(KubernetesClient shared, Environment environment, Owner owner) {
        if (environment.resolvers() == null) {
            return shared;
        }
        return new KubernetesClientBuilder()
                .withConfig(shared.getConfiguration())
                .withKubernetesSerialization(shared.getKubernetesSerialization())
                .withHttpClientFactory(ApiHttpFactory.sharing(
                        shared.getHttpClient(), new NameLookup(environment.resolvers()), owner))
                .build();
    }

    /** The library's configuration: an empty one, filled field by field from what was checked. */
    static Config config(CheckedAccess access) throws DeliveryException {
        Config config = Config.empty();
        ServerAddress server = access.server();
        config.setMasterUrl(server.uri().toString());
        config.setTrustCerts(server.insecure());
        config.setDisableHostnameVerification(server.insecure());
        config.setNamespace(access.namespace());
        if (server.proxy() != null) {
            config.setHttpProxy(server.proxy().toString());
            config.setHttpsProxy(server.proxy().toString());
        }
        try {
            if (!server.authorities().isEmpty()) {
                config.setCaCertData(base64(ClientKey.pem(server.authorities())));
            }
            login(config, access.login());
        } catch (GeneralSecurityException e) {
            throw DeliveryException.invalid("cluster", "its certificates can't be used", "Correct the access.");
        }
        // There are no WebSockets, see ApiHttpClient.
        config.setOnlyHttpWatches(true);
        // Whoever calls waits out an outage himself and tells about it; the client's own retries would hide a minute of
        // it.
        config.setRequestRetryBackoffLimit(RETRIES);
        // The library's own time begins while a call still waits for a thread; the HTTP client has a shorter one.
        config.setRequestTimeout((int) AnswerLimits.CALL.toMillis());
        return config;
    }

    private static void login(Config config, ClientLogin login) throws GeneralSecurityException {
        String token = login.token() == null ? null : login.token().reveal();
        if (login.provider() == null) {
            config.setOauthToken(token);
        } else {
            config.setAutoOAuthToken(token);
            config.setAuthProvider(login.provider());
        }
        if (login.password() != null) {
            config.setUsername(login.username());
            config.setPassword(login.password().reveal());
        }
        if (login.key() != null) {
            config.setClientCertData(base64(ClientKey.pem(login.key().certificates())));
            config.setClientKeyData(base64(login.key().keyPem().reveal()));
            config.setClientKeyAlgo(login.key().key().getAlgorithm());
        }
        if (login.as() != null) {
            config.setImpersonateUsername(login.as().user());
            config.setImpersonateGroups(login.as().groups().toArray(String[]::new));
            config.setImpersonateExtras(login.as().extra());
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
