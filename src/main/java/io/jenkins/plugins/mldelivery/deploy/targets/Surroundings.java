package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPortBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.ModelSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A model's ServiceAccount, NetworkPolicy and PodDisruptionBudget, each when it is wanted. */
final class Surroundings {
    private final DeployModelRequest request;
    private final KubernetesObjects objects;
    private final List<NetworkPolicyPeer> peers;

    Surroundings(DeployModelRequest request, KubernetesObjects objects) throws DeliveryException {
        this.request = request;
        this.objects = objects;
        this.peers = AllowFrom.parse(request.model().allowFrom());
    }

    List<HasMetadata> wanted() {
        List<HasMetadata> wanted = new ArrayList<>();
        if (!request.model().identity().isEmpty()) {
            wanted.add(serviceAccount());
        }
        if (!peers.isEmpty()) {
            wanted.add(networkPolicy());
        }
        if (!ModelSettings.NO_DISRUPTION_BUDGET.equals(request.model().disruptionBudget()) && !objects.manifests().has("PodDisruptionBudget")) {
            wanted.add(disruptionBudget());
        }
        return wanted;
    }

    private HasMetadata serviceAccount() {
        return new ServiceAccountBuilder()
                .withNewMetadata()
                .withName(PodTemplates.serviceAccount(request))
                .withNamespace(request.namespace())
                .withAnnotations(request.model().identity())
                .endMetadata()
                .withAutomountServiceAccountToken(false)
                .build();
    }

    /** For incoming connections only: nobody but these. */
    private HasMetadata networkPolicy() {
        return new NetworkPolicyBuilder()
                .withNewMetadata()
                .withName(request.name())
                .withNamespace(request.namespace())
                .endMetadata()
                .withNewSpec()
                .withPolicyTypes("Ingress")
                .withNewPodSelector()
                .withMatchLabels(Map.of(KubernetesObjects.MODEL_LABEL, request.name()))
                .endPodSelector()
                .addNewIngress()
                .withFrom(peers)
                .withPorts(ports())
                .endIngress()
                .endSpec()
                .build();
    }

    /** Those of the user's containers are not known, so then it is every port. */
    private List<NetworkPolicyPort> ports() {
        if (objects.manifests().deployment() != null) {
            return List.of();
        }
        return IntStream.of(request.pods().server().port(request.pods()), request.pods().server().metricsPort(request.pods()))
                .distinct()
                .mapToObj(port -> new NetworkPolicyPortBuilder().withProtocol("TCP").withPort(new IntOrString(port)).build())
                .toList();
    }

    /** Over both versions' pods: what an eviction may take, it takes from the model. */
    private HasMetadata disruptionBudget() {
        String text = request.model().disruptionBudget();
        return new PodDisruptionBudgetBuilder()
                .withNewMetadata()
                .withName(request.name())
                .withNamespace(request.namespace())
                .endMetadata()
                .withNewSpec()
                .withMaxUnavailable(text.endsWith("%") ? new IntOrString(text) : new IntOrString(Integer.valueOf(text)))
                // Broken pods must not keep a node from being drained.
                .withUnhealthyPodEvictionPolicy("AlwaysAllow")
                .withNewSelector()
                .withMatchLabels(Map.of(KubernetesObjects.MODEL_LABEL, request.name()))
                .endSelector()
                .endSpec()
                .build();
    }
}
