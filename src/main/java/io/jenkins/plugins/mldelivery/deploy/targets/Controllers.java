package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The controllers that may make what belongs to an object. An owner reference alone does not say who has made an object:
 * the controllers of Kubernetes adopt any object without an owner whose labels match, and then it has the same reference
 * as one that they have made. Who has made it is noted in its {@code metadata.managedFields}.
 *
 * <p>The controllers of Deployments and of ReplicaSets run in one process, whose name differs between distributions
 * ({@code kube-controller-manager}, {@code k3s}, …). So the names are compared and not known beforehand: who keeps the
 * status of the owner also makes what belongs to it. A tool that restores a backup makes both, the owner and what
 * belongs to it, so whoever made the owner counts as well. This tells what was adopted by accident, and what was made by
 * somebody who does not hide it; whoever makes a pod may also choose the name that is noted for it.
 *
 * @param names what the server calls them; empty when it does not tell, then every object counts as made by them
 * @param settled whether that stays so: false before a controller has looked after the owner for the first time
 */
record Controllers(Set<String> names, boolean settled) {
    private static final String SPEC = "f:spec";
    private static final String STATUS = "f:status";

    static Controllers of(HasMetadata owner) {
        Set<String> names = writers(owner, STATUS);
        if (names.isEmpty()) {
            List<ManagedFieldsEntry> entries = owner.getMetadata().getManagedFields();
            return new Controllers(Set.of(), entries == null || entries.isEmpty());
        }
        names.addAll(writers(owner, SPEC));
        return new Controllers(Set.copyOf(names), true);
    }

    /** Whether one of them has made the object, as far as the server tells. */
    boolean haveMade(HasMetadata object) {
        return haveMade(makers(object));
    }

    /** The same by what {@link #makers} says of it. */
    boolean haveMade(Set<String> makers) {
        return names.isEmpty() || makers.stream().anyMatch(names::contains);
    }

    /** Those that may have made an object. */
    static Set<String> makers(HasMetadata object) {
        return writers(object, SPEC);
    }

    private static Set<String> writers(HasMetadata object, String field) {
        Set<String> names = new HashSet<>();
        List<ManagedFieldsEntry> entries = object.getMetadata().getManagedFields();
        for (ManagedFieldsEntry entry : entries == null ? List.<ManagedFieldsEntry>of() : entries) {
            if (entry != null && entry.getManager() != null && entry.getFieldsV1() != null
                    && entry.getFieldsV1().getAdditionalProperties().containsKey(field)) {
                names.add(entry.getManager());
            }
        }
        return names;
    }
}
