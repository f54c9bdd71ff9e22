package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.AbortableWork;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A time for several calls to a target together. The one that is under way when it is over is interrupted. */
final class TimeLimit {
    private final Duration time;
    private final Deadline end;

    /** From now on. */
    TimeLimit(Duration time) {
        this.time = time;
        this.end = Deadline.in(time);
    }

    /**
     * Calls in this thread.
     *
     * @throws Target.TransientException when the time is over
     * @throws InterruptedException when the thread was interrupted for another reason
     */
    <T> T within(AbortableWork.Work<T> call) throws DeliveryException, InterruptedException {
        AbortableWork work = new AbortableWork();
        CompletableFuture<Void> alarm = CompletableFuture.runAsync(
                work::abort,
                CompletableFuture.delayedExecutor(end.left().toNanos(), TimeUnit.NANOSECONDS, Runnable::run));
        try {
            return work.run(call);
        } catch (InterruptedException e) {
            if (!work.isAborted()) {
                throw e;
            }
            throw new Target.TransientException(
                    "the cluster did not do what a rollout asks for at a time within " + time.toSeconds() + " s", e);
        } finally {
            alarm.cancel(false);
        }
    }
}
