package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.Signal;
import java.time.Duration;
import java.time.Instant;

/** Ticks a rollout in one thread, from its beginning to its end. */
final class RolloutLoop {
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final Duration ABORT_GRACE = Duration.ofSeconds(90);

    private final DeployModel deploy;
    private final DeployModelRequest request;
    private final Environment environment;

    RolloutLoop(DeployModel deploy, DeployModelRequest request, Environment environment) {
        this.deploy = deploy;
        this.request = request;
        this.environment = environment;
    }

    /** Ticks to the end in the calling thread. An interrupt rolls back, within 90 s, before it is passed on. */
    DeployModelResult run(Gate gate) throws DeliveryException, InterruptedException {
        Gate.Answer answer = null;
        Instant nextLook = Instant.MIN;
        Signal changed = new Signal();
        deploy.onChange(changed::raise);
        try {
            while (true) {
                DeployModel.Tick tick = deploy.tick(answer);
                if (tick.result() != null) {
                    return tick.result();
                }
                Duration wait = tick.nextTick();
                if (tick.question() == null) {
                    answer = null;
                } else if (environment.clock().now().isBefore(nextLook)) {
                    // A patient gate: ticks in between keep the lease.
                    wait = shorter(wait, Duration.between(environment.clock().now(), nextLook));
                } else {
                    answer = gate.look(tick.question());
                    nextLook = answer.verdict() == null ? environment.clock().now().plus(answer.nextLook()) : Instant.MIN;
                    wait = answer.verdict() == null ? shorter(answer.nextLook(), HEARTBEAT) : Duration.ZERO;
                }
                environment.clock().sleep(wait, changed);
            }
        } catch (InterruptedException e) {
            rollBackAfterInterrupt(changed);
            throw e;
        }
    }

    static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private void rollBackAfterInterrupt(Signal changed) throws DeliveryException {
        // Then only what the last tick was to do is left, such as giving the lease back.
        boolean over = deploy.state().phase().ended();
        if (!over) {
            deploy.abort("aborted by the user");
        }
        Instant end = environment.clock().now().plus(ABORT_GRACE);
        try {
            while (environment.clock().now().isBefore(end)) {
                DeployModel.Tick tick = deploy.tick(null);
                if (tick.result() != null) {
                    if (over) {
                        environment.info(
                                Event.Stage.DEPLOY, "the abort came after the end of the rollout, which stays as it is: "
                                        + tick.result().result());
                    }
                    return;
                }
                environment.clock().sleep(tick.nextTick(), changed);
            }
        } catch (InterruptedException again) {
            // A second interrupt: the user wants out at once.
            Thread.currentThread().interrupt();
        }
        environment.warn(
                Event.Stage.DEPLOY,
                "left in the cluster: " + request.namespace() + "/" + request.name()
                        + "-canary; run the same deployment again, which takes it over");
    }
}
