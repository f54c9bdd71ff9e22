package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.NamePatterns;
import io.jenkins.plugins.mldelivery.delivery.Names;
import java.io.Serializable;

/** Which namespaces of a cluster may be used, as an administrator has set it for everybody. Immutable. */
public final class NamespaceRules implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final NamespaceRules ANY = new NamespaceRules(null, NamePatterns.of(null));

    private final String cluster;
    private final NamePatterns namespaces;

    private NamespaceRules(String cluster, NamePatterns namespaces) {
        this.cluster = cluster;
        this.namespaces = namespaces;
    }

    /** The whole cluster. */
    public static NamespaceRules any() {
        return ANY;
    }

    /**
     * These alone, and none of the cluster's own objects; with no pattern the whole cluster.
     *
     * @param cluster its name, for the error
     */
    public static NamespaceRules of(String cluster, NamePatterns namespaces) {
        return new NamespaceRules(cluster, namespaces);
    }

    /** Whether the whole cluster may be used. */
    public boolean isAny() {
        return namespaces.isEmpty();
    }

    /**
     * Refuses what is in another namespace.
     *
     * @param parameter that names it, for the error
     * @param what it is, such as {@code "namespace 'ml'"}
     * @param namespace where it is; {@code null} for an object of the whole cluster
     * @throws DeliveryException of the kind {@link DeliveryException.Kind#REFUSED}
     */
    public void check(String parameter, String what, String namespace) throws DeliveryException {
        // What is no name would be matched as one text here, and taken apart as another in the path of a request.
        if (isAny() || namespace != null && Names.isDnsLabel(namespace) && namespaces.match(namespace)) {
            return;
        }
        String why = namespace == null
                ? what + " is an object of the whole cluster, and the cluster '" + cluster
                + "' is only for the namespaces "
                : what + " is not among the namespaces that the cluster '" + cluster + "' is for: ";
        throw new DeliveryException(
                DeliveryException.Kind.REFUSED, parameter, why + String.join(", ", namespaces.lines()),
                "Ask the administrator, or use one of these.", null);
    }
}
