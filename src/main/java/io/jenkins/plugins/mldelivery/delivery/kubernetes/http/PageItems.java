package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Takes a page of a list in parts as they come, and hands on its objects one by one as JSON. So no more of the page is
 * in memory than a part and an object, within {@link AnswerLimits#ITEM_MEMORY}. Not thread-safe.
 */
final class PageItems {
    /** A text is in memory before it is seen, with two bytes for a character at worst. */
    private static final JsonFactory JSON = AnswerShape.JSON
            .rebuild()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(AnswerLimits.ITEM_MEMORY / 2)
                    .build())
            .build();

    private static final String ITEMS = "items";
    private static final int ITEM_DEPTH = 2;

    private final JsonParser parser;
    private final Items items;
    private int depth;
    private int values;
    /** The field of the page that is being read, and that of its metadata. */
    private String field;
    private boolean listed;

    private String inner;
    private String next;
    /** The object that is being read, or null between two of them. */
    private Item item;

    /** Takes the text of each object. */
    interface Items {
        void take(String json) throws AnswerException;
    }

    /** For a page of which nothing has come yet. */
    PageItems(Items items) throws IOException {
        this.parser = JSON.createNonBlockingByteArrayParser();
        this.items = items;
    }

    /** An object's JSON, and what it takes as an object of the library, by its number of values. */
    private static final class Item {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final JsonGenerator json;
        private long memory;

        Item() throws IOException {
            json = JSON.createGenerator(bytes);
        }

        void copy(JsonParser from) throws IOException {
            JsonToken token = from.currentToken();
            memory += AnswerShape.memory(token);
            if (token == JsonToken.FIELD_NAME) {
                json.writeFieldName(from.currentName());
            } else if (token.isNumeric()) {
                json.writeNumber(from.getText()); // As it stands there, whatever its size.
            } else {
                json.copyCurrentEvent(from);
            }
            if (memory + 2L * bytes.size() > AnswerLimits.ITEM_MEMORY) {
                throw AnswerException.largeItem(AnswerLimits.ITEM_MEMORY);
            }
        }

        String text() throws IOException {
            json.close();
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    /** Takes the next part. */
    void take(byte[] part) throws AnswerException {
        try {
            ByteArrayFeeder feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
            feeder.feedInput(part, 0, part.length);
            read();
        } catch (AnswerException e) {
            throw e;
        } catch (StreamConstraintsException e) {
            throw AnswerException.largeItem(AnswerLimits.ITEM_MEMORY);
        } catch (IOException e) {
            throw AnswerException.notJson();
        }
    }

    /**
     * The page has come to its end.
     *
     * @return where the next one begins, or null
     */
    String end() throws AnswerException {
        try {
            parser.getNonBlockingInputFeeder().endOfInput();
            read();
        } catch (AnswerException e) {
            throw e;
        } catch (IOException e) {
            throw AnswerException.notJson();
        }
        if (depth > 0 || values == 0) {
            throw AnswerException.notJson();
        }
        if (!listed) {
            throw AnswerException.notOfApi(); // Else it would mean that there are none.
        }
        return next == null || next.isEmpty() ? null : next;
    }

    /** How many values there were so far. */
    int values() {
        return values;
    }

    private void read() throws IOException {
        for (JsonToken token = parser.nextToken();
                token != null && token != JsonToken.NOT_AVAILABLE;
                token = parser.nextToken()) {
            if (token.isStructEnd()) {
                depth--;
            }
            if (token != JsonToken.FIELD_NAME && !token.isStructEnd() && ++values > AnswerLimits.VALUES) {
                throw AnswerException.tooManyValues(AnswerLimits.VALUES);
            }
            take(token);
            if (token.isStructStart() && ++depth > AnswerLimits.DEPTH) {
                throw AnswerException.tooDeep(AnswerLimits.DEPTH);
            }
        }
    }

    /** @param token at {@link #depth}, which for the end of an object is that of its beginning */
    private void take(JsonToken token) throws IOException {
        if (item != null) {
            item.copy(parser);
            if (depth == ITEM_DEPTH && token.isStructEnd()) {
                String text = item.text();
                item = null;
                items.take(text);
            }
        } else if (depth == 0) {
            if (token != JsonToken.END_OBJECT && (token != JsonToken.START_OBJECT || values > 1)) {
                throw AnswerException.notJson();
            }
        } else if (depth == 1 && token == JsonToken.FIELD_NAME) {
            field = parser.currentName();
            listed |= ITEMS.equals(field);
        } else if (depth == 1 && ITEMS.equals(field)) {
            if (token != JsonToken.START_ARRAY && token != JsonToken.END_ARRAY && token != JsonToken.VALUE_NULL) {
                throw AnswerException.notJson();
            }
        } else if (depth == ITEM_DEPTH && ITEMS.equals(field)) {
            begin(token);
        } else if (depth == ITEM_DEPTH && token == JsonToken.FIELD_NAME) {
            inner = parser.currentName();
        } else if (depth == ITEM_DEPTH
                && token == JsonToken.VALUE_STRING
                && "metadata".equals(field)
                && "continue".equals(inner)) {
            next = parser.getText();
        }
    }

    private void begin(JsonToken token) throws IOException {
        if (token == JsonToken.START_OBJECT) {
            item = new Item();
            item.copy(parser);
        } else if (token != JsonToken.VALUE_NULL) {
            throw AnswerException.notJson();
        }
    }
}
