package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import java.time.Duration;
import java.time.Instant;

/**
 * The gate on metrics, as a sequence of looks. All evidence is in {@link VerifyState}, which is immutable and small; an adapter persists it between looks,
 * holds no thread while it waits, and goes on after a restart where it was. {@link #run} does the looks in the calling thread.
 */
public final class VerifyMetrics {
    private final VerifyMetricsRequest request;
    private final TrackMetrics pods;
    private final Environment environment;

    /**
     * Checks the request; nothing remote is done yet.
     *
     * @param pods reads the pods' own metrics when the request names neither Prometheus nor URLs; null when there is no rollout around
     * @throws DeliveryException when a parameter is wrong, by its name
     */
    public VerifyMetrics(VerifyMetricsRequest request, TrackMetrics pods, Environment environment)
            throws DeliveryException {
        this.request = request;
        this.pods = pods;
        this.environment = environment;
    }

    /** The state before the first look; the time-out counts from now. */
    public VerifyState start(Instant now) {
        throw new UnsupportedOperationException("to be written: " + request + pods + environment + now);
    }

    /** One look: reads the metrics, moves the evidence on and tells what changed. Transient read errors are retried by later looks and told once. */
    public Look look(VerifyState state) throws DeliveryException, InterruptedException {
        throw new UnsupportedOperationException("to be written: " + state);
    }

    /** Looks until there is a result, in the calling thread. */
    public VerifyMetricsResult run() throws DeliveryException, InterruptedException {
        VerifyState state = start(environment.clock().now());
        while (true) {
            Look look = look(state);
            if (look.result() != null) {
                return look.result();
            }
            state = look.state();
            environment.clock().sleep(look.nextLook());
        }
    }

    /**
     * What a look gave.
     *
     * @param state the new state, to be persisted
     * @param result null while there is none
     * @param nextLook after how long to look again, when there is no result
     */
    public record Look(VerifyState state, VerifyMetricsResult result, Duration nextLook) {}
}
