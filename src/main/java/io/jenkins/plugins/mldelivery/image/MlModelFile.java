package io.jenkins.plugins.mldelivery.image;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.IOException;

/**
 * The {@code MLmodel} file of MLflow: YAML whose mapping names {@code flavors}. It is read as a stream of tokens, no tree is built and no alias is followed, so that the file can't make more of itself than it is.
 */
final class MlModelFile {
    /** Bytes at most; MLflow's own have a few KiB, with signatures of wide tables up to some 100. */
    static final int MAX_BYTES = 1024 * 1024;

    private static final int MAX_DEPTH = 64;
    private static final String REMEDY = "Save the model again with MLflow, or remove the file.";

    private MlModelFile() {}

    /**
     * Checks its text.
     *
     * @throws DeliveryException when it is not YAML, is nested deeper than 64 levels or has no {@code flavors}
     */
    static void check(byte[] text) throws DeliveryException {
        try (YAMLParser parser = new YAMLFactory().createParser(text)) {
            if (!hasFlavors(parser)) {
                throw DeliveryException.invalid("model", "its MLmodel file has no 'flavors'", REMEDY);
            }
        } catch (IOException | RuntimeException e) {
            // The parser throws some of its errors as runtime exceptions.
            JsonLocation where = e instanceof JsonProcessingException j ? j.getLocation() : null;
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, "model",
                    "its MLmodel file can't be read as YAML (line " + (where == null ? 1 : where.getLineNr()) + ")", REMEDY, e);
        }
    }

    /** Reads all of the first document, since an error may come after what is looked for. */
    private static boolean hasFlavors(YAMLParser parser) throws IOException, DeliveryException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return false;
        }
        boolean found = false;
        int depth = 1;
        while (depth > 0) {
            JsonToken token = parser.nextToken();
            if (token == null) {
                return false;
            }
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.FIELD_NAME && depth == 1 && "flavors".equals(parser.currentName())) {
                found = true;
            }
            if (depth > MAX_DEPTH) {
                throw DeliveryException.invalid("model", "its MLmodel file is nested deeper than " + MAX_DEPTH + " levels", REMEDY);
            }
        }
        return found;
    }
}
