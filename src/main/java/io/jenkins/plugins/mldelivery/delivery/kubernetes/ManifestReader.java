package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.yaml.YamlLimits;
import io.jenkins.plugins.mldelivery.delivery.yaml.YamlNode;
import io.jenkins.plugins.mldelivery.delivery.yaml.YamlReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Reads Kubernetes manifests: YAML or JSON, several documents, Lists taken apart. YAML is read as data only and within
 * {@link YamlLimits#MANIFESTS}; aliases ({@code *name}), merge keys, tags and keys that stand twice are refused, see
 * {@link YamlReader}.
 */
public final class ManifestReader {
    private static final List<String> ORDER = List.of(
            "Namespace",
            "ResourceQuota",
            "LimitRange",
            "CustomResourceDefinition",
            "ServiceAccount",
            "ClusterRole",
            "ClusterRoleBinding",
            "Role",
            "RoleBinding",
            "Secret",
            "ConfigMap",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "Service",
            "NetworkPolicy");

    /** Objects of all texts together. Each costs several requests. */
    static final int MAX_OBJECTS = 1000;

    private final String parameter;
    private int count;
    private final YamlReader yaml;
    private final ObjectMapper json = new ObjectMapper();

    /** @param parameter the parameter that gave the manifests, for errors */
    public ManifestReader(String parameter) {
        this(parameter, YamlLimits.MANIFESTS);
    }

    /** The same with other limits of each text. */
    public ManifestReader(String parameter, YamlLimits limits) {
        this.parameter = parameter;
        this.yaml = new YamlReader(parameter, limits);
    }

    /**
     * The objects of a text, in its order. All texts that one reader reads may have 1,000 objects together.
     *
     * @param source where it is from, for errors, such as {@code 'k8s/app.yaml'}
     * @throws DeliveryException when it can't be read, or a document is no object
     */
    public List<GenericKubernetesResource> read(String source, String text) throws DeliveryException {
        List<GenericKubernetesResource> objects = new ArrayList<>();
        List<YamlNode> documents = new ArrayList<>(yaml.read(source, text));
        for (int i = 0; i < documents.size(); i++) {
            // Each form of a document goes as soon as the next is there: a large one takes tens of megabytes in each.
            JsonNode document = documents.set(i, null).toJson();
            if (document.path("kind").asText().endsWith("List")
                    && (document.path("items").isArray() || document.path("items").isNull())) {
                for (JsonNode item : document.path("items")) {
                    objects.add(object(source, item));
                }
            } else {
                objects.add(object(source, document));
            }
        }
        return objects;
    }

    /** Sorts so that what others need comes first: namespaces, accounts, configuration; then the rest. */
    public static void sort(List<GenericKubernetesResource> objects) {
        objects.sort(Comparator.comparingInt(o -> {
            int i = ORDER.indexOf(o.getKind());
            return i < 0 ? ORDER.size() : i;
        }));
    }

    private GenericKubernetesResource object(String source, JsonNode node) throws DeliveryException {
        if (!node.path("apiVersion").isTextual()
                || !node.path("kind").isTextual()
                || !node.at("/metadata/name").isTextual()) {
            throw DeliveryException.invalid(
                    parameter,
                    source + " has a document without apiVersion, kind or metadata.name",
                    "Correct the manifest.");
        }
        if (++count > MAX_OBJECTS) {
            throw DeliveryException.invalid(parameter, "the manifests hold more than " + MAX_OBJECTS + " objects",
                    "Divide them.");
        }
        ObjectAddress.check(parameter, source, node);
        try {
            // From node to node, without a copy of all tokens between.
            return json.treeToValue(node, GenericKubernetesResource.class);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            // The library's message quotes the manifest, which may be a Secret.
            throw DeliveryException.invalid(
                    parameter,
                    source + ", " + node.path("kind").asText() + " "
                            + node.at("/metadata/name").asText() + ", has a field of metadata of a wrong type",
                    "Correct the manifest.");
        }
    }
}
