package io.jenkins.plugins.mldelivery.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.NearestName;
import io.jenkins.plugins.mldelivery.verify.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Checks on the command line, as YAML: <code>errorRate</code>, <code>errorRate: {margin: 1.3}</code>, <code>threshold: {name: p99, query: "…", max: 0.5}</code>. The keys are the parameters of the Jenkins
 * describables of the same name.
 */
final class ChecksOption {
    /** Nothing is silently something else: a parameter that is given twice, an empty number, half a measurement. */
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final String REMEDY = "Write it like errorRate or 'threshold: {name: p99, query: \"…\", max: 0.5}'.";

    /** By the describable's name; what has no default is null there. */
    private static final Map<String, Check> DEFAULTS = new TreeMap<>(Map.of(
            "errorRate", Check.ErrorRate.defaults(), "latency", Check.Latency.defaults(), "distribution", Check.Distribution.of(null, null), "gauge", Check.Gauge.of(null, null, null),
            "threshold", Check.Threshold.of(null, null, null, null), "expression", Check.Expression.of(null, Map.of(), null, null)));

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
            Check defaults = DEFAULTS.get(kind);
            if (defaults == null || !node.isTextual() && !node.path(kind).isObject()) {
                throw DeliveryException.invalid("checks", "'" + Excerpt.of(text) + "' is none of " + String.join(", ", DEFAULTS.keySet()), NearestName.hint(kind, DEFAULTS.keySet()) + REMEDY);
            }
            ObjectNode all = YAML.valueToTree(defaults);
            KnownKeys.check("checks", kind, given, all);
            return YAML.treeToValue(all.setAll(given), defaults.getClass());
        } catch (JsonProcessingException e) {
            throw YamlOption.wrong("checks", text, e, REMEDY);
        }
    }
}
