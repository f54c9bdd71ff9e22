package io.jenkins.plugins.mldelivery.playground.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Label and field selectors. */
final class Labels {
    private Labels() {}

    /** Whether a map of labels has all of these. */
    static boolean match(JsonNode wanted, JsonNode labels) {
        boolean[] all = {wanted.isObject() && !wanted.isEmpty()};
        wanted.fields().forEachRemaining(e -> all[0] &= labels.path(e.getKey()).asText(null) != null && labels.path(e.getKey()).asText().equals(e.getValue().asText()));
        return all[0];
    }

    /** Whether an object matches the query parameters <code>labelSelector</code> and <code>fieldSelector</code>; null means no selector. */
    static boolean match(JsonNode object, String labelSelector, String fieldSelector) {
        for (String term : terms(labelSelector)) {
            if (!label(term, object.at("/metadata/labels"))) {
                return false;
            }
        }
        for (String term : terms(fieldSelector)) {
            boolean not = term.contains("!=");
            String[] sides = term.split("!=|==|=", 2);
            String actual = object.at("/" + sides[0].replace('.', '/')).asText("");
            if (actual.equals(sides[1]) == not) {
                return false;
            }
        }
        return true;
    }

    /** Splits at commas outside parentheses. */
    private static List<String> terms(String selector) {
        List<String> terms = new ArrayList<>();
        if (selector == null || selector.isBlank()) {
            return terms;
        }
        int begin = 0;
        boolean inside = false;
        for (int i = 0; i < selector.length(); i++) {
            char c = selector.charAt(i);
            inside = c == '(' || inside && c != ')';
            if (c == ',' && !inside) {
                terms.add(selector.substring(begin, i).strip());
                begin = i + 1;
            }
        }
        if (begin < selector.length()) {
            terms.add(selector.substring(begin).strip());
        }
        return terms;
    }

    private static boolean label(String term, JsonNode labels) {
        if (term.contains(" in ") || term.contains(" notin ")) {
            boolean not = term.contains(" notin ");
            String[] sides = term.split(not ? " notin " : " in ", 2);
            List<String> values = Arrays.stream(sides[1].replaceAll("[() ]", "").split(",")).toList();
            return values.contains(labels.path(sides[0].strip()).asText("")) != not;
        }
        if (term.contains("=")) {
            boolean not = term.contains("!=");
            String[] sides = term.split("!=|==|=", 2);
            boolean equal = labels.has(sides[0].strip()) && labels.path(sides[0].strip()).asText().equals(sides[1].strip());
            return equal != not;
        }
        return term.startsWith("!") ? !labels.has(term.substring(1)) : labels.has(term);
    }
}
