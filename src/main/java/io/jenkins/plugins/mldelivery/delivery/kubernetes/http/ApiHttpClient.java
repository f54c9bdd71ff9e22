package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpClient;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.fabric8.kubernetes.client.http.StandardWebSocketBuilder;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.http.WebSocketResponse;
import java.net.URI;
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
    private final Calls calls;
    /** Whose connections it has, or null when they are its own. */
    private final ApiHttpClient shared;

    private ApiHttpClient(ApiHttpBuilder builder, AtomicBoolean closed, Calls calls, ApiHttpClient shared) {
        super(builder, closed);
        this.calls = calls;
        this.shared = shared;
    }

    ApiHttpClient(ApiHttpBuilder builder, Exchanges exchanges) {
        this(builder, new AtomicBoolean(), calls(exchanges, builder), null);
    }

    private static Calls calls(Exchanges exchanges, ApiHttpBuilder builder) {
        ApiHttpFactory factory = builder.getClientFactory();
        return new Calls(exchanges, factory.names(), factory.owner());
    }

    /** The same with other settings, which ends with this one. */
    ApiHttpClient with(ApiHttpBuilder settings) {
        return new ApiHttpClient(settings, getClosed(), calls, shared);
    }

    /** One that shares the connections, for somebody else: it ends with this one, and may be closed before. */
    ApiHttpClient sharing(ApiHttpBuilder settings) {
        return new ApiHttpClient(settings, new AtomicBoolean(), calls(calls.exchanges(), settings), this);
    }

    boolean isOf(ApiHttpFactory factory) {
        return builder.getClientFactory() == factory;
    }

    @Override
    public boolean isClosed() {
        return super.isClosed() || shared != null && shared.isClosed();
    }

    @Override
    public CompletableFuture<HttpResponse<AsyncBody>> consumeBytesDirect(
            StandardHttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        return calls.send(request, consumer, getTag(PageRequests.class));
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, Class<T> type) {
        if (type != byte[].class && type != String.class) {
            CompletableFuture<HttpResponse<T>> other = super.sendAsync(request, type);
            Deadline.set(other, AnswerLimits.CALL);
            return other;
        }
        AnswerRoom room = builder.getClientFactory().room();
        Collector collector = new Collector(calls.exchanges().large(), room.bytes());
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
        URI uri = head.request().uri();
        if (!HttpResponse.isSuccessful(head.code())) {
            ForeignAnswers.checkError(uri, head.code(), collector.text());
            String status = AnswerShape.status(head.code(), collector.text());
            return answer.with(type.cast(type == String.class ? status : status.getBytes(StandardCharsets.UTF_8)));
        }
        if (type == String.class) {
            return answer.with(type.cast(collector.text()));
        }
        byte[] bytes = collector.bytes();
        boolean object = ForeignAnswers.isOfEveryCluster(uri);
        if ((object || bytes.length > 0) && AnswerShape.check(bytes, memory) == null && object) {
            throw AnswerException.notOfApi();
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
        if (shared == null) {
            calls.exchanges().close();
        } else {
            calls.end();
        }
    }
}
