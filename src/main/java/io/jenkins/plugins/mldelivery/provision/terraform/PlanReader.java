package io.jenkins.plugins.mldelivery.provision.terraform;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.SensitiveValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads the JSON form of a plan (<code>terraform show -json</code>, format 0.x or 1.x) as it comes: how many resources
 * it creates, changes and deletes, and which values are sensitive. A plan of any length takes at most some tens of MiB.
 *
 * <p>What does not look like a plan is refused: the guard would let a plan pass in which it finds no change.
 */
final class PlanReader implements ToolReader {
    /** How many deleted resources are named. */
    static final int MAX_NAMED = 100;

    private static final int MAX_ADDRESS = 512;
    private static final int MAX_CHANGE_VALUES = 20_000;
    private static final int MAX_CHANGE_TEXT = 1024 * 1024;
    private static final int MAX_VARIABLES = 2_000;
    private static final int MAX_VARIABLE = 256;
    private static final int MAX_ACTIONS = 10;
    private static final int PATH = 6;

    private final JsonFeed feed = new JsonFeed(this::take);
    /** The names on the way to the current token, by depth; null in lists. */
    private final String[] path = new String[PATH];

    private final SensitiveValues sensitive = new SensitiveValues();
    private final Set<String> sensitiveVariables = new HashSet<>();
    private final Map<String, Object> variables = new HashMap<>();
    private int variableValues = MAX_CHANGE_VALUES;
    private int variableText = MAX_CHANGE_TEXT;
    private final List<String> deleted = new ArrayList<>();
    private String format;
    private int add;
    private int change;
    private int destroy;

    /** A value that is being read whole, and what takes it; null between such values. */
    private JsonValue value;

    private Consumer<JsonValue> taker;

    private String address;
    private final Set<String> actions = new HashSet<>();
    private final Map<String, Object> sides = new HashMap<>();

    @Override
    public void accept(byte[] bytes, int length) throws DeliveryException {
        feed.accept(bytes, length);
    }

    @Override
    public void finish() throws DeliveryException {
        feed.finish();
        if (format == null || !format.startsWith("1.") && !format.startsWith("0.")) {
            throw unknown(format == null ? "no version" : "the version '" + shorten(format) + "'");
        }
        variables.forEach((name, content) -> {
            if (sensitiveVariables.contains(name) || SensitiveNames.matches(name)) {
                sensitive.add(content);
            }
        });
        variables.clear();
    }

    /** Resources to create. */
    int add() {
        return add;
    }

    /** Resources to change. */
    int change() {
        return change;
    }

    /** Resources to delete; one that is replaced counts here and as one to create. */
    int destroy() {
        return destroy;
    }

    /** The resources to delete or replace, by address; the first {@value #MAX_NAMED} of them. */
    List<String> deleted() {
        return List.copyOf(deleted);
    }

    /**
     * The values that the plan marks as sensitive, and those of variables whose {@linkplain SensitiveNames names} say
     * so.
     */
    SensitiveValues sensitive() {
        return sensitive;
    }

    private void take(JsonToken token, int depth, JsonParser parser) throws IOException, DeliveryException {
        if (value != null) {
            value.take(token, parser);
            takeWhole();
        } else if (token == JsonToken.FIELD_NAME) {
            if (depth < PATH) {
                path[depth] = parser.currentName();
            }
        } else if (token.isStructEnd()) {
            if (depth == 2 && path[1] != null && isEntry()) {
                endEntry();
            }
        } else {
            if (token.isStructStart() && depth + 1 < PATH) {
                path[depth + 1] = null;
            }
            begin(token, depth, parser);
            takeWhole();
        }
    }

    private void takeWhole() {
        if (value != null && value.whole()) {
            taker.accept(value);
            value = null;
        }
    }

    private boolean isEntry() {
        return path[1].equals("resource_changes")
                || path[1].equals("resource_drift")
                || path[1].equals("output_changes");
    }

    private void begin(JsonToken token, int depth, JsonParser parser) throws IOException, DeliveryException {
        if (depth == 0 || path[1] == null) {
            return;
        }
        switch (path[1]) {
            case "format_version" -> format = depth == 1 && token == JsonToken.VALUE_STRING ? parser.getText() : format;
            case "resource_changes" -> resource(token, depth, parser, true);
            case "resource_drift" -> resource(token, depth, parser, false);
            case "output_changes" -> side(token, depth, 3, parser);
            case "variables" -> {
                if (depth == 3 && "value".equals(path[3])) {
                    String name = path[2];
                    read(token, parser, new JsonValue(variableValues, variableText), read -> variable(name, read));
                }
            }
            case "configuration" -> {
                if (depth == 5
                        && token == JsonToken.VALUE_TRUE
                        && List.of("root_module", "variables")
                                .equals(Arrays.asList(path).subList(2, 4))
                        && "sensitive".equals(path[5])) {
                    sensitiveVariable(path[4]);
                }
            }
            default -> {}
        }
    }

