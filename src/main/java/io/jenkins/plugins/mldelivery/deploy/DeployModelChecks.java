package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.ImageReference;
import io.jenkins.plugins.mldelivery.delivery.Names;
import java.time.Duration;
import java.util.List;

/** Checks a request before anything is touched, and parses what it holds as text. */
final class DeployModelChecks {
    private static final int MAX_NAMESPACE = 63;

    private DeployModelChecks() {}

    /** The parsed parts of a request. */
    record Checked(List<TrafficStep> steps, Integer maxSurge, OnConcurrent onConcurrent, Duration progressDeadline, Duration timeout) {}

    static Checked check(DeployModelRequest request) throws DeliveryException {
        Names.serviceName("name", request.name(), DeployModelRequest.MAX_NAME_LENGTH);
        Names.dnsLabel("namespace", request.namespace(), MAX_NAMESPACE);
        ImageReference image = ImageReference.parse("image", request.image());
        if (request.requireDigest() && image.digest() == null) {
            throw DeliveryException.invalid(
                    "image", "'" + request.image() + "' has no digest, which is required here",
                    "Deploy the image that the result of `mlBuildImage` names, with its digest.");
        }
        ModelChecks.check(request);
        OnConcurrent onConcurrent = OnConcurrent.of(request.onConcurrent());
        StrategyChecks strategy = StrategyChecks.check(request);
        Duration progressDeadline = Durations.parse("progressDeadline", request.progressDeadline());
        if (progressDeadline.toSeconds() < 1) {
            throw DeliveryException.invalid("progressDeadline", "it is shorter than a second", "Give the pods time to start, such as 10m.");
        }
        Duration timeout = Durations.limit("timeout", request.timeout());
        Duration held = strategy.steps().stream().map(TrafficStep::hold).reduce(Duration.ZERO, Duration::plus);
        if (timeout.compareTo(held) <= 0) {
            throw DeliveryException.invalid(
                    "timeout", Durations.format(timeout) + " is not longer than the steps are held",
                    "Give the whole rollout more time, or hold its steps shorter.");
        }
        return new Checked(strategy.steps(), strategy.maxSurge(), onConcurrent, progressDeadline, timeout);
    }
}
