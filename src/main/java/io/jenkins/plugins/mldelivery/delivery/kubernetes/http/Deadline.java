package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Ends something that others may not end. */
final class Deadline {
    private Deadline() {}

    /** Fails a future that is not done by then. */
    static <T> void set(CompletableFuture<T> future, Duration limit) {
        CompletableFuture<Void> timer = new CompletableFuture<Void>().orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
        timer.whenComplete((none, e) -> {
            if (e instanceof TimeoutException) {
                future.completeExceptionally(AnswerException.tooLate(limit));
            }
        });
        future.whenComplete((value, e) -> timer.complete(null));
    }
}
