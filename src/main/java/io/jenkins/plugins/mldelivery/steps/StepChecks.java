package io.jenkins.plugins.mldelivery.steps;

import io.jenkins.plugins.mldelivery.delivery.BackgroundGate;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.verify.MetricsGate;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import io.jenkins.plugins.mldelivery.verify.source.SharedReads;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;

/**
 * The checks of <code>verify</code>, which are asked at each traffic step beside the body: one look whenever it is due,
 * however often the execution ticks. A look may take minutes, so it is made on a thread of its own, and the ticks go on
 * to renew the lease.
 */
final class StepChecks implements AutoCloseable {
    /** After how long to ask again, at the latest, while metrics are being read. */
    private static final Duration WHILE_READING = Duration.ofSeconds(5);

    private final MetricsGate gate;
    private final BackgroundGate looks;
    private final Environment environment;
    /** As the last look has left it. The gate itself is the looking thread's. */
    private volatile String evidence;
    /** Likewise. */
    private volatile String unstable;
    /** Whether a look has come to its end. */
    private volatile boolean answered;
    private Gate.Answer last;
    private int step = -1;
    private String subject;
    private Instant nextLook = Instant.MIN;
    /** Since when a look has had no thread, or null. */
    private Instant waitsSince;
    private boolean toldWait;

    /**
     * @param pods are read on another thread
     * @param shared what all looks of the process share
     * @param threads on which looks are made, when they have a place there
     * @param evidence of an earlier one of the same step, or null
     * @param onAnswer called, on another thread, when a look is over
     */
    StepChecks(
            VerifyMetricsRequest request, TrackMetrics pods, Environment environment, SharedReads shared,
            Executor threads, String evidence, Runnable onAnswer)
            throws DeliveryException {
        request.checkShared();
        this.gate = new MetricsGate(request, pods, environment, shared);
        this.looks = new BackgroundGate(this::look, threads, onAnswer, WHILE_READING);
        this.environment = environment;
        gate.restore(evidence);
        this.evidence = gate.evidence();
        this.unstable = gate.unstable();
    }

    /** Before the rollout begins: its gate must be able to see. */
    static void checkAccess(VerifyMetricsRequest request, Strategy strategy, Secrets secrets) throws DeliveryException {
        if (strategy instanceof Strategy.Rolling) {
            request.checkAlone();
        }
        request.checkAccess(secrets);
    }

    private Gate.Answer look(RolloutFacts facts) throws InterruptedException {
        Gate.Answer answer = gate.look(facts);
        evidence = gate.evidence();
        unstable = gate.unstable();
        answered = true;
        return answer;
    }

    /** Whether a look has come to its end. */
    boolean isAnswered() {
        return answered;
    }

    /** The verdict, or how long to wait for the next look. */
    Gate.Answer answer(RolloutFacts facts) {
        Instant now = environment.clock().now();
        boolean same = facts.step() == step && facts.subject().equals(subject);
        if (same && last.verdict() != null) {
            return last;
        }
        if (same && !looks.isLooking() && now.isBefore(nextLook)) {
            return Gate.Answer.pending(last.reason(), Duration.between(now, nextLook));
        }
        tellWait(now);
        step = facts.step();
        subject = facts.subject();
        last = looks.look(facts);
        nextLook = now.plus(last.nextLook());
        return last;
    }

    /** Once, and not of a thread that is just about to begin. */
    private void tellWait(Instant now) {
        if (!looks.isWaiting()) {
            waitsSince = null;
        } else if (waitsSince == null) {
            waitsSince = now;
        } else if (!toldWait && !now.isBefore(waitsSince.plus(WHILE_READING))) {
            toldWait = true;
            environment.info(Event.Stage.VERIFY, Messages.StepChecks_Waits());
        }
    }

    /** See {@link MetricsGate#unstable}. */
    String unstable() {
        return unstable;
    }

    /** See {@link MetricsGate#evidence}. */
    String evidence() {
        return evidence;
    }

    /** Ends a look that is under way. */
    @Override
    public void close() {
        looks.close();
    }
}
