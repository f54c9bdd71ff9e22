package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.deploy.targets.KubernetesTarget;

/** The plans of one request. */
final class RolloutPlans {
    private final DeployModelRequest request;
    private final DeployModelChecks.Checked checked;
    private final boolean undo;

    RolloutPlans(DeployModelRequest request, DeployModelChecks.Checked checked, boolean undo) {
        this.request = request;
        this.checked = checked;
        this.undo = undo;
    }

    private RolloutPlan.Kind kind() {
        if (undo) {
            return RolloutPlan.Kind.UNDO;
        }
        return request.strategy() instanceof Strategy.Rolling
                ? RolloutPlan.Kind.DIRECT
                : request.strategy() instanceof Strategy.BlueGreen ? RolloutPlan.Kind.FULL : RolloutPlan.Kind.CANARY;
    }

    /**
     * The request and its place, for the state.
     *
     * @param image what is rolled out: the request's, as the stable version may name it
     */
    RolloutOrigin origin(Deployer deployer, RolloutPlace place, String image) {
        DeployModelRequest named = request.withImage(image);
        String digest = RolloutOrigin.digest(named, kind(), deployer.judge(), deployer.configKey());
        return new RolloutOrigin(digest, place, kind(), request.traffic(), checked.maxSurge(), image);
    }

    /** That of the request itself. */
    RolloutPlan of(String revision, KubernetesTarget target) {
        return new RolloutPlan(
                revision, target.replicas(), request.model().autoscale() != null || undo, checked.steps(),
                checked.maxSurge(), target.routed(), kind(), checked.onConcurrent(), checked.progressDeadline(),
                checked.timeout());
    }

    /** That of a rollout that another request began: as much of it as the way back takes. */
    RolloutPlan wayBack(RolloutState other, KubernetesTarget acting) {
        RolloutPlan.Kind kind = other.origin() == null ? kind() : other.origin().kind();
        Integer surge = other.origin() == null ? checked.maxSurge() : other.origin().maxSurge();
        return new RolloutPlan(
                other.revision(), other.stableReplicas(), false, checked.steps(), surge, acting.routed(), kind,
                checked.onConcurrent(), checked.progressDeadline(), checked.timeout());
    }

    /**
     * What the gate is asked about.
     *
     * @param subject see {@link RolloutFacts#subject}
     */
    RolloutFacts facts(RolloutPlan plan, RolloutState state, String subject, Target target)
            throws DeliveryException, InterruptedException {
        RolloutPlan now = plan.of(state);
        TrafficStep step = now.steps().get(state.step());
        String fresh = target.selectorOfPresent(now.direct() ? Track.STABLE : Track.CANARY);
        return new RolloutFacts(
                request.name(), request.namespace(), state.revision(), subject, state.step(), now.steps().size(),
                state.weight(), step.split().mirror(), state.phase() == Phase.PAUSED, state.onset(), fresh,
                now.direct() ? fresh : target.selector(Track.STABLE), state.alone());
    }
}
