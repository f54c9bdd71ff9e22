package io.jenkins.plugins.mldelivery.image.oci;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** JSON whose bytes depend on nothing but the value: members in the order given, no white space, UTF-8. */
public final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    /** The bytes of a value of maps, lists, strings and numbers. */
    public static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON value", e);
        }
    }

    /** Parses a JSON object. */
    public static JsonNode object(byte[] bytes) throws MalformedException {
        try {
            JsonNode node = MAPPER.readTree(bytes);
            if (node == null || !node.isObject()) {
                throw new MalformedException("it is no JSON object");
            }
            return node;
        } catch (IOException e) {
            throw new MalformedException("it is no JSON");
        }
    }
}