    /**
     * An entry of a list of changes: <code>{"address": …, "change": {"actions": […], "before": …, "after": …,
     * "before_sensitive": …, "after_sensitive": …}}</code>.
     */
    private void resource(JsonToken token, int depth, JsonParser parser, boolean counts)
            throws IOException, DeliveryException {
        boolean list = depth == 1 || depth == 4 && "change".equals(path[3]) && "actions".equals(path[4]);
        boolean object = depth == 2 || depth == 3 && "change".equals(path[3]);
        if (counts && (list && token != JsonToken.START_ARRAY || object && token != JsonToken.START_OBJECT)) {
            throw unknown("changes of another form");
        }
        if (depth == 3 && "address".equals(path[3])) {
            address = token == JsonToken.VALUE_STRING ? shorten(parser.getText()) : null;
        } else if (depth == 5 && "change".equals(path[3]) && "actions".equals(path[4])) {
            actions.add(
                    token == JsonToken.VALUE_STRING && actions.size() < MAX_ACTIONS ? shorten(parser.getText()) : "");
        } else if ("change".equals(path[3])) {
            side(token, depth, 4, parser);
        }
    }

    private void side(JsonToken token, int depth, int at, JsonParser parser) throws IOException {
        String name = depth == at ? path[at] : null;
        if ("before".equals(name)
                || "after".equals(name)
                || "before_sensitive".equals(name)
                || "after_sensitive".equals(name)) {
            // One that is too large is noted as such.
            read(
                    token,
                    parser,
                    new JsonValue(MAX_CHANGE_VALUES, MAX_CHANGE_TEXT),
                    read -> {
                        sides.put(name, read.within() ? read.value() : read);
                        endSide(name.startsWith("before") ? "before" : "after");
                    });
        }
    }

    private void read(JsonToken token, JsonParser parser, JsonValue empty, Consumer<JsonValue> whole)
            throws IOException {
        value = empty;
        taker = whole;
        value.take(token, parser);
    }

    private void variable(String name, JsonValue read) {
        if (variables.size() >= MAX_VARIABLES || name == null || name.length() > MAX_VARIABLE || !read.within()) {
            sensitive.miss();
        } else {
            variables.put(name, read.value());
            variableValues -= read.values();
            variableText -= read.text();
        }
    }

    private void sensitiveVariable(String name) {
        if (sensitiveVariables.size() < MAX_VARIABLES && name != null && name.length() <= MAX_VARIABLE) {
            sensitiveVariables.add(name);
        }
    }

    /** Takes what is sensitive in a side as soon as its value and its marks are there; the value is not kept then. */
    private void endSide(String side) {
        if (!sides.containsKey(side) || !sides.containsKey(side + "_sensitive")) {
            return;
        }
        Object content = sides.remove(side);
        Object marks = sides.get(side + "_sensitive");
        if (marks instanceof JsonValue || content instanceof JsonValue && SensitiveValues.isMarked(marks)) {
            sensitive.miss();
        } else {
            sensitive.addMarked(content, marks);
        }
    }

    private void endEntry() throws DeliveryException {
        if (path[1].equals("resource_changes")) {
            count();
        }
        sides.clear();
        actions.clear();
        address = null;
    }

    private void count() throws DeliveryException {
        if (address == null || actions.isEmpty() || actions.contains("")) {
            throw unknown("a change without address or actions");
        }
        add += actions.contains("create") ? 1 : 0;
        change += actions.contains("update") ? 1 : 0;
        if (actions.contains("delete")) {
            destroy++;
            if (deleted.size() < MAX_NAMED) {
                deleted.add(address + (actions.contains("create") ? " (replace)" : ""));
            }
        }
    }

    private static String shorten(String text) {
        return text.length() > MAX_ADDRESS ? text.substring(0, MAX_ADDRESS) + "…" : text;
    }

    private static DeliveryException unknown(String what) {
        return DeliveryException.failed(
                "executable",
                "the plan can't be understood: it has " + what,
                "Use Terraform 1.0 or newer, or OpenTofu.",
                null);
    }
}
