package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import java.util.Objects;

/**
 * Which cluster and namespace a rollout works in, so that its state is never gone on with elsewhere. What may not be
 * read is null.
 *
 * @param cluster UID of the namespace {@code kube-system}, which no two clusters share
 * @param server the API server's address and a hash of the certificate authorities that it is known by; it tells
 *     clusters apart where their UID may not be read
 * @param namespace UID of the model's namespace
 */
public record RolloutPlace(String cluster, String server, String namespace) {
    /** How one place is related to another. */
    enum Relation {
        /** The same namespace of the same cluster, as far as can be told. */
        SAME,
        /** The same cluster, whose namespace was removed and made anew: nothing of what was there is left. */
        MADE_ANEW,
        /** Another cluster. */
        ELSEWHERE
    }

    public RolloutPlace {
        Objects.requireNonNull(server);
    }

    /** What tells the cluster of a rollout, which is {@link Relation#ELSEWHERE}, from this one, for a sentence. */
    String differsFrom(RolloutPlace begun) {
        if (!address().equals(begun.address())) {
            return "another cluster (" + begun.address() + ") than " + address();
        }
        String identity = cluster != null && begun.cluster != null
                ? "the UID of its namespace kube-system was " + Excerpt.of(begun.cluster) + ", and now is " + Excerpt.of(cluster)
                : "its certificate authorities are others";
        return "another cluster at the same address (" + address() + "): " + identity;
    }

    private String address() {
        return server.replaceFirst(" .*", "");
    }

    /** How this place is related to one where a rollout began. */
    Relation to(RolloutPlace begun) {
        boolean knowsNamespaces = namespace != null && begun.namespace != null;
        if (knowsNamespaces && namespace.equals(begun.namespace)) {
            return Relation.SAME;
        }
        boolean same = cluster != null && begun.cluster != null
                ? cluster.equals(begun.cluster) : server.equals(begun.server);
        if (!same) {
            return Relation.ELSEWHERE;
        }
        return knowsNamespaces ? Relation.MADE_ANEW : Relation.SAME;
    }
}
