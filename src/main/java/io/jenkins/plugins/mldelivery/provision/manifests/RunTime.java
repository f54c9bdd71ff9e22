package io.jenkins.plugins.mldelivery.provision.manifests;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * How long a run may take.
 *
 * @param timeout as it was given
 * @param end when it is over
 */
record RunTime(String timeout, Instant end) {
    /** From now on. */
    static RunTime of(String timeout, Environment environment) throws DeliveryException {
        return new RunTime(timeout, environment.clock().now().plus(Durations.parse("timeout", timeout)));
    }

    /** Ends the run when it was aborted or its time is over, and says what was done before. */
    void check(Environment environment, List<String> done) throws DeliveryException, InterruptedException {
        if (Thread.interrupted()) {
            environment.warn(Event.Stage.PROVISION, "aborted" + before(done));
            throw new InterruptedException();
        }
        if (environment.clock().now().isAfter(end)) {
            throw new DeliveryException(DeliveryException.Kind.TIMEOUT, "timeout",
                    "the manifests were not done within " + timeout + before(done),
                    "Give it more time, or find out why the cluster is slow.", null);
        }
    }

    /** What was done, for the end of a sentence. */
    String before(List<String> done) {
        return done.isEmpty() ? "; nothing was applied" : "; done before: " + String.join(", ", done);
    }

    /** For a turn. */
    ManifestTurns.Patience patience(Environment environment, List<String> done) {
        return new ManifestTurns.Patience() {
            @Override
            public void begins() {
                environment.info(Event.Stage.PROVISION, ManifestTurns.WAITS);
            }

            @Override
            public Duration left() {
                return Duration.between(environment.clock().now(), end);
            }

            @Override
            public void check() throws DeliveryException, InterruptedException {
                RunTime.this.check(environment, done);
            }
        };
    }
}
