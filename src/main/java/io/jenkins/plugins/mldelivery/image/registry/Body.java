package io.jenkins.plugins.mldelivery.image.registry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * Receives a body with back-pressure. Not the JDK's input stream, because that one can neither be timed out nor (in Java 17) interrupted while it waits.
 * Without a sink the body is kept, up to the 4 MiB that the distribution specification names as the limit of a manifest.
 */
final class Body implements HttpResponse.BodySubscriber<byte[]> {
    static final int LIMIT = 4 * 1024 * 1024;

    private final CompletableFuture<byte[]> result = new CompletableFuture<>();
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final Sink sink;
    private final int status;
    private final Runnable moved;
    private Flow.Subscription subscription;
    private boolean closed;

    Body(Sink sink, int status, Runnable moved) {
        this.sink = sink;
        this.status = status;
        this.moved = moved;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return result;
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription newSubscription) {
        subscription = newSubscription;
        try {
            if (sink != null && !closed) {
                sink.begin(status);
            }
            subscription.request(1);
        } catch (IOException e) {
            fail(new Sink.Failure(e));
        }
    }

    @Override
    public synchronized void onNext(List<ByteBuffer> buffers) {
        if (closed) {
            return;
        }
        moved.run();
        for (ByteBuffer buffer : buffers) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            if (sink == null) {
                if (kept.size() + bytes.length > LIMIT) {
                    fail(new IOException("the answer is longer than 4 MiB"));
                    return;
                }
                kept.write(bytes, 0, bytes.length);
            } else {
                try {
                    sink.accept(bytes, 0, bytes.length);
                } catch (IOException e) {
                    fail(new Sink.Failure(e));
                    return;
                }
            }
        }
        subscription.request(1);
    }

    @Override
    public void onError(Throwable error) {
        result.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
        result.complete(kept.toByteArray());
    }

    /** After it, the sink is not touched any more. */
    synchronized void close() {
        closed = true;
    }

    private void fail(IOException e) {
        closed = true;
        subscription.cancel();
        result.completeExceptionally(e);
    }
}
