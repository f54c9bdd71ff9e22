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
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.PageRequests;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.PartedAnswer;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Reads the metrics pages of pods through the API server: a few at a time, all of them within {@link #TIME}, and no
 * more than {@link TrackMetrics} says. A pod that stalls or sends without end costs its own page alone. What comes is
 * handed on at once, whichever pod it is from, so none of it is kept here. What is not read is told.
 */
final class PodPages {
    /** All pages of a track, besides the time that their reader takes. */
    static final Duration TIME = Duration.ofSeconds(20);

    /** After so long a wait the reader may end it. */
    private static final Duration LOOK = Duration.ofMillis(500);

    private static final int AT_A_TIME = 4;
    /** For the head of an answer; who has sent no whole page after so long is too slow at the end of {@link #TIME}. */
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final KubernetesClient client;
    private final PageRequests requests;
    private final HttpClient http;
    private final String what;
    private final Set<String> bad;
    private final TrackMetrics.Reader reader;
    /** What the client's threads have for the thread that reads: a part of each page at most, or its end. */
    private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();

    private final Set<Asked> running = new LinkedHashSet<>();
    /** What is wrong with the pages that were asked for and can't be read, by source. */
    private final Map<String, String> problems = new LinkedHashMap<>();
    /** Sources for which there was no time. */
    private final List<String> late = new ArrayList<>();
    /** Sources that have no such page, or are gone since they were listed. */
    private final List<String> without = new ArrayList<>();

    private boolean anyRead;
    private DeliveryException last;
    private long bytes;
    private long end;

    /**
     * @param threads that read what the pods send
     * @param what what is read, for errors, such as {@code the metrics of the canary pods}
     * @param bad sources that could not be read the last time: of them it is known when there is no time for them again
     * @param reader takes the pages
     */
    PodPages(
            KubernetesClient client, Executor threads, String what, Set<String> bad, TrackMetrics.Reader reader) {
        this.bad = bad;
        this.client = client;
        this.requests = new PageRequests(threads, ANSWER);
        this.http = requests.on(client.getHttpClient());
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
        private final long since = System.nanoTime();
        private CompletableFuture<HttpResponse<String>> answer;
        private long bytes;

        Asked(Pod pod, TrackMetrics.Part page) {
            this.pod = pod;
            this.page = page;
        }
    }

    /**
     * Reads a page of each pod that has one. To be called once.
     *
     * @param pods in the order in which they are asked
     * @param address of each one's page
     * @throws DeliveryException when none could be read, although there are pods
     */
    void read(List<Pod> pods, PageAddress address) throws DeliveryException, InterruptedException {
        end = System.nanoTime() + TIME.toNanos();
        Iterator<Pod> left = pods.iterator();
        try {
            while (left.hasNext() || !running.isEmpty()) {
                while (left.hasNext() && running.size() < AT_A_TIME) {
                    ask(left.next(), address);
                }
                long time = end - System.nanoTime();
                if (time <= 0) {
                    running.forEach(this::late);
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
            requests.close();
            running.forEach(asked -> asked.answer.cancel(true));
            left.forEachRemaining(this::unasked);
        }
        if (!anyRead && last != null) {
            throw last;
        }
        if (anyRead) {
            without.forEach(source -> problems.put(source, "status 404, while others have such a page"));
        }
        problems.forEach((source, problem) -> reader.failed(source, address + ": " + problem));
        if (!late.isEmpty()) {
            reader.late(List.copyOf(late));
        }
    }

    /** What a page comes from. */
    static String source(Pod pod) {
        return pod.getMetadata().getName() + "/" + pod.getMetadata().getUid();
    }

    /** Sources whose pages could not be read, for a reason of their own. */
    Set<String> failed() {
        return problems.keySet();
    }

    /** Sources for which there was no time. */
    List<String> late() {
        return late;
    }

    /** There was no time to ask it. */
    private void unasked(Pod pod) {
        if (bad.contains(source(pod))) {
            problems.put(source(pod), "it could not be read the last time, and there was no time to ask it again");
        } else {
            late.add(source(pod));
        }
    }

    /** Its time is over: it has had enough of it, or was asked too late. */
    private void late(Asked asked) {
        String problem = "it was not read within " + TIME.toSeconds() + " s, with those of the others";
        last = pageOf(asked.pod, problem);
        if (bad.contains(source(asked.pod)) || System.nanoTime() - asked.since >= ANSWER.toNanos()) {
            problems.put(source(asked.pod), problem);
        } else {
            late.add(source(asked.pod));
        }
    }

    private void failed(Pod pod, Throwable e) {
        String unusable = KubernetesErrors.unusable(e);
        if (unusable != null) {
            last = pageOf(pod, unusable);
            problems.put(source(pod), unusable);
        } else {
            failed(pod, new KubernetesClientException(String.valueOf(e), e));
        }
    }

    private void failed(Pod pod, KubernetesClientException e) {
        last = explained(e);
        problems.put(source(pod), KubernetesErrors.said(e));
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

    private void ask(Pod pod, PageAddress address) {
        HttpRequest request = http.newHttpRequestBuilder()
                .uri(client.getMasterUrl() + "api/v1/namespaces/"
                        + encoded(pod.getMetadata().getNamespace()) + "/pods/"
                        + encoded(pod.getMetadata().getName()) + address.proxied())
                .build();
        Asked asked = new Asked(pod, reader.begin(source(pod), null));
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
            failed(asked.pod, e);
            return;
        }
        if (answer.code() == HttpURLConnection.HTTP_NOT_FOUND) {
            without.add(source(asked.pod));
            return;
        }
        if (!answer.isSuccessful()) {
            Status status = answer.body().isEmpty()
                    ? new Status()
                    : client.getKubernetesSerialization().unmarshal(answer.body(), Status.class);
            failed(asked.pod, new KubernetesClientException(
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
