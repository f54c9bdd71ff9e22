package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.time.Duration;

/** Answers a rollout with metrics, look by look: a new verification for each traffic step, each with its own error probabilities. */
public final class MetricsGate implements Gate {
    private final VerifyMetricsRequest request;
    private final TrackMetrics pods;
    private final Environment environment;
    private int step = -1;
    private VerifyMetrics verification;
    private VerifyState state;

    /**
     * @param request what to check; its selectors may be null
     * @throws DeliveryException when a parameter is wrong, before the rollout begins
     */
    public MetricsGate(VerifyMetricsRequest request, TrackMetrics pods, Environment environment) throws DeliveryException {
        this.request = request;
        this.pods = pods;
        this.environment = environment;
        VerifyMetricsChecks.check(request);
    }

    @Override
    public Answer look(RolloutFacts facts) throws InterruptedException {
        try {
            if (facts.step() != step || verification == null) {
                verification = new VerifyMetrics(request.within(facts), pods, environment);
                state = verification.start(environment.clock().now());
                step = facts.step();
            }
            VerifyMetrics.Look look = verification.look(state);
            state = look.state();
            if (look.result() == null) {
                return Answer.pending("metrics are being watched", look.nextLook());
            }
            Verdict verdict = look.result().verdict();
            if (verdict == Verdict.INCONCLUSIVE && "pass".equals(request.onInconclusive())) {
                return Answer.of(Verdict.PASS, "inconclusive, which onInconclusive lets pass: " + look.result().reason());
            }
            return Answer.of(verdict, look.result().reason());
        } catch (DeliveryException e) {
            // The gate can't see: that is no reason to go on with a canary that nobody watches.
            return new Answer(Verdict.FAIL, "the metrics could not be verified: " + e.getMessage(), Duration.ZERO);
        }
    }
}
