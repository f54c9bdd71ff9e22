package io.jenkins.plugins.mldelivery.provision.terraform;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads <code>terraform output -json</code> as it comes: texts, numbers, booleans, lists and maps, within limits, since they become part of the build. */
final class OutputsReader implements ToolReader {
    /** Values in all outputs, those in lists and maps and the descriptions of types included. */
    static final int MAX_VALUES = 50_000;
    /** Characters of all texts and names in outputs. */
    static final int MAX_TEXT = 1024 * 1024;
    /** Lists and maps in each other. */
    static final int MAX_DEPTH = 64;

    private final JsonFeed feed = new JsonFeed(this::take);
    private final JsonValue whole = new JsonValue(MAX_VALUES, MAX_TEXT);
    private final Map<String, Object> values = new TreeMap<>();
    private final List<String> sensitive = new ArrayList<>();

    @Override
    public void accept(byte[] bytes, int length) throws DeliveryException {
        feed.accept(bytes, length);
    }

    @Override
    public void finish() throws DeliveryException {
        feed.finish();
        if (!(whole.value() instanceof Map<?, ?> outputs)) {
            throw unknown();
        }
        for (Map.Entry<?, ?> output : outputs.entrySet()) {
            if (!(output.getValue() instanceof Map<?, ?> description)) {
                throw unknown();
            }
            if (!Boolean.FALSE.equals(description.get("sensitive")) && description.get("sensitive") != null) {
                sensitive.add(output.getKey().toString());
            } else if (description.get("value") != null) {
                values.put(output.getKey().toString(), description.get("value"));
            }
        }
    }

    /** The values of the outputs that are not sensitive and not null. */
    Map<String, Object> values() {
        return values;
    }

    /** The names of those that are sensitive. */
    List<String> sensitive() {
        return sensitive;
    }

    private void take(JsonToken token, int depth, JsonParser parser) throws IOException, DeliveryException {
        whole.take(token, parser);
        if (!whole.within() || depth > MAX_DEPTH) {
            throw DeliveryException.failed(
                    "dir", "the outputs have more than " + MAX_VALUES + " values, " + MAX_TEXT + " characters or " + MAX_DEPTH + " levels", "Leave large values out of the outputs.",
                    null);
        }
    }

    private static DeliveryException unknown() {
        return DeliveryException.failed("executable", "the tool's outputs can't be understood", "Check that it is Terraform 1.0 or newer, or OpenTofu.", null);
    }
}
