package io.jenkins.plugins.mldelivery.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import java.util.List;

/** Words for what is wrong with an option that is YAML: the parser's own name classes. */
final class YamlOption {
    private static final int MAX_REASON = 300;

    private YamlOption() {}

    /** An option that can't be read. */
    static DeliveryException wrong(String parameter, String text, JsonProcessingException e, String remedy) {
        return new DeliveryException(
                DeliveryException.Kind.INVALID_INPUT,
                parameter,
                "'" + Excerpt.of(text) + "' can't be read (" + reason(e) + ")",
                remedy,
                e);
    }

    private static String reason(JsonProcessingException e) {
        if (e instanceof MismatchedInputException wrong) {
            return "the parameter '" + name(wrong.getPath()) + "' has a value of the wrong kind";
        }
        return Excerpt.of(String.valueOf(e.getOriginalMessage()), MAX_REASON);
    }

    private static String name(List<JsonMappingException.Reference> path) {
        String name = path.isEmpty() ? null : path.get(path.size() - 1).getFieldName();
        return name == null ? "?" : Excerpt.of(name);
    }
}
