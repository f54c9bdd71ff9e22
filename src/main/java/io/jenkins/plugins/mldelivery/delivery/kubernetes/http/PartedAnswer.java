package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An answer that is handed on part by part, and kept by nobody here, such as a pod's page. The next part is read when the
 * one before has been consumed. What an error says is short, and kept.
 */
public final class PartedAnswer {
    private PartedAnswer() {}

    /**
     * Asks for it.
     *
     * @param http a client of this package
     * @param parts takes the parts of an answer that is no error
     * @return done when all parts were consumed, within {@link AnswerLimits#CALL}; its body is what an error says, and
     *     empty otherwise. Where it is cancelled, the connection is given up
     */
    public static CompletableFuture<HttpResponse<String>> send(
            HttpClient http, HttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> parts) {
        Collector error = new Collector(new LargeAnswers(), AnswerLimits.ERROR_BYTES);
        AtomicBoolean good = new AtomicBoolean();
        CompletableFuture<HttpResponse<String>> result = new CompletableFuture<>();
        Deadline.set(result, AnswerLimits.CALL);
        http.consumeBytes(request, (bytes, body) -> (good.get() ? parts : error).consume(bytes, body))
                .whenComplete((head, e) -> {
                    if (e != null) {
                        result.completeExceptionally(e);
                    } else {
                        good.set(HttpResponse.isSuccessful(head.code()));
                        ApiHttpClient.read(head, error, AnswerLimits.OBJECT_MEMORY, String.class, result);
                    }
                });
        return result;
    }
}
