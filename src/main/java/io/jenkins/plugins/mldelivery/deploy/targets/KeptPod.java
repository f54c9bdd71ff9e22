package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A pod as far as rollouts look at it, and what that takes in memory: whose it is, which image it runs, whether it is
 * ready, and why not. A whole one has ten times as much. Whatever looks at more of a pod has to keep it here.
 */
final class KeptPod {
    /** Of what is looked at in a status. */
    private static final Set<String> CONDITIONS = Set.of("Ready", "PodScheduled");
    /** Of a text that the cluster says, such as a message; a bit more than {@link PodProblems} quotes. */
    private static final int MAX_TEXT = 600;
    /** Bytes of a pod without its texts and without what there may be several of, and of one of these. */
    private static final int POD = 1_600;
    private static final int PART = 300;

    private final Pod pod;
    private long bytes = POD;

    KeptPod(Pod whole, OwnerReference owner) {
        pod = new PodBuilder()
                .withMetadata(metadata(whole.getMetadata(), owner))
                .withSpec(PodProblems.isReady(whole) || whole.getSpec() == null ? null : spec(whole.getSpec()))
                .withStatus(whole.getStatus() == null ? null : status(whole.getStatus()))
                .build();
    }

    Pod pod() {
        return pod;
    }

    /** How much memory it takes. */
    long bytes() {
        return bytes;
    }

    private ObjectMeta metadata(ObjectMeta whole, OwnerReference owner) {
        return new ObjectMetaBuilder()
                .withName(name(whole.getName()))
                .withNamespace(name(whole.getNamespace()))
                .withUid(name(whole.getUid()))
                .withDeletionTimestamp(name(whole.getDeletionTimestamp()))
                .withOwnerReferences(owner == null ? List.of() : List.of(new OwnerReferenceBuilder()
                        .withApiVersion(name(owner.getApiVersion()))
                        .withKind(name(owner.getKind()))
                        .withName(name(owner.getName()))
                        .withUid(name(owner.getUid()))
                        .withController(owner.getController())
                        .build()))
                .build();
    }

    /** For those whose probe fails. */
    private PodSpec spec(PodSpec whole) {
        return new PodSpecBuilder()
                .withContainers(whole.getContainers().stream()
                        .filter(Objects::nonNull)
                        .map(this::container)
                        .toList())
                .build();
    }

    private Container container(Container whole) {
        bytes += 2 * PART;
        Probe probe = whole.getReadinessProbe();
        boolean http = probe != null && probe.getHttpGet() != null;
        if (http) {
            bytes += PART + 2L * String.valueOf(probe.getHttpGet().getPort()).length();
        }
        return new ContainerBuilder()
                .withName(name(whole.getName()))
                .withPorts(http ? whole.getPorts().stream().filter(Objects::nonNull).map(this::port).toList() : List.of())
                .withReadinessProbe(http ? new ProbeBuilder()
                        .withNewHttpGet()
                        .withPort(probe.getHttpGet().getPort())
                        .withPath(text(probe.getHttpGet().getPath()))
                        .endHttpGet()
                        .build() : null)
                .build();
    }

    private ContainerPort port(ContainerPort whole) {
        bytes += PART;
        return new ContainerPortBuilder()
                .withName(name(whole.getName()))
                .withContainerPort(whole.getContainerPort())
                .build();
    }

    private PodStatus status(PodStatus whole) {
        return new PodStatusBuilder()
                .withStartTime(name(whole.getStartTime()))
                .withConditions(whole.getConditions().stream()
                        .filter(Objects::nonNull)
                        .filter(condition -> condition.getType() != null && CONDITIONS.contains(condition.getType()))
                        .map(this::condition)
                        .toList())
                .withInitContainerStatuses(containers(whole.getInitContainerStatuses()))
                .withContainerStatuses(containers(whole.getContainerStatuses()))
                .build();
    }

    private List<ContainerStatus> containers(List<ContainerStatus> all) {
        return all.stream().filter(Objects::nonNull).map(this::container).toList();
    }

    private PodCondition condition(PodCondition whole) {
        bytes += PART;
        return new PodConditionBuilder()
                .withType(whole.getType())
                .withStatus(name(whole.getStatus()))
                .withMessage(text(whole.getMessage()))
                .build();
    }

    private ContainerStatus container(ContainerStatus whole) {
        bytes += PART;
        return new ContainerStatusBuilder()
                .withName(name(whole.getName()))
                .withImageID(name(whole.getImageID()))
                .withReady(whole.getReady())
                .withRestartCount(whole.getRestartCount())
                .withState(state(whole.getState()))
                .withLastState(state(whole.getLastState()))
                .build();
    }

    private ContainerState state(ContainerState whole) {
        if (whole == null) {
            return null;
        }
        bytes += PART;
        ContainerStateBuilder state = new ContainerStateBuilder();
        if (whole.getWaiting() != null) {
            state.withNewWaiting()
                    .withReason(text(whole.getWaiting().getReason()))
                    .withMessage(text(whole.getWaiting().getMessage()))
                    .endWaiting();
        }
        if (whole.getRunning() != null) {
            state.withNewRunning().withStartedAt(name(whole.getRunning().getStartedAt())).endRunning();
        }
        if (whole.getTerminated() != null) {
            state.withNewTerminated()
                    .withExitCode(whole.getTerminated().getExitCode())
                    .withReason(text(whole.getTerminated().getReason()))
                    .endTerminated();
        }
        return state.build();
    }

    /** What something is called by; it is no other one when it is long. */
    private String name(String text) {
        bytes += text == null ? 0 : 48 + 2L * text.length();
        return text;
    }

    /** What is only quoted. */
    private String text(String text) {
        return name(text == null || text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT));
    }
}
