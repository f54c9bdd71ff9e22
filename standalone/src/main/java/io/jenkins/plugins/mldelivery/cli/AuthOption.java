package io.jenkins.plugins.mldelivery.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.verify.source.PrometheusAccess;
import java.util.List;

/**
 * A login on the command line, as YAML: <code>oauth2: {tokenUrl: 'https://…', credentialsId: prom}</code>, <code>sigV4: {region: eu-central-1, credentialsId: aws}</code>. The keys are the parameters of the
 * Jenkins describables of the same name. Its text is never quoted, since somebody may have put a secret into it.
 */
final class AuthOption {
    private static final YAMLMapper YAML = YAMLMapper.builder().enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY).build();
    private static final String REMEDY = "Write it like 'oauth2: {tokenUrl: \"https://…\", credentialsId: ID}' or 'sigV4: {region: eu-central-1, credentialsId: ID}'.";

    private AuthOption() {}

    static PrometheusAccess.Authentication parse(String text) throws DeliveryException {
        JsonNode node = read(text);
        String kind = node.isObject() && node.size() == 1 ? node.fieldNames().next() : "";
        JsonNode given = node.path(kind);
        if (kind.equals("oauth2") && given.isObject()) {
            PrometheusAccess.OAuth2 defaults = new PrometheusAccess.OAuth2(null, null, List.of(), null);
            return value(kind, (ObjectNode) given, defaults, PrometheusAccess.OAuth2.class);
        }
        if (kind.equals("sigV4") && given.isObject()) {
            return value(kind, (ObjectNode) given, new PrometheusAccess.SigV4(null, null, null, null), PrometheusAccess.SigV4.class);
        }
        throw DeliveryException.invalid("auth", "it is neither oauth2 nor sigV4 with its parameters", REMEDY);
    }

    private static JsonNode read(String text) throws DeliveryException {
        try {
            return YAML.readTree(text);
        } catch (JsonProcessingException e) {
            throw DeliveryException.invalid("auth", "it is not valid YAML", REMEDY);
        }
    }

    private static <T> T value(String kind, ObjectNode given, T defaults, Class<T> type) throws DeliveryException {
        ObjectNode all = YAML.valueToTree(defaults);
        KnownKeys.check("auth", kind, given, all);
        try {
            return YAML.treeToValue(all.setAll(given), type);
        } catch (JsonProcessingException e) {
            throw DeliveryException.invalid("auth", "a parameter of " + kind + " has a value of the wrong kind", REMEDY);
        }
    }
}
