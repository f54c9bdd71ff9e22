package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.KeyedHash;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.targets.traffic.Right;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The ConfigMaps and Secrets that a model's pods read, whose data become one hash in the pod template, so that a change
 * of them starts a rollout. Only a keyed hash of all of them together leaves this class, see
 * docs/decisions/config-hash.md.
 */
final class PodConfig {
    /**
     * The annotation on the stable Deployment with the {@link ConfigContent#versions versions} that belong to its hash.
     */
    static final String VERSIONS = "ml-delivery.io/config-versions";

    /** ConfigMaps and Secrets at most: each takes a request whenever they are looked at. */
    static final int MAX_REFERENCES = 200;

    private static final String CONFIG_MAP = "ConfigMap";
    private static final String DATA = "data";
    private static final String BINARY = "binaryData";
    private static final String STRINGS = "stringData";

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
     * The value of {@link PodTemplates#CONFIG_HASH} for the data, as they are in the manifests or else in the cluster
     * now; null when the pods read none. It is what the stable version has already when that is known to stand for the
     * same data and nothing else changes, whoever has made it with which key: a key of our own must not start a
     * rollout.
     *
     * @param stable the stable Deployment, or null
     * @throws DeliveryException when one is missing that the pods can't do without, naming {@code configMaps},
     *     {@code secrets} or {@code manifests}
     */
    String annotation(KeyedHash key, Deployment stable) throws DeliveryException, InterruptedException {
        ConfigContent content = read(true);
        if (content == null) {
            return null;
        }
        String ours = content.hash(key);
        String present = stable == null ? null
                : note(stable.getSpec().getTemplate().getMetadata(), PodTemplates.CONFIG_HASH);
        if (present == null || ConfigContent.isBy(key, present)
                || !content.isSame(present, note(stable.getMetadata(), VERSIONS))) {
            return ours;
        }
        String unchanged = Revision.of(objects.withConfigHash(present).template(Track.STABLE));
        return unchanged.equals(Revision.of(stable)) ? present : ours;
    }

    /**
     * The value of {@link #VERSIONS} for data that have this hash; null when they have changed since or the hash is of
     * another key.
     *
     * @param judged whether pods that have read the data were judged: then others may not be read instead
     * @throws DeliveryException when pods were judged, and the data have changed since
     */
    String versions(KeyedHash key, String hash, boolean judged) throws DeliveryException, InterruptedException {
        ConfigContent content = hash == null || !ConfigContent.isBy(key, hash) ? null : read(false);
        if (content == null) {
            return null;
        }
        boolean same = content.hash(key).equals(hash);
        if (judged && !same) {
            throw DeliveryException.failed(
                    "image", "ConfigMaps or Secrets that the pods read were changed after the canary had read them, so "
                            + "pods of the promoted version would read what was not judged",
                    "Deploy it again.", null);
        }
        return same ? content.versions() : null;
    }

    private static String note(ObjectMeta metadata, String key) {
        return metadata == null || metadata.getAnnotations() == null ? null : metadata.getAnnotations().get(key);
    }

    /**
     * @param strict whether to fail when one is missing that the pods can't do without
     * @return null when the pods read none
     */
    private ConfigContent read(boolean strict) throws DeliveryException, InterruptedException {
        Map<String, Boolean> references = references();
        if (references.isEmpty()) {
            return null;
        }
        if (references.size() > MAX_REFERENCES) {
            throw DeliveryException.invalid(
                    objects.manifests().deployment() != null ? "manifests" : "configMaps",
                    "the pods read more than " + MAX_REFERENCES + " ConfigMaps and Secrets", "Put their data together.");
        }
        List<ConfigContent.Item> items = new ArrayList<>();
        for (Map.Entry<String, Boolean> reference : references.entrySet()) {
            String kind = reference.getKey().substring(0, reference.getKey().indexOf(' '));
            String name = reference.getKey().substring(kind.length() + 1);
            ConfigContent.Item item = item(reference.getKey(), objects.manifests().find(kind, name), live(kind, name));
            if (item.data() == null && strict && !reference.getValue()) {
                throw missing(kind, name);
            }
            items.add(item);
        }
        return new ConfigContent(items);
    }

    private static ConfigContent.Item item(String title, GenericKubernetesResource given, HasMetadata live) {
        SortedMap<String, String> there = data(live);
        ObjectMeta metadata = live == null ? null : live.getMetadata();
        String version = live == null ? null : metadata.getUid() + "/" + metadata.getResourceVersion();
        if (given == null) {
            return new ConfigContent.Item(title, there, there, version);
        }
        SortedMap<String, String> data = applied(given);
        return new ConfigContent.Item(title, data, written(given), data.equals(there) ? version : null);
    }

    private DeliveryException missing(String kind, String name) {
        boolean configMap = kind.equals(CONFIG_MAP);
        String parameter = objects.manifests().deployment() != null ? "manifests" : configMap ? "configMaps" : "secrets";
        return DeliveryException.invalid(parameter, "there is no " + kind + " '" + name + "' in namespace '" + request.namespace() + "'", "Create it first, for example with `mlProvision`.");
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

    private HasMetadata live(String kind, String name) throws DeliveryException, InterruptedException {
        String namespace = request.namespace();
        return kind.equals(CONFIG_MAP)
                ? Calls.call("read ConfigMap " + name, () -> client.configMaps().inNamespace(namespace).withName(name).get())
                : Calls.call("read Secret " + name, () -> client.secrets().inNamespace(namespace).withName(name).get());
    }

    /** Sorted; null when there is no such object. */
    private static SortedMap<String, String> data(HasMetadata live) {
        SortedMap<String, String> data = new TreeMap<>();
        if (live instanceof ConfigMap map) {
            put(data, DATA, map.getData());
            put(data, BINARY, map.getBinaryData());
        } else if (live instanceof Secret secret) {
            put(data, DATA, secret.getData());
        }
        return live == null ? null : data;
    }

    /** What the cluster will have of a manifest: an API server writes {@code stringData} over {@code data}. */
    private static SortedMap<String, String> applied(GenericKubernetesResource given) {
        SortedMap<String, String> data = new TreeMap<>();
        put(data, DATA, texts(given, DATA));
        put(data, BINARY, texts(given, BINARY));
        texts(given, STRINGS).forEach((key, value) ->
                data.put(DATA + "/" + key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        return data;
    }

    private static SortedMap<String, String> written(GenericKubernetesResource given) {
        SortedMap<String, String> data = new TreeMap<>();
        List.of(DATA, BINARY, STRINGS).forEach(field -> put(data, field, texts(given, field)));
        return data;
    }

    private static Map<String, String> texts(GenericKubernetesResource given, String field) {
        Map<String, String> texts = new TreeMap<>();
        if (given.getAdditionalProperties().get(field) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
        }
        return texts;
    }

    private static void put(Map<String, String> data, String field, Map<String, String> more) {
        if (more != null) {
            more.forEach((key, value) -> data.put(field + "/" + key, value));
        }
    }
}
