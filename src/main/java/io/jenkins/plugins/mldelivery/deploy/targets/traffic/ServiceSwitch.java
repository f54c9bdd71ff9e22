package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.deploy.TrafficSplit;
import io.jenkins.plugins.mldelivery.deploy.TrafficStatus;
import java.util.List;

/**
 * Switches all traffic at once, by the track that the model's Service selects: blue/green without a mesh or a gateway. Only the weights 0 and 100 can be had. No status of a Service says that
 * its endpoints have followed, so a split counts as confirmed when it is read back.
 */
public final class ServiceSwitch implements ClusterRouter {
    private static final String TRACK = "ml-delivery.io/track";
    private static final String STABLE = "stable";
    private static final String CANARY = "canary";
    private static final int ALL = 100;

    private final KubernetesClient client;
    private final String namespace;
    private final String model;

    ServiceSwitch(KubernetesClient client, String namespace, String model) {
        this.client = client;
        this.namespace = namespace;
        this.model = model;
    }

    @Override
    public List<Right> rights() {
        return List.of(new Right("", "services", List.of("get", "update"), List.of(model)));
    }

    /** Nothing can be missing: the Service is made by the rollout. */
    @Override
    public void checkAccess() {
        // Every cluster has Services.
    }

    /** A Service that selects no track, or another one, sends its requests to whoever is ready: that is not as anybody wants it. */
    @Override
    public TrafficStatus observe() {
        Service found = read();
        String track = found == null || found.getSpec().getSelector() == null ? null : found.getSpec().getSelector().get(TRACK);
        return new TrafficStatus(
                CANARY.equals(track) ? new TrafficSplit(ALL, 0) : TrafficSplit.STABLE_ONLY, STABLE.equals(track) || CANARY.equals(track),
                found == null ? "there is no Service '" + model + "'" : null);
    }

    @Override
    public void route(TrafficSplit split) throws DeliveryException {
        if (split.mirror() > 0 || split.weight() > 0 && split.weight() < ALL) {
            throw new IllegalArgumentException("a Service is switched, not divided: " + split);
        }
        Service found = read();
        if (found == null) {
            if (split.stableOnly()) {
                return;
            }
            throw DeliveryException.invalid("name", "there is no Service '" + model + "' in namespace '" + namespace + "'", "Start the rollout again; it makes the Service.");
        }
        String track = split.stableOnly() ? STABLE : CANARY;
        if (found.getSpec().getSelector() == null || !track.equals(found.getSpec().getSelector().get(TRACK))) {
            Service wanted = new ServiceBuilder(found).editSpec().addToSelector(TRACK, track).endSpec().build();
            client.services().inNamespace(namespace).resource(wanted).update();
        }
    }

    private Service read() {
        return client.services().inNamespace(namespace).withName(model).get();
    }
}
