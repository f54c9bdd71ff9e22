package io.jenkins.plugins.mldelivery.provision.terraform;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds one JSON value from its tokens, within limits: texts, numbers, booleans, nulls, lists and maps. Numbers that no {@code long} or finite {@code double} can hold become their text.
 */
final class JsonValue {
    private final int maxValues;
    private final int maxText;
    private final Deque<Object> open = new ArrayDeque<>();
    private String name;
    private int values;
    private int text;
    private int openBeyond;
    private Object value;
    private boolean whole;

    /**
     * @param maxValues how many values there may be, those in lists and maps included
     * @param maxText how many characters of texts and names in all
     */
    JsonValue(int maxValues, int maxText) {
        this.maxValues = maxValues;
        this.maxText = maxText;
    }

    /** Takes the next token, until the value {@linkplain #whole() is whole}. */
    void take(JsonToken token, JsonParser parser) throws IOException {
        if (!within()) {
            skip(token);
            return;
        }
        switch (token) {
            case FIELD_NAME -> {
                name = parser.currentName();
                text += name.length();
            }
            case START_OBJECT -> begin(new LinkedHashMap<String, Object>());
            case START_ARRAY -> begin(new ArrayList<>());
            case END_OBJECT, END_ARRAY -> {
                open.pop();
                whole = open.isEmpty();
            }
            default -> add(scalar(token, parser));
        }
        if (!within()) {
            // What was built is of no use any more.
            openBeyond = open.size();
            open.clear();
            value = null;
            whole = openBeyond == 0;
        }
    }

    private void skip(JsonToken token) {
        openBeyond += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        whole = openBeyond == 0;
    }

    /** Whether its last token was taken. */
    boolean whole() {
        return whole;
    }

    /** Whether it is within its limits. */
    boolean within() {
        return values <= maxValues && text <= maxText;
    }

    /** How many values there are, those in lists and maps included. */
    int values() {
        return values;
    }

    /** How many characters its texts and names have. */
    int text() {
        return text;
    }

    /** The value; null also when it is not within its limits. */
    Object value() {
        return value;
    }

    private void begin(Object container) {
        add(container);
        open.push(container);
        whole = false;
    }

    private void add(Object added) {
        values++;
        if (open.isEmpty()) {
            value = added;
            whole = true;
        } else if (open.peek() instanceof Map<?, ?>) {
            @SuppressWarnings("unchecked")
            Map<String, Object> map = (Map<String, Object>) open.peek();
            map.put(name, added);
        } else {
            @SuppressWarnings("unchecked")
            List<Object> list = (List<Object>) open.peek();
            list.add(added);
        }
    }

    private Object scalar(JsonToken token, JsonParser parser) throws IOException {
        switch (token) {
            case VALUE_TRUE:
                return true;
            case VALUE_FALSE:
                return false;
            case VALUE_NULL:
                return null;
            case VALUE_NUMBER_INT:
                return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? text(parser) : parser.getNumberValue();
            case VALUE_NUMBER_FLOAT:
                double number = parser.getDoubleValue();
                return Double.isFinite(number) ? (Object) number : text(parser);
            default:
                return text(parser);
        }
    }

    private String text(JsonParser parser) throws IOException {
        text += parser.getTextLength();
        return within() ? parser.getText() : "";
    }
}
