package io.jenkins.plugins.mldelivery.provision.manifests;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.filter.FilteringParserDelegate;
import com.fasterxml.jackson.core.filter.JsonPointerBasedFilter;
import com.fasterxml.jackson.core.filter.TokenFilter;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * An object of the manifests as a run keeps it while it talks to the cluster, which may take as long as the cluster
 * likes: its address, and JSON of the rest. As values it takes up to twenty times as much memory.
 */
final class KeptObject {
    /** It reads nothing but what it has written, and of that everything. */
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE).maxStringLength(Integer.MAX_VALUE).build())
            .build());

    private final GenericKubernetesResource address;
    private final byte[] json;

    KeptObject(GenericKubernetesResource object) {
        address = new GenericKubernetesResource();
        address.setApiVersion(object.getApiVersion());
        address.setKind(object.getKind());
        address.setMetadata(new ObjectMetaBuilder().withName(object.getMetadata().getName())
                .withNamespace(object.getMetadata().getNamespace()).build());
        try {
            json = JSON.writeValueAsBytes(object);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** API version, kind, name and namespace alone. The namespace may be set. */
    GenericKubernetesResource address() {
        return address;
    }

    /** All of it, made anew, in the namespace of the address. */
    GenericKubernetesResource whole() {
        try {
            GenericKubernetesResource object = JSON.readValue(json, GenericKubernetesResource.class);
            object.getMetadata().setNamespace(address.getMetadata().getNamespace());
            return object;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A text of it, read without making the values of the rest.
     *
     * @param pointer such as {@code /spec/group}
     * @return null when there is no text
     */
    String text(String pointer) {
        try (JsonParser found = new FilteringParserDelegate(
                JSON.createParser(json), new JsonPointerBasedFilter(pointer), TokenFilter.Inclusion.ONLY_INCLUDE_ALL, false)) {
            return found.nextToken() == JsonToken.VALUE_STRING ? found.getText() : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes of its JSON. */
    int size() {
        return json.length;
    }
}
