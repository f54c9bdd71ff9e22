package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.jenkins.plugins.mldelivery.delivery.SharedThreads;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The body of an answer, read and handed on part by part as it is asked for, up to a number of bytes and for a limited
 * time. Whatever ends it early closes the connection.
 */
final class AnswerBody implements AsyncBody {
    private static final int PART = 16 * 1024;

    private final ResponseBody bytes;
    private final AsyncBody.Consumer<List<ByteBuffer>> consumer;
    private final long limit;
    private final Executor threads;
    private final Runnable whole;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private long count;
    private boolean wanted;
    /** Whether a thread reads, or will see what is wanted. */
    private boolean reading = true;

    /**
     * For the thread that has read the head, which calls {@link #read} when it has told of the answer.
     *
     * @param limit bytes
     * @param threads that go on when more is wanted later than at once
     * @param whole is run when all of it has been read, before anybody who waits for that is told: what it gives back is there for the next request
     */
    AnswerBody(
            ResponseBody bytes,
            AsyncBody.Consumer<List<ByteBuffer>> consumer,
            long limit,
            Duration time,
            Executor threads,
            Runnable whole) {
        this.bytes = bytes;
        this.consumer = consumer;
        this.limit = limit;
        this.threads = threads;
        this.whole = whole;
        Deadline.set(done, time);
    }

    /** Reads as long as more is wanted. */
    void read() {
        try {
            while (isWanted()) {
                byte[] buffer = new byte[PART];
                int some = bytes.read(buffer);
                if (some < 0) {
                    whole.run();
                    done.complete(null);
                    return;
                }
                count += some;
                if (count > limit) {
                    throw AnswerException.tooLarge(limit);
                }
                consumer.consume(List.of(ByteBuffer.wrap(Arrays.copyOf(buffer, some))), this);
            }
        } catch (Exception | OutOfMemoryError e) {
            done.completeExceptionally(e);
        }
    }

    private synchronized boolean isWanted() {
        reading = wanted && !done.isDone();
        wanted = false;
        return reading;
    }

    @Override
    public void consume() {
        synchronized (this) {
            wanted = true;
            if (reading) {
                return;
            }
            reading = true;
        }
        try {
            threads.execute(new Further());
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(new IOException("the client is closed", e));
        } catch (OutOfMemoryError e) {
            done.completeExceptionally(new IOException("there is no thread for it", e));
        }
    }

    /** The reading of what is wanted. */
    private final class Further implements SharedThreads.Task {
        @Override
        public void run() {
            read();
        }

        @Override
        public boolean isGivenUp() {
            return done.isDone();
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
