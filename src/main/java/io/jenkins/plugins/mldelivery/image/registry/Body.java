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
 * Without a sink the body is kept, up to a limit. Bytes are taken as they come: the JDK's client asks for no compression and undoes none.
 */
final class Body implements HttpResponse.BodySubscriber<byte[]> {
    /** The 4 MiB that the distribution specification names as the limit of a manifest. */
    static final int LIMIT = 4 * 1024 * 1024;

    /** What is kept of an error, of which a sentence is shown. */
    static final int ERROR_LIMIT = 64 * 1024;

    private final CompletableFuture<byte[]> result = new CompletableFuture<>();
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final Sink sink;
    private final int status;
    private final int limit;
    private final Runnable moved;
    private Flow.Subscription subscription;
    private boolean closed;

    /**
     * @param sink takes the body; null to keep it
     * @param limit bytes to keep. A longer answer is refused; of one that is not a success the rest is not read.
     */
    Body(Sink sink, int status, int limit, Runnable moved) {
        this.sink = sink;
        this.status = status;
        this.limit = isSuccess(status) ? limit : ERROR_LIMIT;
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
                int room = limit - kept.size();
                kept.write(bytes, 0, Math.min(room, bytes.length));
                if (bytes.length > room) {
                    stop();
                    return;
                }
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

    private static boolean isSuccess(int status) {
        return status >= 200 && status < 300;
    }

    private void stop() {
        if (isSuccess(status)) {
            fail(new TooLong(limit));
        } else {
            closed = true;
            subscription.cancel();
            result.complete(kept.toByteArray());
        }
    }

    /** An answer is longer than it may be. Asking again would not make it shorter. */
    static final class TooLong extends IOException {
        private static final long serialVersionUID = 1L;

        TooLong(int limit) {
            super("the answer is longer than " + limit + " bytes");
        }
    }

    private void fail(IOException e) {
        closed = true;
        subscription.cancel();
        result.completeExceptionally(e);
    }
}
