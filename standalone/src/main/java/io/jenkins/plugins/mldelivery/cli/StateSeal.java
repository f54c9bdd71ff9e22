package io.jenkins.plugins.mldelivery.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.mldelivery.delivery.KeyedHash;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Tells a state that this user's command line has written from any other. A rollout is gone on with, up to the
 * promotion, by what its state says, and the file may lie in a folder that somebody else has filled.
 */
final class StateSeal {
    private static final String FIELD = "seal";
    private static final byte[] PURPOSE = "state of a rollout\n".getBytes(StandardCharsets.UTF_8);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KeyedHash key;

    StateSeal(KeyedHash key) {
        this.key = key;
    }

    /** The text of the state with its seal. */
    byte[] seal(ObjectNode state) throws JsonProcessingException {
        return JSON.writeValueAsBytes(state.deepCopy().put(FIELD, of(state)));
    }

    /** Whether a state was sealed by this key and is as it was then. */
    boolean holds(JsonNode state) throws JsonProcessingException {
        if (!(state instanceof ObjectNode object)) {
            return false;
        }
        ObjectNode sealed = object.deepCopy();
        JsonNode found = sealed.remove(FIELD);
        return found != null && found.isTextual() && MessageDigest.isEqual(
                of(sealed).getBytes(StandardCharsets.UTF_8), found.textValue().getBytes(StandardCharsets.UTF_8));
    }

    private String of(ObjectNode state) throws JsonProcessingException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(PURPOSE);
        message.writeBytes(JSON.writeValueAsBytes(state));
        return HexFormat.of().formatHex(key.of(message.toByteArray()));
    }
}
