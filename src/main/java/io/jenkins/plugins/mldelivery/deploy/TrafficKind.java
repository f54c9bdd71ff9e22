package io.jenkins.plugins.mldelivery.deploy;

import java.io.Serializable;

/** How traffic is split between the two versions. The component names are the parameter names of the Jenkins describables. */
public sealed interface TrafficKind extends Serializable {
    /** By the number of ready pods behind one Service: needs no mesh and no gateway; the split is as fine as the replica counts allow. */
    record ReplicaRatio() implements TrafficKind {}

    /**
     * By the weights of an HTTPRoute of the Gateway API (v1).
     *
     * @param route name of the HTTPRoute, in the model's namespace, which has a rule with the model's Service as its backend
     */
    record Gateway(String route) implements TrafficKind {}

    /**
     * By the weights of an Istio VirtualService.
     *
     * @param virtualService name of the VirtualService, in the model's namespace, which has an HTTP route to the model's Service
     * @param destinationRule name of a DestinationRule whose subsets <code>stable</code> and <code>canary</code> are routed to; null: a Service for each version is
     */
    record Istio(String virtualService, String destinationRule) implements TrafficKind {}

    /**
     * By the canary annotations of ingress-nginx.
     *
     * @param ingress name of the Ingress, in the model's namespace, which has the model's Service as a backend
     */
    record Nginx(String ingress) implements TrafficKind {}

    /** Whether an object of the cluster routes the traffic, whatever the pod counts. */
    default boolean routed() {
        return !(this instanceof ReplicaRatio);
    }
}
