package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.Context;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A kubeconfig before it is used. Its author need not be whoever runs this process: on a Jenkins controller it comes from a job's credentials, so it may neither start a program there
 * nor have its files read. The client library would do both while it parses.
 */
final class Kubeconfig {
    private Kubeconfig() {}

    /**
     * Checks a kubeconfig.
     *
     * @param text its YAML
     * @param wanted the context to use, or null for its current one
     * @param trusted whether it may start programs and name files
     */
    static void check(String text, String wanted, boolean trusted) throws DeliveryException {
        Config config = parse(text);
        List<NamedContext> contexts = list(config.getContexts());
        String name = wanted != null ? wanted : config.getCurrentContext();
        Context context = contexts.stream()
                .filter(c -> c.getName() != null && c.getName().equals(name))
                .map(NamedContext::getContext)
                .findFirst()
                .orElseThrow(() -> DeliveryException.invalid(
                        "context",
                        name == null || name.isEmpty() ? "the kubeconfig has no current context" : "the kubeconfig has no context '" + name + "'",
                        "Choose one of: " + contexts.stream().map(NamedContext::getName).collect(Collectors.joining(", ")) + "."));
        if (!trusted) {
            refuse(context, config);
        }
    }

    private static Config parse(String text) throws DeliveryException {
        try {
            Config config = Serialization.unmarshal(text, Config.class);
            if (config != null && !list(config.getClusters()).isEmpty()) {
                return config;
            }
        } catch (RuntimeException e) {
            // The parser's message would quote the file, and the file holds secrets.
            throw DeliveryException.invalid("kubeconfig", "it is no YAML of a kubeconfig", "Give the file that kubectl uses.");
        }
        throw DeliveryException.invalid("kubeconfig", "it names no cluster", "Give the file that kubectl uses.");
    }

    private static void refuse(Context context, Config config) throws DeliveryException {
        AuthInfo user = list(config.getUsers()).stream()
                .filter(u -> u.getName() != null && u.getName().equals(context.getUser()))
                .map(u -> u.getUser() == null ? new AuthInfo() : u.getUser())
                .findFirst()
                .orElseGet(AuthInfo::new);
        Cluster cluster = list(config.getClusters()).stream()
                .filter(c -> c.getName() != null && c.getName().equals(context.getCluster()) && c.getCluster() != null)
                .map(c -> c.getCluster())
                .findFirst()
                .orElseGet(Cluster::new);
        if (user.getExec() != null || user.getAuthProvider() != null) {
            throw DeliveryException.invalid(
                    "kubeconfig", "its user '" + context.getUser() + "' gets credentials by starting a program, which is not allowed here",
                    "Use a kubeconfig with a token or a client certificate, for example of a service account.");
        }
        boolean files = Stream.of(user.getClientCertificate(), user.getClientKey(), user.getTokenFile(), cluster.getCertificateAuthority())
                .anyMatch(path -> path != null && !path.isEmpty());
        if (files) {
            throw DeliveryException.invalid(
                    "kubeconfig", "it refers to files, which are not read here", "Put their contents into it: kubectl config view --raw --flatten.");
        }
    }

    private static <T> List<T> list(List<T> list) {
        return list == null ? List.of() : list;
    }
}
