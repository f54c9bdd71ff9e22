package io.jenkins.plugins.mldelivery.provision.terraform;

import com.fasterxml.jackson.core.JsonToken;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which variables the code declares as <code>sensitive</code>, with any value but <code>false</code> and <code>null
 * </code> (Terraform takes expressions that are true, and the text "true"), so that their values are masked before a plan is
 * there to say it. It is a help to the masker, not a judge: of a file that can't be read it finds nothing, and
 * Terraform says what is wrong with it.
 */
final class Declarations {
    private static final int MAX_VALUES = 50_000;
    private static final int MAX_TEXT = 1024 * 1024;
    private static final Set<String> NOT_SENSITIVE = Set.of("false", "\"false\"", "null");

    private final Set<String> sensitive = new HashSet<>();

    /**
     * Reads a file of the code.
     *
     * @param name with its ending, which tells the syntax
     */
    void read(String name, String text) {
        if (name.endsWith(".json")) {
            json(text);
        } else {
            hcl(new HclTokens(text));
        }
    }

    /** The names of the sensitive variables. */
    Set<String> sensitive() {
        return sensitive;
    }

    /** Those of these file names that are code. */
    static List<String> files(List<String> names) {
        return names.stream()
                .filter(n ->
                        n.endsWith(".tf") || n.endsWith(".tofu") || n.endsWith(".tf.json") || n.endsWith(".tofu.json"))
                .toList();
    }

    private void hcl(HclTokens tokens) {
        int depth = 0;
        String label = null;
        String variable = null;
        String before = "";
        String beforeThat = "";
        for (String token = tokens.next(); token != null; token = tokens.next()) {
            if (depth == 0 && token.startsWith("\"") && before.equals("variable")) {
                label = token.substring(1, token.length() - 1);
            } else if (token.equals("{")) {
                variable = depth == 0 && before.startsWith("\"") ? label : variable;
                depth++;
            } else if (token.equals("}")) {
                depth = Math.max(0, depth - 1);
                variable = depth == 0 ? null : variable;
                label = null;
            } else if (depth == 1
                    && variable != null
                    && before.equals("=")
                    && beforeThat.equals("sensitive")
                    && !NOT_SENSITIVE.contains(token)) {
                sensitive.add(variable);
            }
            beforeThat = before;
            before = token;
        }
    }

    private void json(String text) {
        JsonValue whole = new JsonValue(MAX_VALUES, MAX_TEXT);
        try {
            JsonFeed feed = new JsonFeed((JsonToken token, int depth, com.fasterxml.jackson.core.JsonParser parser) ->
                    whole.take(token, parser));
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            feed.accept(bytes, bytes.length);
            feed.finish();
        } catch (DeliveryException e) {
            return; // Terraform tells what is wrong with it.
        }
        if (whole.value() instanceof Map<?, ?> root) {
            blocks(root.get("variable"))
                    .forEach(variables -> variables.forEach((name, body) -> {
                        if (blocks(body).stream().anyMatch(b -> isSensitive(b.get("sensitive")))) {
                            sensitive.add(String.valueOf(name));
                        }
                    }));
        }
    }

    private static boolean isSensitive(Object value) {
        return value != null && !Boolean.FALSE.equals(value) && !"false".equals(value);
    }

    /** In JSON a block is a map, or a list of maps. */
    private static List<Map<?, ?>> blocks(Object value) {
        if (value instanceof Map<?, ?> map) {
            return List.of(map);
        }
        if (value instanceof List<?> list) {
            return list.stream()
                    .<Map<?, ?>>mapMulti((one, blocks) -> {
                        if (one instanceof Map<?, ?> map) {
                            blocks.accept(map);
                        }
                    })
                    .toList();
        }
        return List.of();
    }
}
