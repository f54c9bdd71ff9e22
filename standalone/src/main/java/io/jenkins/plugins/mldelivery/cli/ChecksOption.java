package io.jenkins.plugins.mldelivery.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.verify.Check;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks on the command line, as YAML: <code>errorRate</code>, <code>errorRate: {margin: 1.3}</code>, <code>threshold: {name: p99, query: "…", max: 0.5}</code>. The keys are the parameters of the Jenkins
 * describables of the same name.
 */
final class ChecksOption {
    private static final YAMLMapper YAML = YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    private ChecksOption() {}

    static List<Check> parse(List<String> texts) throws DeliveryException {
        List<Check> checks = new ArrayList<>();
        for (String text : texts) {
            checks.add(parse(text));
        }
        return checks;
    }

    private static Check parse(String text) throws DeliveryException {
        try {
            JsonNode node = YAML.readTree(text);
            String kind = node.isTextual() ? node.asText() : node.size() == 1 ? node.fieldNames().next() : "";
            ObjectNode given = node.isObject() && node.path(kind).isObject() ? (ObjectNode) node.path(kind) : YAML.createObjectNode();
            if (kind.equals("errorRate")) {
                return YAML.treeToValue(YAML.<ObjectNode>valueToTree(Check.ErrorRate.defaults()).setAll(given), Check.ErrorRate.class);
            }
            if (kind.equals("threshold")) {
                Check.Threshold defaults = new Check.Threshold(
                        null, null, null, null, Check.Threshold.DEFAULT_COUNT, Check.Threshold.DEFAULT_FAILURE_LIMIT, Check.Threshold.DEFAULT_ON_NO_DATA);
                return YAML.treeToValue(YAML.<ObjectNode>valueToTree(defaults).setAll(given), Check.Threshold.class);
            }
            throw DeliveryException.invalid("checks", "'" + text + "' is neither errorRate nor threshold", "Write it like errorRate or 'threshold: {name: p99, query: \"…\", max: 0.5}'.");
        } catch (JsonProcessingException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, "checks", "'" + text + "' can't be read (" + e.getOriginalMessage() + ")",
                    "Write it like errorRate or 'threshold: {name: p99, query: \"…\", max: 0.5}'.", e);
        }
    }
}
