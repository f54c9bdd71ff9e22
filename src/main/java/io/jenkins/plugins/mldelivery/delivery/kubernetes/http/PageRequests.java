package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.client.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Requests that pods answer, which may stall, so that these keep nobody's threads but their own: those of whoever asks,
 * and not those for the API server's own answers. Closing it gives up those that have no head of an answer yet.
 */
public final class PageRequests implements AutoCloseable {
    private final Executor threads;
    private final Duration time;
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    /**
     * @param threads that read the answers
     * @param time that each pod has for the head of its answer, from when a thread has its request
     */
    public PageRequests(Executor threads, Duration time) {
        this.threads = threads;
        this.time = time;
    }

    /**
     * A client that sends all its requests so, on the connections of another one.
     *
     * @param http a client of this package, with which the other one is closed
     */
    public HttpClient on(HttpClient http) {
        HttpClient.DerivedClientBuilder builder = http.newBuilder();
        builder.tag(this);
        return builder.build();
    }

    Executor threads() {
        return threads;
    }

    Duration time() {
        return time;
    }

    /** Runs this when they are given up. */
    void whenClosed(Runnable task) {
        end.thenRun(task);
    }

    @Override
    public void close() {
        end.complete(null);
    }
}
