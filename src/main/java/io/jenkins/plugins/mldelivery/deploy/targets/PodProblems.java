package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.Ascii;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.AnswerLimits;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Explains why pods are not ready, in the words of the cluster. */
final class PodProblems {
    private static final int LOG_LINES = 20;
    private static final int LONGEST_LINE = 500;
    /** Starts of a container after which another one is not waited for; a kubelet takes some 150 s for them. */
    private static final int MOST_STARTS = 5;
    /** How long a pod is tried before it is given up: a registry or a server that it needs may be late. */
    private static final Duration TRIED = Duration.ofSeconds(90);
    /** What a kubelet quotes of a registry that has answered, and will answer the same. */
    private static final Pattern REFUSED = Pattern.compile(
            "not found|manifest unknown|unauthorized|authentication required|denied|forbidden|invalid reference|no match for platform");
    /** Until then a running pod that is not ready is just starting. */
    private static final Duration STARTING = Duration.ofSeconds(20);

    private final KubernetesClient client;

    PodProblems(KubernetesClient client) {
        this.client = client;
    }

    /** The first problem found, or null when the pods are just not ready yet. */
    String explain(Deployment deployment, List<Pod> pods, Instant now) {
        if (Boolean.TRUE.equals(deployment.getSpec().getPaused())) {
            return "Deployment " + deployment.getMetadata().getName()
                    + " is paused (spec.paused), so its pods are not replaced until somebody resumes it";
        }
        if (deployment.getStatus() != null) {
            for (DeploymentCondition c : deployment.getStatus().getConditions()) {
                if ("ReplicaFailure".equals(c.getType()) && "True".equals(c.getStatus())) {
                    return "pods can't be created: " + quoted(c.getMessage());
                }
            }
        }
        for (Pod pod : staying(pods)) {
            String problem = explain(pod, now);
            if (problem != null) {
                return "pod " + pod.getMetadata().getName() + " " + problem;
            }
        }
        return null;
    }

    /** Why a pod will not get ready however long one waits, as far as its attempts say so; null when that is open. */
    String hopeless(List<Pod> pods, Instant now) {
        for (Pod pod : staying(pods)) {
            String start = pod.getStatus() == null ? null : pod.getStatus().getStartTime();
            if (start == null || !isBefore(start, now.minus(TRIED))) {
                continue;
            }
            for (ContainerStatus status : containers(pod)) {
                int starts = status.getRestartCount() == null ? 1 : status.getRestartCount() + 1;
                String title = "pod " + pod.getMetadata().getName() + " ";
                if ("CrashLoopBackOff".equals(waiting(status)) && starts >= MOST_STARTS) {
                    return title + exit(status) + ", " + starts + " times";
                }
                if (imageRefused(status)) {
                    return title + explain(pod, now);
                }
            }
        }
        return null;
    }

    private static boolean imageRefused(ContainerStatus status) {
        String waiting = waiting(status);
        return waiting != null && (waiting.equals("InvalidImageName") || waiting.contains("Image")
                && REFUSED.matcher(Ascii.lower(quoted(status.getState().getWaiting().getMessage()))).find());
    }

    /** Without those on their way out: their containers end because they were asked to. */
    private static List<Pod> staying(List<Pod> pods) {
        return pods.stream().filter(pod -> pod.getMetadata().getDeletionTimestamp() == null).toList();
    }

    static boolean isReady(Pod pod) {
        return pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
    }

    private String explain(Pod pod, Instant now) {
        if (pod.getStatus() == null) {
            return null;
        }
        for (PodCondition c : pod.getStatus().getConditions()) {
            if ("PodScheduled".equals(c.getType()) && "False".equals(c.getStatus())) {
                return "can't be scheduled: " + quoted(c.getMessage());
            }
        }
        for (ContainerStatus status : containers(pod)) {
            ContainerState state = status.getState();
            String waiting = waiting(status);
            if (waiting != null && (waiting.contains("Image") || waiting.endsWith("Error"))) {
                return "can't start: " + quoted(waiting) + " (" + quoted(state.getWaiting().getMessage()) + ")";
            }
            if (crashed(status)) {
                return exit(status);
            }
            if (!Boolean.TRUE.equals(status.getReady()) && runsSince(state, now.minus(STARTING))) {
                return "runs but is not ready" + probe(pod, status.getName());
            }
        }
        return null;
    }

