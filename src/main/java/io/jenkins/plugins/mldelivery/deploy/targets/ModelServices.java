package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The Services of a model. Where the pods' numbers make the split, or the subsets of a DestinationRule do, <code>NAME</code> selects both versions' pods. Everywhere else it selects the stable ones, and
 * <code>NAME-canary</code> the canary's.
 */
final class ModelServices {
    private static final int HTTP_PORT = 80;
    private static final String KIND = "Service";

    private final DeployModelRequest request;
    private final KubernetesObjects objects;

    ModelServices(DeployModelRequest request, KubernetesObjects objects) {
        this.request = request;
        this.objects = objects;
    }

    /** Whether the Services select one version each. */
    boolean perTrack() {
        if (request.traffic() instanceof TrafficKind.Istio istio) {
            return istio.destinationRule() == null;
        }
        return request.traffic().routed() || switched();
    }

    /** Whether each version has a Service of its own for its share of the requests, to which somebody divides them. */
    boolean apart() {
        return perTrack() && !switched();
    }

    /** Whether the router moves the selector of <code>NAME</code> from one version to the other. */
    boolean switched() {
        return request.strategy() instanceof Strategy.BlueGreen && !request.traffic().routed();
    }

    /**
     * The Services, those of the manifests left out that need no change.
     *
     * @param live the present Service <code>NAME</code>, or null: a selector that a router has switched stays as it is
     */
    List<HasMetadata> wanted(Service live) {
        List<HasMetadata> services = new ArrayList<>();
        services.add(service(request.name(), perTrack() ? track(live) : null));
        if (perTrack()) {
            services.add(service(request.name() + "-canary", Track.CANARY.word()));
        }
        return services;
    }

    private String track(Service live) {
        Map<String, String> selector = !switched() || live == null || live.getSpec() == null ? null : live.getSpec().getSelector();
        String present = selector == null ? null : selector.get(KubernetesObjects.TRACK_LABEL);
        return present != null ? present : Track.STABLE.word();
    }

    private HasMetadata service(String name, String track) {
        GenericKubernetesResource given = objects.manifests().find(KIND, name);
        if (given != null) {
            return track == null ? given : selecting(given, track);
        }
        GenericKubernetesResource main = objects.manifests().find(KIND, request.name());
        return main != null ? copyOf(main, name, track) : own(name, track);
    }

    /** The user's Service, with the track among what it selects. */
    private static GenericKubernetesResource selecting(GenericKubernetesResource given, String track) {
        GenericKubernetesResource copy = new GenericKubernetesResourceBuilder(given).build();
        Map<String, Object> spec = new LinkedHashMap<>(map(given.getAdditionalProperties().get("spec")));
        Map<String, Object> selector = new LinkedHashMap<>(map(spec.get("selector")));
        selector.put(KubernetesObjects.TRACK_LABEL, track);
        spec.put("selector", selector);
        copy.setAdditionalProperty("spec", spec);
        return copy;
    }

    /** A Service inside the cluster with the ports of the user's. */
    private Service copyOf(GenericKubernetesResource main, String name, String track) {
        Service users = Serialization.unmarshal(Serialization.asJson(main), Service.class);
        users.getSpec().getPorts().forEach(p -> p.setNodePort(null));
        Map<String, String> selector = new LinkedHashMap<>(users.getSpec().getSelector());
        selector.put(KubernetesObjects.TRACK_LABEL, track);
        return new ServiceBuilder(own(name, track)).editSpec().withPorts(users.getSpec().getPorts()).withSelector(selector).endSpec().build();
    }

    private Service own(String name, String track) {
        ServiceBuilder service = new ServiceBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(request.namespace())
                .endMetadata()
                .withNewSpec()
                .addToSelector(KubernetesObjects.MODEL_LABEL, request.name())
                .addNewPort()
                .withName("http")
                .withPort(HTTP_PORT)
                .withProtocol("TCP")
                .withTargetPort(targetPort())
                .endPort()
                .endSpec();
        if (track != null) {
            service.editSpec().addToSelector(KubernetesObjects.TRACK_LABEL, track).endSpec();
        }
        return service.build();
    }

    /** By name, so that a new version may listen on another port; the user's container may have no such name. */
    private IntOrString targetPort() {
        if (objects.manifests().deployment() == null) {
            return new IntOrString("http");
        }
        try {
            Container model = ModelManifests.modelContainer(objects.manifests().deployment().getSpec().getTemplate());
            if (model.getPorts().stream().anyMatch(p -> "http".equals(p.getName()))) {
                return new IntOrString("http");
            }
            boolean clear = request.pods().port() == null && model.getPorts().size() == 1;
            return new IntOrString(clear ? model.getPorts().get(0).getContainerPort() : request.pods().server().port(request.pods()));
        } catch (DeliveryException e) {
            throw new IllegalStateException("manifests are checked when they are read", e);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }
}
