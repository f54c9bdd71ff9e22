package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.targets.traffic.Right;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The ConfigMaps and Secrets that a model's pods read, whose data become one hash in the pod template, so that a change of them starts a rollout. Only the hash of all of them together leaves this
 * class.
 */
final class PodConfig {
    private static final int DIGITS = 16;
    private static final String CONFIG_MAP = "ConfigMap";

    private final KubernetesClient client;
    private final DeployModelRequest request;
    private final KubernetesObjects objects;

    /** @param objects whose stable pod template is looked at */
    PodConfig(KubernetesClient client, DeployModelRequest request, KubernetesObjects objects) {
        this.client = client;
        this.request = request;
        this.objects = objects;
    }

    /** The rights that it takes to read them, none when there are none. */
    List<Right> rights() {
        List<Right> rights = new ArrayList<>();
        List<String> configMaps = live(true);
        List<String> secrets = live(false);
        if (!configMaps.isEmpty()) {
            rights.add(new Right("", "configmaps", List.of("get"), configMaps));
        }
        if (!secrets.isEmpty()) {
            rights.add(new Right("", "secrets", List.of("get"), secrets));
        }
        return rights;
    }

    private List<String> live(boolean configMaps) {
        return references().keySet().stream()
                .filter(k -> k.startsWith(CONFIG_MAP + " ") == configMaps)
                .map(k -> k.substring(k.indexOf(' ') + 1))
                .filter(name -> objects.manifests().find(configMaps ? CONFIG_MAP : "Secret", name) == null)
                .toList();
    }

    /**
     * The hash of their data, as they are in the manifests or else in the cluster now; null when the pods read none.
     *
     * @throws DeliveryException when one is missing that the pods can't do without, naming <code>configMaps</code>, <code>secrets</code> or <code>manifests</code>
     */
    String hash() throws DeliveryException, InterruptedException {
        Map<String, Boolean> references = references();
        if (references.isEmpty()) {
            return null;
        }
        MessageDigest sha = sha256();
        for (Map.Entry<String, Boolean> reference : references.entrySet()) {
            String kind = reference.getKey().substring(0, reference.getKey().indexOf(' '));
            String name = reference.getKey().substring(kind.length() + 1);
            Map<String, String> data = data(kind, name);
            if (data == null && !reference.getValue()) {
                throw missing(kind, name);
            }
            add(sha, reference.getKey());
            if (data != null) {
                data.forEach((key, value) -> {
                    add(sha, key);
                    add(sha, value);
                });
            }
        }
        return HexFormat.of().formatHex(sha.digest()).substring(0, DIGITS);
    }

    private DeliveryException missing(String kind, String name) {
        boolean configMap = kind.equals(CONFIG_MAP);
        String parameter = objects.manifests().deployment() != null ? "manifests" : configMap ? "configMaps" : "secrets";
        return DeliveryException.invalid(parameter, "there is no " + kind + " '" + name + "' in namespace '" + request.namespace() + "'", "Create it first, for example with mlProvision.");
    }

    /** Kind and name to whether the pods can do without it, sorted. */
    private Map<String, Boolean> references() {
        Map<String, Boolean> found = new TreeMap<>();
        PodTemplateSpec template = objects.template(Track.STABLE);
        PodSpec spec = template.getSpec();
        Stream.concat(spec.getContainers().stream(), spec.getInitContainers().stream()).forEach(c -> container(found, c));
        spec.getVolumes().forEach(v -> {
            if (v.getConfigMap() != null) {
                note(found, CONFIG_MAP, v.getConfigMap().getName(), v.getConfigMap().getOptional());
            }
            if (v.getSecret() != null) {
                note(found, "Secret", v.getSecret().getSecretName(), v.getSecret().getOptional());
            }
            if (v.getProjected() != null) {
                v.getProjected().getSources().forEach(s -> {
                    if (s.getConfigMap() != null) {
                        note(found, CONFIG_MAP, s.getConfigMap().getName(), s.getConfigMap().getOptional());
                    }
                    if (s.getSecret() != null) {
                        note(found, "Secret", s.getSecret().getName(), s.getSecret().getOptional());
                    }
                });
            }
        });
        return found;
    }

    private static void container(Map<String, Boolean> found, Container container) {
        container.getEnvFrom().forEach(e -> {
            if (e.getConfigMapRef() != null) {
                note(found, CONFIG_MAP, e.getConfigMapRef().getName(), e.getConfigMapRef().getOptional());
            }
            if (e.getSecretRef() != null) {
                note(found, "Secret", e.getSecretRef().getName(), e.getSecretRef().getOptional());
            }
        });
        container.getEnv().stream().filter(e -> e.getValueFrom() != null).map(e -> e.getValueFrom()).forEach(from -> {
            if (from.getConfigMapKeyRef() != null) {
                note(found, CONFIG_MAP, from.getConfigMapKeyRef().getName(), from.getConfigMapKeyRef().getOptional());
            }
            if (from.getSecretKeyRef() != null) {
                note(found, "Secret", from.getSecretKeyRef().getName(), from.getSecretKeyRef().getOptional());
            }
        });
    }

    private static void note(Map<String, Boolean> found, String kind, String name, Boolean optional) {
        if (name != null && !name.isEmpty()) {
            found.merge(kind + " " + name, Boolean.TRUE.equals(optional), (a, b) -> a && b);
        }
    }

    /** Sorted; null when there is no such object. */
    private Map<String, String> data(String kind, String name) throws DeliveryException, InterruptedException {
        GenericKubernetesResource given = objects.manifests().find(kind, name);
        Map<String, String> data = new TreeMap<>();
        if (given != null) {
            for (String field : List.of("data", "binaryData", "stringData")) {
                if (given.getAdditionalProperties().get(field) instanceof Map<?, ?> map) {
                    map.forEach((key, value) -> data.put(field + "/" + key, String.valueOf(value)));
                }
            }
            return data;
        }
        if (kind.equals(CONFIG_MAP)) {
            ConfigMap map = Calls.call("read ConfigMap " + name, () -> client.configMaps().inNamespace(request.namespace()).withName(name).get());
            put(data, "data/", map == null ? null : map.getData());
            put(data, "binaryData/", map == null ? null : map.getBinaryData());
            return map == null ? null : data;
        }
        Secret secret = Calls.call("read Secret " + name, () -> client.secrets().inNamespace(request.namespace()).withName(name).get());
        put(data, "data/", secret == null ? null : secret.getData());
        return secret == null ? null : data;
    }

    private static void put(Map<String, String> data, String field, Map<String, String> more) {
        if (more != null) {
            more.forEach((key, value) -> data.put(field + key, value));
        }
    }

    /** With its length, so that no two lists of texts have the same bytes. */
    private static void add(MessageDigest sha, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sha.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        sha.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
