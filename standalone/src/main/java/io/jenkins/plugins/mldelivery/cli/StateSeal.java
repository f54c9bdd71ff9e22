package io.jenkins.plugins.mldelivery.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.mldelivery.delivery.KeyedHash;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Tells a state that this user's command line has written from any other. A rollout is gone on with, up to the
 * promotion, by what its state says, and the file may lie in a folder that somebody else has filled.
 */
final class StateSeal {
    private static final String BEFORE = ",\"seal\":\"";
    private static final String AFTER = "\"}";
    /** In hex. */
    private static final int DIGITS = 64;
    private static final String PURPOSE = "state of a rollout in ";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KeyedHash key;
    private final byte[] context;

    /**
     * Seals the states of one place.
     *
     * @param place of the file below the folder that the command works in, which may itself be another one later, as the
     *     workspaces of a CI are
     */
    StateSeal(KeyedHash key, Path place) {
        this.key = key;
        List<String> parts = new ArrayList<>();
        place.forEach(part -> parts.add(part.toString()));
        context = (PURPOSE + String.join("/", parts) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** The text of the state with its seal. */
    byte[] seal(ObjectNode state) throws JsonProcessingException {
        byte[] text = JSON.writeValueAsBytes(state);
        int end = text.length - 1; // Before the brace that closes it.
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        sealed.write(text, 0, end);
        sealed.writeBytes(of(text, end));
        return sealed.toByteArray();
    }

    /**
     * Whether a text was sealed by this key for this place and is as it was then. It is judged as it stands, before anybody
     * parses it.
     */
    boolean holds(byte[] text) {
        int end = text.length - BEFORE.length() - DIGITS - AFTER.length();
        return end > 0 && MessageDigest.isEqual(of(text, end), Arrays.copyOfRange(text, end, text.length));
    }

    /** The end of a text with the seal of what is before it. */
    private byte[] of(byte[] text, int end) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(context);
        message.write(text, 0, end);
        message.write('}');
        String seal = HexFormat.of().formatHex(key.of(message.toByteArray()));
        return (BEFORE + seal + AFTER).getBytes(StandardCharsets.UTF_8);
    }
}
