package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import io.jenkins.plugins.mldelivery.deploy.TrafficSplit;

/** Chooses the router of a rollout. */
public final class TrafficRouters {
    private TrafficRouters() {}

    /**
     * The router for what is asked for, or null when nothing but the pods routes (one Service over both versions, or a rolling update).
     *
     * @param client not closed by the router
     */
    public static ClusterRouter of(DeployModelRequest request, KubernetesClient client) {
        TrafficKind kind = request.traffic();
        if (kind instanceof TrafficKind.Gateway gateway) {
            return new GatewayRouter(client, request.namespace(), request.name(), gateway.route(), hardest(request.strategy()));
        } else if (kind instanceof TrafficKind.Istio istio) {
            return new IstioRouter(client, request.namespace(), request.name(), istio.virtualService(), istio.destinationRule(), hardest(request.strategy()));
        } else if (kind instanceof TrafficKind.Nginx nginx) {
            return new NginxRouter(client, request.namespace(), request.name(), nginx.ingress());
        }
        return request.strategy() instanceof Strategy.BlueGreen ? new ServiceSwitch(client, request.namespace(), request.name()) : null;
    }

    /** The split of a strategy that asks most of a route; it is rehearsed before anything is touched. */
    private static TrafficSplit hardest(Strategy strategy) {
        if (strategy instanceof Strategy.Shadow shadow) {
            return new TrafficSplit(0, shadow.percent());
        }
        return strategy instanceof Strategy.Canary canary ? new TrafficSplit(canary.steps().get(0), 0) : new TrafficSplit(100, 0);
    }
}
