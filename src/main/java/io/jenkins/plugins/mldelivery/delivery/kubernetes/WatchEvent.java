package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * What an event of a watch says, without keeping the rest of it.
 *
 * @param version the object's {@code resourceVersion}, or null
 * @param model the value of its label {@link ModelWatch#MODEL_LABEL}, or null
 */
record WatchEvent(String version, String model) {
    private static final JsonFactory JSON = JsonFactory.builder()
            // The other side chooses the names: they would be kept for as long as this process runs.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();
    /** Kubernetes says that a version is opaque; those there are have at most 20 digits. */
    private static final int MAX_VERSION = 256;
    /** As of a label's value. */
    private static final int MAX_MODEL = 63;

    /** @return null when it is no event */
    static WatchEvent parse(byte[] line) {
        try (JsonParser parser = JSON.createParser(line)) {
            return parser.nextToken() == JsonToken.START_OBJECT ? event(parser) : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static WatchEvent event(JsonParser parser) throws IOException {
        WatchEvent found = new WatchEvent(null, null);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            if (isObject(parser, "object")) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    if (isObject(parser, "metadata")) {
                        found = metadata(parser);
                    }
                }
            }
        }
        return found;
    }

    private static WatchEvent metadata(JsonParser parser) throws IOException {
        String version = null;
        String model = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (isObject(parser, "labels")) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String label = parser.currentName();
                    String value = text(parser, MAX_MODEL);
                    model = label.equals(ModelWatch.MODEL_LABEL) ? value : model;
                }
            } else if (name.equals("resourceVersion")
                    && parser.currentToken() == JsonToken.VALUE_STRING
                    && parser.getTextLength() <= MAX_VERSION) {
                version = parser.getText();
            }
        }
        return new WatchEvent(version, model);
    }

    /** Goes to the value, and past it unless it is an object and the field has this name. */
    private static boolean isObject(JsonParser parser, String name) throws IOException {
        boolean named = parser.currentName().equals(name);
        if (parser.nextToken() == JsonToken.START_OBJECT && named) {
            return true;
        }
        parser.skipChildren();
        return false;
    }

    private static String text(JsonParser parser, int most) throws IOException {
        boolean text = parser.nextToken() == JsonToken.VALUE_STRING && parser.getTextLength() <= most;
        String value = text ? parser.getText() : null;
        parser.skipChildren();
        return value;
    }
}
