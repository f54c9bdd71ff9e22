package io.jenkins.plugins.mldelivery.provision.terraform;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.IOException;

/**
 * Reads one JSON document of a tool as it comes, token by token, in linear time. What a document of any length takes of
 * memory is the longest of its texts, and what the taker of the tokens keeps.
 */
final class JsonFeed implements ToolReader {
    /** Nested objects and lists. */
    static final int MAX_DEPTH = 500;
    /** Characters of a text. */
    static final int MAX_TEXT = 4 * 1024 * 1024;
    /** Bytes of any token. */
    private static final int MAX_TOKEN = 8 * 1024 * 1024;
    /** Bytes of a name. */
    static final int MAX_NAME = 16 * 1024;
    /** Digits of a number. */
    static final int MAX_NUMBER = 1000;
    /** Bytes of a document. */
    static final long MAX_DOCUMENT = 2L * 1024 * 1024 * 1024;

    private final Tokens tokens;
    private final JsonParser parser;
    private final ByteArrayFeeder feeder;
    private boolean begun;
    private int depth;
    private long sinceToken;
    private boolean inText;
    private boolean escaped;
    /** Of the number that is being read. */
    private int digits;

    /** Takes the tokens of a document. */
    @FunctionalInterface
    interface Tokens {
        /**
         * @param token which token
         * @param depth how many objects and lists are open around it; those that it opens or closes itself do not count
         * @param parser for the token's name, text or number; only during this call
         */
        void take(JsonToken token, int depth, JsonParser parser) throws IOException, DeliveryException;
    }

    JsonFeed(Tokens tokens) {
        this.tokens = tokens;
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxStringLength(MAX_TEXT)
                        .maxNameLength(MAX_NAME)
                        .maxNumberLength(MAX_NUMBER)
                        .maxDocumentLength(MAX_DOCUMENT)
                        .build())
                // Names are not kept beyond their token: a hostile document has millions of different ones.
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .build();
        try {
            parser = factory.createNonBlockingByteArrayParser();
        } catch (IOException e) {
            throw new IllegalStateException("a parser without input can't fail", e);
        }
        feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
    }

    @Override
    public void accept(byte[] bytes, int length) throws DeliveryException {
        checkNumbers(bytes, length);
        try {
            feeder.feedInput(bytes, 0, length);
            sinceToken = drain() ? 0 : sinceToken + length;
        } catch (IOException | RuntimeException e) {
            throw noJson(e);
        }
        if (sinceToken > MAX_TOKEN) {
            throw tooLarge();
        }
    }

    /** The parser looks at the length of a number when it is whole, and keeps it until then. */
    private void checkNumbers(byte[] bytes, int length) throws DeliveryException {
        for (int i = 0; i < length; i++) {
            byte b = bytes[i];
            if (inText) {
                inText = escaped || b != '"';
                escaped = !escaped && b == '\\';
            } else if (b >= '0' && b <= '9') {
                digits++;
                if (digits > MAX_NUMBER) {
                    throw tooLarge();
                }
            } else if (b != '.' && b != '-' && b != '+' && b != 'e' && b != 'E') {
                digits = 0;
                inText = b == '"';
            }
        }
    }

    @Override
    public void finish() throws DeliveryException {
        try {
            feeder.endOfInput();
            drain();
        } catch (IOException | RuntimeException e) {
            throw noJson(e);
        }
        if (!begun || depth > 0) {
            throw noJson(null);
        }
    }

    /** Hands on the tokens that are there; whether there was one. */
    private boolean drain() throws IOException, DeliveryException {
        boolean progress = false;
        for (JsonToken token = parser.nextToken();
                token != null && token != JsonToken.NOT_AVAILABLE;
                token = parser.nextToken()) {
            if (depth == 0 && begun) {
                throw noJson(null);
            }
            begun = true;
            progress = true;
            if (token.isStructEnd()) {
                depth--;
            }
            tokens.take(token, depth, parser);
            if (token.isStructStart()) {
                depth++;
            }
        }
        return progress;
    }

    /** Without what the parser says, which quotes the document. */
    private static DeliveryException noJson(Exception cause) {
        return cause instanceof StreamConstraintsException
                ? tooLarge()
                : DeliveryException.failed(
                        "executable",
                        "the tool's answer is not valid JSON",
                        "Check that it is Terraform 1.0 or newer, or OpenTofu.",
                        null);
    }

    private static DeliveryException tooLarge() {
        return DeliveryException.failed(
                "dir",
                "what the tool answers is too large or too deep to be read: at most " + MAX_DEPTH + " levels, "
                        + MAX_TEXT + " characters of a text and " + MAX_NAME + " of a name are allowed",
                "Make the large values smaller, or keep them outside the infrastructure code.",
                null);
    }
}
