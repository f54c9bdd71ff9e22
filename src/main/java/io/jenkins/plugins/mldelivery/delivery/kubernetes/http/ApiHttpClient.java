package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpClient;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.fabric8.kubernetes.client.http.StandardWebSocketBuilder;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.http.WebSocketResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The HTTP client under the Kubernetes library, the same on a Jenkins controller and on the command line. The library's
 * own clients follow redirects to other hosts with the login, unpack and keep whatever comes, and wait for the end of a
 * body without limit. Here an answer is bounded as {@link AnswerLimits} say, redirects are not followed, and a
 * connection ends with the call that was given up.
 */
public final class ApiHttpClient extends StandardHttpClient<ApiHttpClient, ApiHttpFactory, ApiHttpBuilder> {
    private final Exchanges exchanges;
    private final AnswerRoom room;

    ApiHttpClient(ApiHttpBuilder builder, Exchanges exchanges, AnswerRoom room) {
        super(builder, new AtomicBoolean());
        this.exchanges = exchanges;
        this.room = room;
    }

    /** Shares the connections of another one, and ends with it. */
    ApiHttpClient(ApiHttpBuilder builder, ApiHttpClient other) {
        super(builder, other.getClosed());
        this.exchanges = other.exchanges;
        this.room = other.room;
    }

    @Override
    public CompletableFuture<HttpResponse<AsyncBody>> consumeBytesDirect(
            StandardHttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        return exchanges.send(request, consumer, builder.getClientFactory().names());
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, Class<T> type) {
        if (type != byte[].class && type != String.class) {
            CompletableFuture<HttpResponse<T>> other = super.sendAsync(request, type);
            Deadline.set(other, AnswerLimits.CALL);
            return other;
        }
        Collector collector = new Collector(exchanges.large(), room.bytes());
        long memory = room.memory();
        CompletableFuture<HttpResponse<T>> result = new CompletableFuture<>();
        Deadline.set(result, AnswerLimits.CALL);
        consumeBytes(request, collector).whenComplete((head, e) -> {
            if (e != null) {
                result.completeExceptionally(e);
            } else {
                read(head, collector, memory, type, result);
            }
        });
        return result;
    }

    /**
     * Reads the body that a collector takes, until it is there or the result is given up.
     *
     * @param memory bytes that an object may take which is made of it
     */
    static <T> void read(
            HttpResponse<AsyncBody> head,
            Collector collector,
            long memory,
            Class<T> type,
            CompletableFuture<HttpResponse<T>> result) {
        AsyncBody body = head.body();
        result.whenComplete((value, e) -> {
            if (e != null) {
                body.cancel(); // Nothing to do when it has come; else the connection is given up.
            }
        });
        body.done().whenComplete((none, e) -> {
            try {
                if (e != null) {
                    result.completeExceptionally(e);
                } else {
                    // Whoever has asked makes objects of it within this call.
                    result.complete(answer(head, collector, memory, type));
                }
            } catch (AnswerException | RuntimeException refused) {
                result.completeExceptionally(refused);
            } finally {
                collector.end();
            }
        });
        body.consume();
    }

    private static <T> HttpResponse<T> answer(
            HttpResponse<AsyncBody> head, Collector collector, long memory, Class<T> type) throws AnswerException {
        Answer<AsyncBody> answer = (Answer<AsyncBody>) head;
        if (!HttpResponse.isSuccessful(head.code())) {
            String status = AnswerShape.status(head.code(), collector.text());
            return answer.with(type.cast(type == String.class ? status : status.getBytes(StandardCharsets.UTF_8)));
        }
        if (type == String.class) {
            return answer.with(type.cast(collector.text()));
        }
        byte[] bytes = collector.bytes();
        if (bytes.length > 0) {
            AnswerShape.check(bytes, memory);
        }
        return answer.with(type.cast(bytes));
    }

    /** There are none: a watch is a GET. */
    @Override
    public CompletableFuture<WebSocketResponse> buildWebSocketDirect(
            StandardWebSocketBuilder builder, WebSocket.Listener listener) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("no WebSockets"));
    }

    @Override
    protected void doClose() {
        exchanges.close();
    }
}
