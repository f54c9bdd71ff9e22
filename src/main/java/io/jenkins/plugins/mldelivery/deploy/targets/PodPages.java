package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesErrors;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.PartedAnswer;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Reads the metrics pages of pods through the API server: a few at a time, all of them within {@link #TIME}, and no
 * more than {@link TrackMetrics} says. A pod that stalls or sends without end costs its own page alone. What comes is
 * handed on at once, whichever pod it is from, so none of it is kept here.
 */
final class PodPages {
    /** All pages of a track, besides the time that their reader takes. */
    static final Duration TIME = Duration.ofSeconds(20);

    /** After so long a wait the reader may end it. */
    private static final Duration LOOK = Duration.ofMillis(500);

    private static final int AT_A_TIME = 4;
    private static final int ANSWER_SECONDS = 10;

    private final KubernetesClient client;
    private final String what;
    private final TrackMetrics.Reader reader;
    /** What the client's threads have for the thread that reads: a part of each page at most, or its end. */
    private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();

    private final Set<Asked> running = new LinkedHashSet<>();
    private boolean anyRead;
    private DeliveryException last;
    private long bytes;
    private long end;

    /**
     * @param what what is read, for errors, such as {@code the metrics of the canary pods}
     * @param reader takes the pages
     */
    PodPages(KubernetesClient client, String what, TrackMetrics.Reader reader) {
        this.client = client;
        this.what = what;
        this.reader = reader;
    }

    private interface Step {
        void run() throws DeliveryException, InterruptedException;
    }

    /** A page that was asked for. Compared by identity. */
    private static final class Asked {
        private final Pod pod;
        private final TrackMetrics.Part page;
        private CompletableFuture<HttpResponse<String>> answer;
        private long bytes;

        Asked(Pod pod, TrackMetrics.Part page) {
            this.pod = pod;
            this.page = page;
        }
    }

    /**
     * Reads a page of each pod that has one.
     *
     * @param address of a page behind the pod's name: port, {@code /proxy} and path
     * @throws DeliveryException when none could be read, although there are pods
     */
    void read(List<Pod> pods, String address) throws DeliveryException, InterruptedException {
        end = System.nanoTime() + TIME.toNanos();
        Iterator<Pod> left = pods.iterator();
        try {
            while (left.hasNext() || !running.isEmpty()) {
                while (left.hasNext() && running.size() < AT_A_TIME) {
                    ask(left.next(), address);
                }
                long time = end - System.nanoTime();
                if (time <= 0) {
                    last = pageOf(running.iterator().next().pod, "it was not read within " + TIME.toSeconds() + " s, with those of the others");
                    break;
                }
                Step next = steps.poll(Math.min(time, LOOK.toNanos()), TimeUnit.NANOSECONDS);
                if (next == null) {
                    reader.check();
                } else {
                    next.run();
                }
            }
        } finally {
            running.forEach(asked -> asked.answer.cancel(true));
        }
        if (!anyRead && last != null) {
            throw last;
        }
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

    private void ask(Pod pod, String address) {
        HttpClient http = client.getHttpClient();
        HttpRequest request = http.newHttpRequestBuilder()
                .uri(client.getMasterUrl() + "api/v1/namespaces/"
                        + encoded(pod.getMetadata().getNamespace()) + "/pods/"
                        + encoded(pod.getMetadata().getName()) + address)
                .timeout(ANSWER_SECONDS, TimeUnit.SECONDS)
                .build();
        Asked asked = new Asked(pod, reader.begin(pod.getMetadata().getName() + "/" + pod.getMetadata().getUid(), null));
        asked.answer = PartedAnswer.send(http, request, (part, body) -> steps.add(() -> take(asked, part, body)));
        running.add(asked);
        asked.answer.whenComplete((answer, e) -> steps.add(() -> ended(asked, answer, e)));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(String.valueOf(text), StandardCharsets.UTF_8);
    }

    private void take(Asked asked, List<ByteBuffer> part, AsyncBody body) throws InterruptedException {
        if (!running.contains(asked)) {
            return; // It was given up meanwhile.
        }
        long begin = System.nanoTime();
        for (ByteBuffer some : part) {
            byte[] next = new byte[some.remaining()];
            some.get(next);
            asked.bytes += next.length;
            if (!asked.page.take(next)) {
                anyRead = true; // The reader says what is wrong with it.
                running.remove(asked);
                asked.answer.cancel(true);
                return;
            }
        }
        end += System.nanoTime() - begin;
        body.consume();
    }

    private void ended(Asked asked, HttpResponse<String> answer, Throwable e) throws DeliveryException, InterruptedException {
        if (!running.remove(asked)) {
            return;
        }
        if (e != null) {
            last = failure(asked.pod, e);
            return;
        }
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
        bytes += asked.bytes;
        if (bytes > TrackMetrics.MAX_TRACK_BYTES) {
            throw DeliveryException.failed(
                    "cluster",
                    what + " have more than " + TrackMetrics.MAX_TRACK_BYTES / (1024 * 1024) + " MiB together",
                    "Let the model export fewer series, or use a Prometheus server.",
                    null);
        }
        asked.page.end();
        anyRead = true;
    }
}
