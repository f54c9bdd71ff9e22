package io.jenkins.plugins.mldelivery.playground.traffic;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Sends real inference requests, rows of a data set in random order, at about a given rate until it is closed. */
public final class LoadGenerator implements AutoCloseable {
    private static final int THREADS = 8;

    private final Supplier<String> url;
    private final List<String> bodies;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(2)).build();
    private final ScheduledExecutorService threads;
    private final Map<String, LongAdder> answers = new ConcurrentSkipListMap<>();

    /**
     * Starts sending.
     *
     * @param url where to, asked before each request; null means not yet
     * @param bodies request bodies
     * @param perSecond requests a second in all, 1 to 5,000
     */
    public LoadGenerator(Supplier<String> url, List<String> bodies, int perSecond) {
        this.url = url;
        this.bodies = bodies;
        threads = Executors.newScheduledThreadPool(THREADS, r -> {
            Thread t = new Thread(r, "load");
            t.setDaemon(true);
            return t;
        });
        long micros = THREADS * 1_000_000L / perSecond;
        for (int i = 0; i < THREADS; i++) {
            threads.scheduleAtFixedRate(this::send, i * micros / THREADS, micros, TimeUnit.MICROSECONDS);
        }
    }

    private void send() {
        String target = url.get();
        if (target == null) {
            return;
        }
        String outcome;
        try {
            String body = bodies.get(ThreadLocalRandom.current().nextInt(bodies.size()));
            HttpRequest request = HttpRequest.newBuilder(URI.create(target)).timeout(Duration.ofSeconds(5)).header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body)).build();
            outcome = Integer.toString(client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
        } catch (IOException e) {
            outcome = "no answer";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        answers.computeIfAbsent(outcome, o -> new LongAdder()).increment();
    }

    /** Answers so far by status. */
    public Map<String, Long> answers() {
        Map<String, Long> copy = new TreeMap<>();
        answers.forEach((k, v) -> copy.put(k, v.sum()));
        return copy;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
