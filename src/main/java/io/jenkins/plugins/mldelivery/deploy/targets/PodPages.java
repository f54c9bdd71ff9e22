package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesErrors;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads the metrics pages of pods through the API server: a few at a time, all of them within {@link #TIME}, and no
 * more than {@link TrackMetrics} says. A pod that stalls or sends without end costs its own page alone.
 */
final class PodPages {
    /** All pages of a track. */
    static final Duration TIME = Duration.ofSeconds(20);

    private static final int AT_A_TIME = 4;
    private static final int ANSWER_SECONDS = 10;

    private final KubernetesClient client;
    private final String what;
    private final List<TrackMetrics.Page> pages = new ArrayList<>();
    private DeliveryException last;
    private long bytes;

    /** @param what what is read, for errors, such as {@code the metrics of the canary pods} */
    PodPages(KubernetesClient client, String what) {
        this.client = client;
        this.what = what;
    }

    private record Asked(Pod pod, CompletableFuture<HttpResponse<String>> answer) {}

    /**
     * Reads.
     *
     * @param address of a page behind the pod's name: port, {@code /proxy} and path
     * @return a page for each pod that has one
     * @throws DeliveryException when none could be read, although there are pods
     */
    List<TrackMetrics.Page> read(List<Pod> pods, String address) throws DeliveryException, InterruptedException {
        long end = System.nanoTime() + TIME.toNanos();
        Deque<Asked> running = new ArrayDeque<>();
        Iterator<Pod> left = pods.iterator();
        try {
            while (left.hasNext() || !running.isEmpty()) {
                while (left.hasNext() && running.size() < AT_A_TIME) {
                    Pod pod = left.next();
                    running.add(new Asked(pod, ask(pod, address)));
                }
                Asked first = running.remove();
                try {
                    add(first.pod(), first.answer().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS));
                } catch (TimeoutException e) {
                    first.answer().cancel(true);
                    last = pageOf(first.pod(), "it was not read within " + TIME.toSeconds() + " s, with those of the others");
                } catch (ExecutionException e) {
                    last = failure(first.pod(), e.getCause());
                }
            }
        } finally {
            running.forEach(asked -> asked.answer().cancel(true));
        }
        if (pages.isEmpty() && last != null) {
            throw last;
        }
        return pages;
    }

    private DeliveryException failure(Pod pod, Throwable e) {
        String unusable = KubernetesErrors.unusable(e);
        return unusable != null ? pageOf(pod, unusable) : explained(new KubernetesClientException(String.valueOf(e), e));
    }

    /** The API server handed on what the pod sent: its address is not to blame. */
    private DeliveryException pageOf(Pod pod, String problem) {
        return DeliveryException.failed(
                "cluster",
                "could not read " + what + ": the page of pod " + pod.getMetadata().getName() + " can't be used, since " + problem,
                "Check what the model serves there, or use a Prometheus server.",
                null);
    }

    private DeliveryException explained(KubernetesClientException e) {
        return KubernetesErrors.explain("read " + what + " through the API server", e);
    }

    private CompletableFuture<HttpResponse<String>> ask(Pod pod, String address) {
        HttpClient http = client.getHttpClient();
        HttpRequest request = http.newHttpRequestBuilder()
                .uri(client.getMasterUrl() + "api/v1/namespaces/"
                        + encoded(pod.getMetadata().getNamespace()) + "/pods/"
                        + encoded(pod.getMetadata().getName()) + address)
                .timeout(ANSWER_SECONDS, TimeUnit.SECONDS)
                .build();
        return http.sendAsync(request, String.class);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(String.valueOf(text), StandardCharsets.UTF_8);
    }

    private void add(Pod pod, HttpResponse<String> answer) throws DeliveryException {
        if (answer.code() == HttpURLConnection.HTTP_NOT_FOUND) {
            return; // It has no such page.
        }
        if (!answer.isSuccessful()) {
            Status status = answer.body().isEmpty()
                    ? new Status()
                    : client.getKubernetesSerialization().unmarshal(answer.body(), Status.class);
            last = explained(new KubernetesClientException(
                    "status " + answer.code(), null, answer.code(), status, answer.request()));
            return;
        }
        bytes += answer.body().length();
        if (bytes > TrackMetrics.MAX_TRACK_BYTES) {
            throw DeliveryException.failed(
                    "cluster",
                    what + " have more than " + TrackMetrics.MAX_TRACK_BYTES / (1024 * 1024) + " MiB together",
                    "Let the model export fewer series, or use a Prometheus server.",
                    null);
        }
        pages.add(new TrackMetrics.Page(
                pod.getMetadata().getName() + "/" + pod.getMetadata().getUid(), answer.body()));
    }
}
