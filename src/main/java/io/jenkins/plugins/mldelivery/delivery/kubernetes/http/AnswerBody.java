package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.client.http.AsyncBody;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** The body of an answer, handed on part by part as it is asked for, up to a number of bytes and for a limited time. Whatever ends it early closes the connection. */
final class AnswerBody implements HttpResponse.BodySubscriber<AnswerBody>, AsyncBody {
    private final AsyncBody.Consumer<List<ByteBuffer>> consumer;
    private final long limit;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private long count;

    /** @param limit bytes */
    AnswerBody(AsyncBody.Consumer<List<ByteBuffer>> consumer, long limit, Duration time) {
        this.consumer = consumer;
        this.limit = limit;
        Deadline.set(done, time);
        done.whenComplete((none, e) -> {
            if (e != null) {
                subscription.thenAccept(Flow.Subscription::cancel);
            }
        });
    }

    /** Ends it before it has begun. */
    void fail(IOException e) {
        done.completeExceptionally(e);
    }

    @Override
    public CompletionStage<AnswerBody> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        if (!subscription.complete(given) || done.isDone()) {
            given.cancel();
        }
    }

    @Override
    public void onNext(List<ByteBuffer> parts) {
        if (done.isDone()) {
            return;
        }
        for (ByteBuffer part : parts) {
            count += part.remaining();
        }
        if (count > limit) {
            done.completeExceptionally(AnswerException.tooLarge(limit));
            return;
        }
        try {
            consumer.consume(parts, this);
        } catch (Exception | OutOfMemoryError e) {
            done.completeExceptionally(e);
        }
    }

    @Override
    public void onError(Throwable e) {
        done.completeExceptionally(e);
    }

    @Override
    public void onComplete() {
        done.complete(null);
    }

    @Override
    public void consume() {
        if (!done.isDone()) {
            subscription.thenAccept(s -> s.request(1));
        }
    }

    @Override
    public CompletableFuture<Void> done() {
        return done;
    }

    @Override
    public void cancel() {
        done.completeExceptionally(new CancellationException());
    }
}
