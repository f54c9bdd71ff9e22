package io.jenkins.plugins.mldelivery.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.NearestName;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;

/** The keys that a value in YAML may have, which are the parameters of a Jenkins describable. */
final class KnownKeys {
    private KnownKeys() {}

    /**
     * Refuses a key that is not a parameter.
     *
     * @param option the option's parameter, such as <code>checks</code>
     * @param kind whose parameters they are, such as <code>errorRate</code>
     * @param defaults has every parameter
     */
    static void check(String option, String kind, ObjectNode given, ObjectNode defaults) throws DeliveryException {
        for (Iterator<String> names = given.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!defaults.has(name)) {
                List<String> known = new ArrayList<>();
                defaults.fieldNames().forEachRemaining(known::add);
                throw DeliveryException.invalid(
                        option,
                        kind + " has no parameter '" + name + "'",
                        NearestName.hint(name, known) + "Choose one of: " + String.join(", ", new TreeSet<>(known)) + ".");
            }
        }
    }
}
