package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.client.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * How requests are sent that pods answer, which may stall, so that these keep nobody's threads but their own: those of
 * whoever asks, and not those for the API server's own answers.
 *
 * @param threads that read the answers
 * @param time that each pod has for the head of its answer, from when a thread has its request
 */
public record PageRequests(Executor threads, Duration time) {
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
}
