package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.internal.OperationSupport;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Reads the objects of a kind page by page, since a namespace may have any number of them, and hands them on one by one
 * as they come: no page is in memory as a whole. What the caller keeps is counted.
 */
public final class ApiLists {
    /** Parts of a page that wait at most for whoever reads the list: threads are handed over once for all of them. */
    private static final int AHEAD = 16;

    private ApiLists() {}

    /** Takes the objects of a list, and keeps of each what it needs and no more. */
    @FunctionalInterface
    public interface Receiver<T> {
        /**
         * Takes an object, without asking the cluster for anything, which waits meanwhile.
         *
         * @param object which is let go afterwards
         * @return how many bytes of memory are kept of it
         */
        long take(T object);
    }

    /**
     * Hands over all objects with these labels, one after the other.
     *
     * @param path of the list, from the server's root on, such as {@code /api/v1/namespaces/ml/pods}
     * @param labels those that they have, by their names; empty for all objects
     * @param type of an object
     * @throws KubernetesClientException when the server refuses, or when there are more than {@link
     *     AnswerLimits#LIST_BYTES} say, or takes longer than {@link AnswerLimits#LIST}, or when more than {@link
     *     AnswerLimits#LIST_KEPT} is kept
     */
    public static <T extends HasMetadata> void read(
            KubernetesClient client, String path, Map<String, String> labels, Class<T> type, Receiver<T> receiver) {
        read(client, path, labels, type, 0, receiver);
    }

    /**
     * The same for one of several lists of which something is kept.
     *
     * @param kept how many bytes of memory are kept of the lists before it
     * @return those with what is kept of this list
     */
    public static <T extends HasMetadata> long read(
            KubernetesClient client, String path, Map<String, String> labels, Class<T> type, long kept,
            Receiver<T> receiver) {
        return read(client, path, labels, type, kept, receiver, AnswerLimits.LIST);
    }

    static <T extends HasMetadata> long read(
            KubernetesClient client, String path, Map<String, String> labels, Class<T> type, long kept,
            Receiver<T> receiver, Duration time) {
        String selector = labels.entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .sorted()
                .collect(Collectors.joining(","));
        String query = path + "?limit=" + AnswerLimits.PAGE
                + (selector.isEmpty() ? "" : "&labelSelector=" + encoded(selector));
        ListReading<T> reading = new ListReading<>(client, type, receiver, kept);
        Deadline deadline = Deadline.in(time);
        String next = null;
        do {
            if (deadline.isOver()) {
                throw new KubernetesClientException("the list took more than " + time.toSeconds() + " s");
            }
            next = reading.page(next == null ? query : query + "&continue=" + encoded(next));
        } while (next != null);
        return reading.kept;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** One list, from page to page. */
    private static final class ListReading<T extends HasMetadata> {
        private final KubernetesClient client;
        private final Class<T> type;
        private final Receiver<T> receiver;
        private long bytes;
        private long values;
        private long kept;

        ListReading(KubernetesClient client, Class<T> type, Receiver<T> receiver, long kept) {
            this.client = client;
            this.type = type;
            this.receiver = receiver;
            this.kept = kept;
        }

        /** What the client's threads have for the one that reads: a part, or the end when there is none. */
        private record Step(List<ByteBuffer> part, AsyncBody body) {}

        /**
         * The objects of a page.
         *
         * @return where the next one begins, or null
         */
        String page(String query) {
            BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
            HttpClient http = client.getHttpClient();
            HttpRequest request = http.newHttpRequestBuilder()
                    .uri(client.getMasterUrl().toString().replaceFirst("/$", "") + query)
                    .timeout(client.getConfiguration().getRequestTimeout(), TimeUnit.MILLISECONDS)
                    .build();
            AtomicInteger ahead = new AtomicInteger();
            CompletableFuture<HttpResponse<String>> answer = PartedAnswer.send(http, request, (part, body) -> {
                boolean full = ahead.incrementAndGet() == AHEAD;
                steps.add(new Step(part, body));
                if (!full) {
                    body.consume();
                }
            });
            answer.whenComplete((head, e) -> steps.add(new Step(null, null)));
            try {
                PageItems page = new PageItems(this::item);
                for (Step step = steps.take(); step.body() != null; step = steps.take()) {
                    take(page, step.part());
                    if (ahead.getAndDecrement() == AHEAD) {
                        step.body().consume();
                    }
                }
                checkSuccess(answer.get());
                values += page.values();
                return page.end();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new KubernetesClientException("interrupted", e);
            } catch (ExecutionException e) {
                throw KubernetesClientException.launderThrowable(e.getCause());
            } catch (IOException e) {
                throw new KubernetesClientException(e.getMessage(), e);
            } finally {
                answer.cancel(true); // Gives up the connection, if the page has not come to its end.
            }
        }

        private void checkSuccess(HttpResponse<String> answer) {
            if (!answer.isSuccessful()) {
                throw OperationSupport.requestFailure(
                        answer.request(), OperationSupport.createStatus(answer, client.getKubernetesSerialization()));
            }
        }

        private void take(PageItems page, List<ByteBuffer> part) throws AnswerException {
            for (ByteBuffer some : part) {
                byte[] next = new byte[some.remaining()];
                some.get(next);
                bytes += next.length;
                if (bytes > AnswerLimits.LIST_BYTES) {
                    throw AnswerException.tooLarge(AnswerLimits.LIST_BYTES);
                }
                page.take(next);
                if (values + page.values() > AnswerLimits.LIST_VALUES) {
                    throw AnswerException.tooManyValues(AnswerLimits.LIST_VALUES);
                }
            }
        }

        private void item(String json) throws AnswerException {
            T object = client.getKubernetesSerialization().unmarshal(json, type);
            if (object == null || object.getMetadata() == null) {
                return;
            }
            kept += receiver.take(object);
            if (kept > AnswerLimits.LIST_KEPT) {
                throw AnswerException.tooMuchKept(AnswerLimits.LIST_KEPT);
            }
        }
    }
}