    private static List<ContainerStatus> containers(Pod pod) {
        return pod.getStatus() == null ? List.of()
                : Stream.concat(pod.getStatus().getInitContainerStatuses().stream().filter(s -> !done(s)), pod.getStatus().getContainerStatuses().stream()).toList();
    }

    /** An init container ends when it has done its work. */
    private static boolean done(ContainerStatus init) {
        return init.getState() != null && init.getState().getTerminated() != null && Integer.valueOf(0).equals(init.getState().getTerminated().getExitCode());
    }

    private static String waiting(ContainerStatus status) {
        return status.getState() == null || status.getState().getWaiting() == null ? null : status.getState().getWaiting().getReason();
    }

    private static boolean crashed(ContainerStatus status) {
        return "CrashLoopBackOff".equals(waiting(status)) || status.getState() != null && status.getState().getTerminated() != null;
    }

    private static boolean crashedBefore(ContainerStatus status) {
        return !Boolean.TRUE.equals(status.getReady()) && status.getLastState() != null && status.getLastState().getTerminated() != null;
    }

    /**
     * Of the first container that has crashed, as {@link #explain(Deployment, List, Instant)} finds it or as it is a moment later: a kubelet starts it again at once after its first crash. Empty when none
     * has, or when they can't be read.
     */
    List<String> lastLines(List<Pod> pods) {
        for (Pod pod : staying(pods)) {
            for (ContainerStatus status : containers(pod)) {
                if (crashed(status) || crashedBefore(status)) {
                    return lastLines(pod, status);
                }
            }
        }
        return List.of();
    }

    private static boolean runsSince(ContainerState state, Instant then) {
        return state != null
                && state.getRunning() != null
                && state.getRunning().getStartedAt() != null
                && isBefore(state.getRunning().getStartedAt(), then);
    }

    private static boolean isBefore(String time, Instant then) {
        try {
            return OffsetDateTime.parse(time).toInstant().isBefore(then);
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static String probe(Pod pod, String name) {
        for (Container container : pod.getSpec() == null ? List.<Container>of() : pod.getSpec().getContainers()) {
            Probe probe = container.getReadinessProbe();
            if (container.getName().equals(name) && probe != null && probe.getHttpGet() != null) {
                Object given = probe.getHttpGet().getPort() == null ? "" : probe.getHttpGet().getPort().getValue();
                String port = container.getPorts().stream()
                        .filter(p -> given.equals(p.getName()))
                        .map(p -> p.getContainerPort().toString())
                        .findFirst()
                        .orElse(given.toString());
                return ": its readiness probe of :" + quoted(port + probe.getHttpGet().getPath()) + " fails";
            }
        }
        return "";
    }

    private static String exit(ContainerStatus status) {
        ContainerState state = status.getState().getTerminated() != null ? status.getState() : status.getLastState();
        if (state == null || state.getTerminated() == null) {
            return "crashed";
        }
        if (Integer.valueOf(0).equals(state.getTerminated().getExitCode())) {
            return "ended by itself (exit code 0), which a model server must not do";
        }
        return "OOMKilled".equals(state.getTerminated().getReason())
                ? "crashed: it needed more memory than its limit (OOMKilled)"
                : "crashed with exit code " + state.getTerminated().getExitCode();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(String.valueOf(text), StandardCharsets.UTF_8);
    }

    private static String quoted(String text) {
        String line = String.valueOf(text);
        return line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "…" : line;
    }

    private List<String> lastLines(Pod pod, ContainerStatus status) {
        try {
            boolean restarted = status.getRestartCount() != null && status.getRestartCount() > 0
                    && status.getState() != null && status.getState().getTerminated() == null;
            // The library would wait for a pod that is not ready.
            String text = client.raw("/api/v1/namespaces/" + encoded(pod.getMetadata().getNamespace())
                    + "/pods/" + encoded(pod.getMetadata().getName()) + "/log?container=" + encoded(status.getName())
                    + "&tailLines=" + LOG_LINES + "&limitBytes=" + AnswerLimits.LOG_BYTES
                    + (restarted ? "&previous=true" : ""));
            if (text == null || text.isBlank()) {
                return List.of();
            }
            List<String> lines = text.stripTrailing().lines().map(PodProblems::quoted).toList();
            return lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size());
        } catch (KubernetesClientException e) {
            return List.of(); // The right to read logs is recommended, not needed.
        }
    }
}
