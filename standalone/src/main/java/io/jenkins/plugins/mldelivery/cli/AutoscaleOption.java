package io.jenkins.plugins.mldelivery.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.deploy.Autoscale;

/** Autoscaling on the command line, as YAML: <code>min: 2, max: 10, cpu: 70</code>, with or without braces. The keys are the parameters of the Jenkins describable <code>autoscale</code>. */
final class AutoscaleOption {
    private static final YAMLMapper YAML = YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
    private static final String REMEDY = "Write it like 'min: 2, max: 10, cpu: 70'.";

    private AutoscaleOption() {}

    static Autoscale parse(String text) throws DeliveryException {
        try {
            JsonNode given = YAML.readTree(text.strip().startsWith("{") ? text : "{" + text + "}");
            if (!given.isObject()) {
                throw DeliveryException.invalid("autoscale", "'" + Excerpt.of(text) + "' can't be read", REMEDY);
            }
            ObjectNode all = YAML.valueToTree(Autoscale.defaults());
            KnownKeys.check("autoscale", "autoscale", (ObjectNode) given, all);
            return YAML.treeToValue(all.setAll((ObjectNode) given), Autoscale.class);
        } catch (JsonProcessingException e) {
            throw YamlOption.wrong("autoscale", text, e, REMEDY);
        }
    }
}
