package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricSpec;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricSpecBuilder;
import io.jenkins.plugins.mldelivery.deploy.Autoscale;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What scales a model's stable Deployment: a HorizontalPodAutoscaler (autoscaling/v2), or with Prometheus queries a KEDA ScaledObject (keda.sh/v1alpha1, "Scaling Deployments" and "Prometheus" of
 * keda.sh/docs), which makes its own HorizontalPodAutoscaler.
 */
final class Autoscaler {
    static final String KEDA = "keda.sh/v1alpha1";

    private final DeployModelRequest request;

    Autoscaler(DeployModelRequest request) {
        this.request = request;
    }

    /**
     * The object, or null when the request wants none.
     *
     * @param floor fewest pods for now, whatever the request says, or null
     */
    HasMetadata wanted(Integer floor) {
        Autoscale autoscale = request.model().autoscale();
        if (autoscale == null) {
            return null;
        }
        int min = floor == null ? autoscale.min() : Math.max(autoscale.min(), floor);
        int max = Math.max(autoscale.max(), min);
        return autoscale.byKeda() ? scaledObject(autoscale, min, max) : podAutoscaler(autoscale, min, max);
    }

    /**
     * Whether somebody else sets the Deployment's replicas through its scale subresource, as the HorizontalPodAutoscaler's controller and KEDA do. People (kubectl) and this engine do not count. What
     * was once noted there stays noted after the autoscaler is gone, until somebody else sets another number.
     */
    static boolean autoscaled(Deployment deployment) {
        List<ManagedFieldsEntry> entries = deployment.getMetadata().getManagedFields();
        return entries != null && entries.stream().anyMatch(e -> "scale".equals(e.getSubresource()) && isForeign(e.getManager()));
    }

    private static boolean isForeign(String manager) {
        return manager != null && !manager.equals(KubernetesTarget.FIELD_MANAGER) && !manager.startsWith("fabric8") && !manager.startsWith("kubectl");
    }

    private HasMetadata podAutoscaler(Autoscale autoscale, int min, int max) {
        List<MetricSpec> metrics = new ArrayList<>();
        if (autoscale.cpu() != null) {
            metrics.add(utilization("cpu", autoscale.cpu()));
        }
        if (autoscale.memory() != null) {
            metrics.add(utilization("memory", autoscale.memory()));
        }
        autoscale.metrics().forEach((name, value) -> metrics.add(new MetricSpecBuilder()
                .withType("Pods")
                .withNewPods()
                .withNewMetric()
                .withName(name)
                .endMetric()
                .withNewTarget()
                .withType("AverageValue")
                .withAverageValue(new Quantity(value))
                .endTarget()
                .endPods()
                .build()));
        return new HorizontalPodAutoscalerBuilder()
                .withNewMetadata()
                .withName(request.name())
                .withNamespace(request.namespace())
                .endMetadata()
                .withNewSpec()
                .withNewScaleTargetRef("apps/v1", "Deployment", request.name())
                .withMinReplicas(min)
                .withMaxReplicas(max)
                .withMetrics(metrics)
                .endSpec()
                .build();
    }

    private static MetricSpec utilization(String resource, int percent) {
        return new MetricSpecBuilder()
                .withType("Resource")
                .withNewResource()
                .withName(resource)
                .withNewTarget()
                .withType("Utilization")
                .withAverageUtilization(percent)
                .endTarget()
                .endResource()
                .build();
    }

    private HasMetadata scaledObject(Autoscale autoscale, int min, int max) {
        List<Map<String, Object>> triggers = new ArrayList<>();
        if (autoscale.cpu() != null) {
            triggers.add(trigger("cpu", autoscale.cpu()));
        }
        if (autoscale.memory() != null) {
            triggers.add(trigger("memory", autoscale.memory()));
        }
        autoscale.queries().forEach((query, value) -> triggers.add(Map.of(
                "type", "prometheus", "metricType", "AverageValue", "metadata", Map.of("serverAddress", autoscale.prometheus(), "query", query, "threshold", value))));
        return new GenericKubernetesResourceBuilder()
                .withApiVersion(KEDA)
                .withKind("ScaledObject")
                .withNewMetadata()
                .withName(request.name())
                .withNamespace(request.namespace())
                .endMetadata()
                .addToAdditionalProperties("spec", Map.of(
                        "scaleTargetRef", Map.of("apiVersion", "apps/v1", "kind", "Deployment", "name", request.name()),
                        "minReplicaCount", min, "maxReplicaCount", max, "triggers", triggers))
                .build();
    }

    private static Map<String, Object> trigger(String resource, int percent) {
        return Map.of("type", resource, "metricType", "Utilization", "metadata", Map.of("value", Integer.toString(percent)));
    }
}
