package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Ends something that others may not end. */
final class Deadline {
    private Deadline() {}

    /** Fails a future that is not done by then, as an answer that has not come to its end. */
    static <T> void set(CompletableFuture<T> future, Duration limit) {
        set(future, limit, AnswerException.tooLate(limit));
    }

    /** The same with another failure. */
    static <T> void set(CompletableFuture<T> future, Duration limit, AnswerException failure) {
        CompletableFuture<Void> timer =
                new CompletableFuture<Void>().orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
        timer.whenComplete((none, e) -> {
            if (e instanceof TimeoutException) {
                future.completeExceptionally(failure);
            }
        });
        future.whenComplete((value, e) -> timer.complete(null));
    }
}
