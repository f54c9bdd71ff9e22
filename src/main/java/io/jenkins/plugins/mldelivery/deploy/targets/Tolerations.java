package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Names;
import io.jenkins.plugins.mldelivery.delivery.NearestName;
import java.util.ArrayList;
import java.util.List;

/** Reads tolerations: <code>key=value:Effect</code>, <code>key:Effect</code>, <code>key=value</code> or <code>key</code>; without an effect they go for every one. */
public final class Tolerations {
    private static final List<String> EFFECTS = List.of("NoSchedule", "PreferNoSchedule", "NoExecute");

    private Tolerations() {}

    /** @throws DeliveryException naming <code>tolerations</code> */
    public static List<Toleration> parse(List<String> texts) throws DeliveryException {
        List<Toleration> tolerations = new ArrayList<>();
        for (String text : texts) {
            tolerations.add(parse(text));
        }
        return tolerations;
    }

    private static Toleration parse(String text) throws DeliveryException {
        int colon = text.lastIndexOf(':');
        String taint = colon < 0 ? text : text.substring(0, colon);
        int equals = taint.indexOf('=');
        TolerationBuilder toleration = new TolerationBuilder()
                .withKey(Names.qualified("tolerations", equals < 0 ? taint : taint.substring(0, equals)))
                .withOperator(equals < 0 ? "Exists" : "Equal");
        if (equals >= 0) {
            toleration.withValue(Names.labelValue("tolerations", taint.substring(equals + 1)));
        }
        if (colon >= 0) {
            String effect = text.substring(colon + 1);
            if (!EFFECTS.contains(effect)) {
                throw DeliveryException.invalid("tolerations", "'" + effect + "' in '" + text + "' is not a valid effect of a taint", NearestName.hint(effect, EFFECTS) + "Choose one of: " + String.join(", ", EFFECTS) + ".");
            }
            toleration.withEffect(effect);
        }
        return toleration.build();
    }
}
