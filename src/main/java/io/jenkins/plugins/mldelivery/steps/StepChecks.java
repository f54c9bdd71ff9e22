package io.jenkins.plugins.mldelivery.steps;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.verify.MetricsGate;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import java.time.Duration;
import java.time.Instant;

/** The checks of <code>verify</code>, which are asked at each traffic step beside the body: one look whenever it is due, however often the execution ticks. */
final class StepChecks {
    private final MetricsGate gate;
    private final Environment environment;
    private Gate.Answer last;
    private int step = -1;
    private String subject;
    private Instant nextLook = Instant.MIN;

    /** @param evidence of an earlier one of the same step, or null */
    StepChecks(VerifyMetricsRequest request, TrackMetrics pods, Environment environment, String evidence) throws DeliveryException {
        this.gate = new MetricsGate(request, pods, environment, DeliveryConnections.reads());
        this.environment = environment;
        gate.restore(evidence);
    }

    /** The verdict, or how long to wait for the next look. */
    Gate.Answer answer(RolloutFacts facts) throws InterruptedException {
        Instant now = environment.clock().now();
        boolean same = facts.step() == step && facts.subject().equals(subject);
        if (same && last.verdict() != null) {
            return last;
        }
        if (same && now.isBefore(nextLook)) {
            return Gate.Answer.pending(last.reason(), Duration.between(now, nextLook));
        }
        step = facts.step();
        subject = facts.subject();
        last = gate.look(facts);
        nextLook = now.plus(last.nextLook());
        return last;
    }

    /** See {@link MetricsGate#unstable}. */
    String unstable() {
        return gate.unstable();
    }

    /** See {@link MetricsGate#evidence}. */
    String evidence() {
        return gate.evidence();
    }
}
