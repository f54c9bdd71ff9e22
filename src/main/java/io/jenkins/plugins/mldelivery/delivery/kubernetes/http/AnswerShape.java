package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;

/**
 * Looks at an answer before the library makes objects of it: that takes a hundred times the bytes of {@code {},{},…},
 * and the library would also read YAML.
 */
final class AnswerShape {
    private static final int MAX_QUOTE = 300;
    /** For texts of others, which are not kept. */
    static final JsonFactory JSON = JsonFactory.builder()
            // The other side chooses the names: they would be kept for as long as this process runs.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private AnswerShape() {}

    /** What a value takes as one of the library, its characters not counted. */
    static long memory(JsonToken token) {
        return token.isStructEnd() ? 0 : token.isStructStart() ? AnswerLimits.MAP_MEMORY : AnswerLimits.VALUE_MEMORY;
    }

    /**
     * Refuses an answer that is no JSON object, or one of too many values, or one that takes too much memory.
     *
     * @param limit bytes of memory
     * @return what the object says that it is, or null when it does not
     */
    static String check(byte[] bytes, long limit) throws AnswerException {
        if (!beginsLikeAnObject(bytes)) {
            throw AnswerException.notJson();
        }
        try (JsonParser parser = JSON.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw AnswerException.notJson();
            }
            int depth = 1;
            int values = 1;
            long memory = 2L * bytes.length;
            String kind = null;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isStructStart()) {
                    depth++;
                } else if (token.isStructEnd()) {
                    depth--;
                }
                if (depth == 1 && token == JsonToken.VALUE_STRING && "kind".equals(parser.currentName())) {
                    kind = parser.getText();
                }
                if (depth > AnswerLimits.DEPTH) {
                    throw AnswerException.tooDeep(AnswerLimits.DEPTH);
                }
                if (token != JsonToken.FIELD_NAME && !token.isStructEnd() && ++values > AnswerLimits.VALUES) {
                    throw AnswerException.tooManyValues(AnswerLimits.VALUES);
                }
                memory += memory(token);
                if (memory > limit) {
                    throw AnswerException.largeObject(limit);
                }
            }
            return kind;
        } catch (AnswerException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw AnswerException.notJson();
        }
    }

    /**
     * Whether the library will read it as JSON as well: it goes by the first byte that is no blank, and takes all else
     * for YAML, such as JSON behind a byte order mark or in UTF-16.
     */
    private static boolean beginsLikeAnObject(byte[] bytes) {
        int first = 0;
        while (first < bytes.length && " \t\r\n".indexOf(bytes[first]) >= 0) {
            first++;
        }
        return first < bytes.length && bytes[first] == '{';
    }

    /** What an error is told by: the server's own Status, or one that is made of what it said. */
    static String status(int code, String body) {
        if (code >= HttpURLConnection.HTTP_MULT_CHOICE && code < HttpURLConnection.HTTP_BAD_REQUEST) {
            return made(code, "it redirects to another address, which is not followed");
        }
        if (body.isBlank()) {
            return "";
        }
        try {
            check(body.getBytes(StandardCharsets.UTF_8), AnswerLimits.OBJECT_MEMORY);
            return body;
        } catch (AnswerException e) {
            return made(code, quote(code, body));
        }
    }

    /** What an error is told by that says nothing in JSON. */
    static String quote(int code, String body) {
        String text = body.strip();
        return "status " + code + ": " + (text.length() > MAX_QUOTE ? text.substring(0, MAX_QUOTE) + "…" : text);
    }

    private static String made(int code, String message) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("kind", "Status")
                .put("apiVersion", "v1")
                .put("status", "Failure")
                .put("code", code)
                .put("message", message)
                .toString();
    }
}
