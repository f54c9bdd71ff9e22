package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.util.regex.Pattern;

/**
 * The parts of a manifest that become the path of a request. The client library puts them there as they are, and HTTP
 * libraries resolve {@code ..}: a name like {@code ../../kube-system/secrets/x} would reach another namespace.
 */
final class ObjectAddress {
    private static final String PART = "[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?";
    private static final Pattern API_VERSION = Pattern.compile(PART + "(?:/" + PART + ")?");
    private static final Pattern KIND = Pattern.compile("[A-Za-z][A-Za-z0-9]{0,62}");
    /** Some kinds, such as Role, take more than DNS names. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_:.@+=,~-]{1,253}");
    private static final Pattern DOTS = Pattern.compile("\\.{1,2}");
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");
    private static final int MAX_QUOTED = 80;

    private ObjectAddress() {}

    /**
     * Refuses what would lead elsewhere.
     *
     * @param source where the manifest is from, for the error
     */
    static void check(String parameter, String source, JsonNode object) throws DeliveryException {
        check(parameter, source, "apiVersion", object.path("apiVersion"), API_VERSION);
        check(parameter, source, "kind", object.path("kind"), KIND);
        check(parameter, source, "metadata.name", object.at("/metadata/name"), NAME);
        JsonNode namespace = object.at("/metadata/namespace");
        if (!namespace.isMissingNode() && !namespace.isNull()) {
            check(parameter, source, "metadata.namespace", namespace, NAMESPACE);
        }
    }

    private static void check(String parameter, String source, String field, JsonNode value, Pattern valid) throws DeliveryException {
        String text = value.asText();
        if (!value.isTextual() || !valid.matcher(text).matches() || DOTS.matcher(text).matches()) {
            String quoted = text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "…";
            throw DeliveryException.invalid(parameter, source + " has an object whose " + field + " is not valid: '" + quoted + "'", "Correct the manifest.");
        }
    }
}
