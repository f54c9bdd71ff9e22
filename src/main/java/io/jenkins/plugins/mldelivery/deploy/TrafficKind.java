package io.jenkins.plugins.mldelivery.deploy;

import java.io.Serializable;

/** How traffic is split between the two versions. */
public sealed interface TrafficKind extends Serializable {
    /** By the number of ready pods behind one Service: needs no mesh and no gateway; the split is as fine as the replica counts allow. */
    record ReplicaRatio() implements TrafficKind {}
}
