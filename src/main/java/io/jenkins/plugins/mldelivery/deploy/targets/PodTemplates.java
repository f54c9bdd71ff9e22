package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvFromSourceBuilder;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.PodSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Pod templates of a model. They pass the Pod Security Standard "restricted", mount no token, and spread over nodes and zones where that is possible. The same request gives the same template.
 */
final class PodTemplates {
    /** The annotation with the hash of what the pods read from ConfigMaps and Secrets: when their data change, so do the template and the revision. */
    static final String CONFIG_HASH = "ml-delivery.io/config-hash";

    private static final String AZURE_CLIENT = "azure.workload.identity/client-id";
    private static final String AZURE_USE = "azure.workload.identity/use";
    private static final String GPU = "nvidia.com/gpu";
    private static final long RUN_AS = 65_532;
    private static final int STARTUP_PERIOD = 5;

    private final DeployModelRequest request;
    private final List<Toleration> tolerations;
    private final PodTemplateSpec given;
    private final int progressDeadlineSeconds;

    /**
     * @param given the template of the user's manifests, or null
     * @throws DeliveryException when the request's texts can't be read
     */
    PodTemplates(DeployModelRequest request, PodTemplateSpec given, int progressDeadlineSeconds) throws DeliveryException {
        this.request = request;
        this.given = given;
        this.progressDeadlineSeconds = progressDeadlineSeconds;
        this.tolerations = Tolerations.parse(request.pods().tolerations());
    }

    /**
     * The template of a track.
     *
     * @param labels all labels of its pods
     * @param selector those that tell the track's pods from others
     * @param configHash see {@link #CONFIG_HASH}, or null
     */
    PodTemplateSpec template(Map<String, String> labels, Map<String, String> selector, String configHash) {
        PodTemplateSpecBuilder template = given == null ? own(selector) : users();
        template.editOrNewMetadata().addToLabels(labels).endMetadata();
        if (configHash != null) {
            template.editOrNewMetadata().addToAnnotations(CONFIG_HASH, configHash).endMetadata();
        }
        if (given == null && request.model().identity().containsKey(AZURE_CLIENT)) {
            template.editOrNewMetadata().addToLabels(AZURE_USE, "true").endMetadata();
        }
        return template.build();
    }

    private PodTemplateSpecBuilder users() {
        PodTemplateSpec copy = new PodTemplateSpecBuilder(given).build();
        List<Container> containers = new ArrayList<>();
        try {
            Container model = ModelManifests.modelContainer(copy);
            copy.getSpec().getContainers().forEach(c -> containers.add(c == model ? new ContainerBuilder(c).withImage(request.image()).build() : c));
        } catch (DeliveryException e) {
            throw new IllegalStateException("manifests are checked when they are read", e);
        }
        return new PodTemplateSpecBuilder(copy).editSpec().withContainers(containers).endSpec();
    }

    private PodTemplateSpecBuilder own(Map<String, String> selector) {
        PodSettings pods = request.pods();
        return new PodTemplateSpecBuilder()
                .withNewSpec()
                .withAutomountServiceAccountToken(false)
                // Kubernetes' variables for each Service of the namespace clash with servers' own, such as VLLM_PORT.
                .withEnableServiceLinks(false)
                .withServiceAccountName(serviceAccount(request))
                .withNodeSelector(pods.nodeSelector().isEmpty() ? null : pods.nodeSelector())
                .withTolerations(tolerations)
                .withTopologySpreadConstraints(spread("kubernetes.io/hostname", selector), spread("topology.kubernetes.io/zone", selector))
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(RUN_AS)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .withContainers(container(pods))
                .endSpec();
    }

    /** The ServiceAccount of the pods, or null for the namespace's default one. */
    static String serviceAccount(DeployModelRequest request) {
        String named = request.model().serviceAccount();
        return named != null ? named : request.model().identity().isEmpty() ? null : request.name();
    }

    private static TopologySpreadConstraint spread(String over, Map<String, String> selector) {
        return new TopologySpreadConstraintBuilder()
                .withMaxSkew(1)
                .withTopologyKey(over)
                .withWhenUnsatisfiable("ScheduleAnyway")
                .withNewLabelSelector()
                .withMatchLabels(selector)
                .endLabelSelector()
                .build();
    }

    private Container container(PodSettings pods) {
        int port = pods.server().port(pods);
        ContainerBuilder container = new ContainerBuilder()
                .withName("model")
                .withImage(request.image())
                .withEnv(pods.env().entrySet().stream().map(e -> new EnvVarBuilder().withName(e.getKey()).withValue(e.getValue()).build()).toList())
                .withEnvFrom(sources(pods))
                .withResources(resources(pods))
                .addNewPort()
                .withName("http")
                .withContainerPort(port)
                .withProtocol("TCP")
                .endPort()
                .withReadinessProbe(probe(pods.server().readyPath(pods), 2, 2, 3))
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext();
        if (pods.server().metricsPort(pods) != port) {
            container.addNewPort().withName("metrics").withContainerPort(pods.server().metricsPort(pods)).withProtocol("TCP").endPort();
        }
        String live = pods.server().livePath(pods);
        if (live != null) {
            // A server that is busy with long requests is slow to answer: only a minute without an answer restarts it.
            container.withLivenessProbe(probe(live, 10, 5, 6));
            container.withStartupProbe(probe(live, STARTUP_PERIOD, 5, Math.max(1, (progressDeadlineSeconds + STARTUP_PERIOD - 1) / STARTUP_PERIOD)));
        }
        return container.build();
    }

    private static Probe probe(String path, int period, int timeout, int failures) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath(path)
                .withNewPort("http")
                .endHttpGet()
                .withPeriodSeconds(period)
                .withTimeoutSeconds(timeout)
                .withFailureThreshold(failures)
                .build();
    }

    private static List<EnvFromSource> sources(PodSettings pods) {
        List<EnvFromSource> sources = new ArrayList<>();
        pods.configMaps().forEach(name -> sources.add(new EnvFromSourceBuilder().withNewConfigMapRef().withName(name).endConfigMapRef().build()));
        pods.secrets().forEach(name -> sources.add(new EnvFromSourceBuilder().withNewSecretRef().withName(name).endSecretRef().build()));
        return sources;
    }

    private static ResourceRequirements resources(PodSettings pods) {
        if (pods.cpu() == null && pods.memory() == null && pods.gpu() == 0) {
            return null;
        }
        ResourceRequirementsBuilder resources = new ResourceRequirementsBuilder();
        if (pods.cpu() != null) {
            resources.addToRequests("cpu", new Quantity(pods.cpu()));
        }
        if (pods.memory() != null) {
            resources.addToRequests("memory", new Quantity(pods.memory()));
            resources.addToLimits("memory", new Quantity(pods.memory()));
        }
        if (pods.gpu() > 0) {
            resources.addToLimits(GPU, new Quantity(Integer.toString(pods.gpu())));
        }
        return resources.build();
    }
}
