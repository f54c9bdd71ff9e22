package io.jenkins.plugins.mldelivery.provision.terraform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.provision.SensitiveValues;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Variables or backend settings as files for Terraform: on a command line all users of the machine could read them. A value that is a JSON list or map is passed as such, any other as a text, as
 * Terraform does for <code>-var</code>.
 */
final class Settings {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

    private final Map<String, Object> values = new TreeMap<>();

    Settings(Map<String, String> texts) {
        texts.forEach((name, text) -> values.put(name, parsed(text)));
    }

    /** Refuses what can't be a name of Terraform. */
    static void checkNames(String parameter, Map<String, String> texts) throws DeliveryException {
        for (String name : texts.keySet()) {
            if (!NAME.matcher(name).matches()) {
                throw DeliveryException.invalid(parameter, "'" + name + "' is not a valid name", "Use letters, digits, '_' and '-'.");
            }
        }
    }

    private static Object parsed(String text) {
        if (text.startsWith("[") || text.startsWith("{")) {
            try {
                return JSON.readValue(text, Object.class);
            } catch (JsonProcessingException e) {
                return text;
            }
        }
        return text;
    }

    /** As JSON, for <code>*.tfvars.json</code>, whose texts are no templates. */
    String json() {
        return JSON.valueToTree(values).toString();
    }

    /** As HCL, a line for each, for <code>-backend-config</code>, whose JSON form would take texts as templates in some versions. */
    String hcl() {
        StringBuilder hcl = new StringBuilder();
        values.forEach((name, value) -> hcl.append(name).append(" = ").append(hcl(value)).append('\n'));
        return hcl.toString();
    }

    /**
     * The values that are secret: those whose names say so, and those of others that are declared as such.
     *
     * @param declared names of variables
     */
    SensitiveValues sensitive(Set<String> declared) {
        SensitiveValues sensitive = new SensitiveValues();
        values.forEach((name, value) -> {
            if (SensitiveNames.matches(name) || declared.contains(name)) {
                sensitive.add(value);
            }
        });
        return sensitive;
    }

    private static String hcl(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, String> entries = new LinkedHashMap<>();
            map.forEach((name, one) -> entries.put(quote(String.valueOf(name)), hcl(one)));
            return "{" + String.join(", ", entries.entrySet().stream().map(e -> e.getKey() + " = " + e.getValue()).toList()) + "}";
        }
        if (value instanceof List<?> list) {
            return "[" + String.join(", ", list.stream().map(Settings::hcl).toList()) + "]";
        }
        return value instanceof String text ? quote(text) : String.valueOf(value);
    }

    /** A text in quotes, in which nothing is a template. */
    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '$', '%' -> quoted.append(c).append(i + 1 < text.length() && text.charAt(i + 1) == '{' ? String.valueOf(c) : "");
                default -> {
                    if (c < ' ') {
                        quoted.append(String.format("\\u%04x", (int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
