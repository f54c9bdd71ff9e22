package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import io.jenkins.plugins.mldelivery.delivery.Signal;
import java.time.Duration;
import java.time.Instant;

/**
 * Ticks a rollout in one thread, from its beginning to its end. Ticks and looks that fail in a way which nobody foresaw
 * are made again some times; when that is in vain, what was begun is undone.
 */
final class RolloutLoop {
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final Duration ABORT_GRACE = Duration.ofSeconds(90);

    private final DeployModel deploy;
    private final DeployModelRequest request;
    private final Environment environment;
    private final Signal changed = new Signal();
    private final UnexpectedFailures failures = new UnexpectedFailures();
    private Gate.Answer answer;
    private Instant nextLook = Instant.MIN;
    /** Whether the last look that has come to its end has failed: then a tick that succeeds shows nothing. */
    private boolean blind;
    /** Whether the rollout is undone because of failures that nobody foresaw. */
    private boolean broken;

    RolloutLoop(DeployModel deploy, DeployModelRequest request, Environment environment) {
        this.deploy = deploy;
        this.request = request;
        this.environment = environment;
    }

    /** Ticks to the end in the calling thread. An interrupt rolls back, within 90 s, before it is passed on. */
    DeployModelResult run(Gate gate) throws DeliveryException, InterruptedException {
        deploy.onChange(changed::raise);
        try {
            while (true) {
                DeployModel.Tick tick;
                Duration wait;
                try {
                    tick = deploy.tick(answer);
                    wait = tick.result() != null ? Duration.ZERO : look(gate, tick);
                } catch (RuntimeException | Error e) {
                    Duration pause = outlast(e);
                    if (pause == null) {
                        throw e;
                    }
                    // Whatever changes meanwhile must not use up the attempts.
                    environment.clock().sleep(pause);
                    continue;
                }
                if (tick.result() != null) {
                    return tick.result();
                }
                environment.clock().sleep(wait, changed);
            }
        } catch (InterruptedException e) {
            rollBackAfterInterrupt();
            throw e;
        }
    }

    /**
     * Asks the gate what the tick asks, if it is time.
     *
     * @return after how long to tick again
     */
    private Duration look(Gate gate, DeployModel.Tick tick) throws InterruptedException {
        answer = null;
        Duration wait = tick.nextTick();
        Instant now = environment.clock().now();
        if (tick.question() != null && now.isBefore(nextLook)) {
            // A patient gate: ticks in between keep the lease.
            wait = shorter(wait, Duration.between(now, nextLook));
        } else if (tick.question() != null) {
            answer = ask(gate, tick);
            nextLook = answer.verdict() == null ? environment.clock().now().plus(answer.nextLook()) : Instant.MIN;
            wait = answer.verdict() == null ? shorter(answer.nextLook(), HEARTBEAT) : Duration.ZERO;
        }
        Phase phase = deploy.state().phase();
        if (!blind || phase != Phase.ANALYSING && phase != Phase.PAUSED) {
            failures.over();
        }
        return wait;
    }

    private Gate.Answer ask(Gate gate, DeployModel.Tick tick) throws InterruptedException {
        boolean wasBlind = blind;
        blind = true;
        Gate.Answer said = gate.look(tick.question());
        blind = wasBlind && gate.isLooking();
        return said;
    }

    /**
     * A tick or a look has failed in a way that nobody foresaw.
     *
     * @return after how long to go on; null when it is to be thrown
     */
    private Duration outlast(Throwable failure) {
        answer = null;
        Phase phase = deploy.state().phase();
        if (phase == Phase.PREPARING) {
            return null; // Nothing is begun.
        }
        Duration wait = failures.next();
        tell(failure, broken || wait != null);
        if (wait != null) {
            return wait;
        }
        if (broken || phase.ended()) {
            if (!phase.ended()) {
                tellLeft();
            }
            return null;
        }
        broken = true;
        blind = false;
        deploy.abort("an unexpected failure: " + text(failure));
        return Duration.ZERO;
    }

    /** Once of each kind. Should that fail as well, as for want of memory, the failure that it is about is what counts. */
    private void tell(Throwable failure, boolean again) {
        try {
            if (failures.isNews(failure)) {
                environment.warn(
                        Event.Stage.DEPLOY, "an unexpected failure: " + text(failure) + (again ? "; trying again" : ""));
            }
        } catch (RuntimeException | Error e) {
            // See above.
        }
    }

    private String text(Throwable failure) {
        return Printable.line(environment.known().mask(failure.toString()));
    }

    static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private void rollBackAfterInterrupt() throws DeliveryException {
        // Then only what the last tick was to do is left, such as giving the lease back.
        boolean over = deploy.state().phase().ended();
        if (!over) {
            deploy.abort("aborted by the user");
        }
        Instant end = environment.clock().now().plus(ABORT_GRACE);
        try {
            while (environment.clock().now().isBefore(end)) {
                DeployModel.Tick tick;
                try {
                    tick = deploy.tick(null);
                    failures.over();
                } catch (RuntimeException | Error e) {
                    Duration pause = failures.next();
                    tell(e, pause != null);
                    if (pause == null) {
                        break;
                    }
                    environment.clock().sleep(pause);
                    continue;
                }
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
        tellLeft();
    }

    private void tellLeft() {
        environment.warn(
                Event.Stage.DEPLOY,
                "left in the cluster: " + request.namespace() + "/" + request.name()
                        + "-canary; run the same deployment again, which takes it over");
    }
}
