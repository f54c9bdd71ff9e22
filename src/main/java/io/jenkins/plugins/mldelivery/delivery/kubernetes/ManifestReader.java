package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Reads Kubernetes manifests: YAML or JSON, several documents, Lists taken apart. YAML is read as data only, no tag makes an object of another type. Aliases (<code>*name</code>) are refused, since
 * the reader would take them for texts.
 */
public final class ManifestReader {
    private static final List<String> ORDER = List.of(
            "Namespace", "ResourceQuota", "LimitRange", "CustomResourceDefinition", "ServiceAccount", "ClusterRole", "ClusterRoleBinding",
            "Role", "RoleBinding", "Secret", "ConfigMap", "PersistentVolume", "PersistentVolumeClaim", "Service", "NetworkPolicy");

    private final String parameter;
    private final YAMLMapper yaml = new YAMLMapper();
    private final ObjectMapper json = new ObjectMapper();

    /** @param parameter the parameter that gave the manifests, for errors */
    public ManifestReader(String parameter) {
        this.parameter = parameter;
    }

    /**
     * The objects of a text, in its order.
     *
     * @param source where it is from, for errors, such as <code>'k8s/app.yaml'</code>
     * @throws DeliveryException when it can't be read, or a document is no object
     */
    public List<GenericKubernetesResource> read(String source, String text) throws DeliveryException {
        List<GenericKubernetesResource> objects = new ArrayList<>();
        try (MappingIterator<JsonNode> documents = yaml.readerFor(JsonNode.class).readValues(text)) {
            refuseAliases(source, text);
            while (documents.hasNext()) {
                JsonNode document = documents.next();
                if (document == null || document.isNull() || document.isMissingNode()) {
                    continue;
                }
                if (document.path("kind").asText().endsWith("List") && document.path("items").isArray()) {
                    for (JsonNode item : document.path("items")) {
                        objects.add(object(source, item));
                    }
                } else {
                    objects.add(object(source, document));
                }
            }
        } catch (IOException | RuntimeException e) {
            String where = e instanceof JsonProcessingException j && j.getLocation() != null ? ", line " + j.getLocation().getLineNr() : "";
            throw new DeliveryException(DeliveryException.Kind.INVALID_INPUT, parameter, source + where + " can't be read as YAML", "Correct the manifest.", e);
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

    private void refuseAliases(String source, String text) throws IOException, DeliveryException {
        try (YAMLParser parser = yaml.getFactory().createParser(text)) {
            while (parser.nextToken() != null) {
                if (parser.isCurrentAlias()) {
                    throw DeliveryException.invalid(
                            parameter, source + ", line " + parser.currentTokenLocation().getLineNr() + " has a YAML alias, which is not supported", "Write out what it stands for.");
                }
            }
        }
    }

    private GenericKubernetesResource object(String source, JsonNode node) throws DeliveryException {
        if (!node.path("apiVersion").isTextual() || !node.path("kind").isTextual() || !node.at("/metadata/name").isTextual()) {
            throw DeliveryException.invalid(parameter, source + " has a document without apiVersion, kind or metadata.name", "Correct the manifest.");
        }
        ObjectAddress.check(parameter, source, node);
        return json.convertValue(node, GenericKubernetesResource.class);
    }
}
