package io.jenkins.plugins.mldelivery.image.oci;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * JSON as the OCI formats have it. Written: bytes that depend on nothing but the value, members in the order given, no white space, UTF-8. Read: within limits, so that a document of 4 MiB can't take a
 * multiple of that in memory or overflow the stack; and strictly, since a second value of the same name is one that another reader takes instead.
 */
public final class Json {
    /** Levels of nesting at most. */
    public static final int MAX_DEPTH = 64;

    /** Tokens at most: names, values, and beginnings and ends of objects and arrays. */
    public static final int MAX_TOKENS = 200_000;

    private static final int MAX_NUMBER = 100;
    private static final int MAX_TEXT = 1024 * 1024;

    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER)
                    .maxStringLength(MAX_TEXT)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build());

    private Json() {}

    /** The bytes of a value of maps, lists, strings and numbers. */
    public static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a JSON value", e);
        }
    }

    /**
     * Parses a JSON object.
     *
     * @throws MalformedException when it is none, is nested deeper than 64 levels, has more than 200,000 tokens, a number of more than 100 digits, a text of more than 1 MiB, or a name twice in an object
     */
    public static JsonNode object(byte[] bytes) throws MalformedException {
        try {
            count(bytes);
            JsonNode node = MAPPER.readTree(bytes);
            if (node == null || !node.isObject()) {
                throw new MalformedException("it is not a JSON object");
            }
            return node;
        } catch (IOException e) {
            // The text of the exception quotes the document.
            throw new MalformedException("it is not valid JSON, or beyond the limits");
        }
    }

    /** As a stream first, which takes no memory. */
    private static void count(byte[] bytes) throws IOException, MalformedException {
        try (JsonParser parser = MAPPER.getFactory().createParser(bytes)) {
            int depth = 0;
            int tokens = 0;
            while (parser.nextToken() != null) {
                if (depth == 0 && tokens > 0) {
                    throw new MalformedException("it has something behind its end");
                }
                depth += parser.currentToken().isStructStart() ? 1 : parser.currentToken().isStructEnd() ? -1 : 0;
                if (++tokens > MAX_TOKENS) {
                    throw new MalformedException("it has more than " + MAX_TOKENS + " values");
                }
            }
        }
    }
}
