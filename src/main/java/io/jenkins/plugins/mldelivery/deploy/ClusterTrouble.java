package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesErrors;
import java.time.Duration;
import java.time.Instant;

/** A cluster that can't be used for a while: it is told once, and tried again after longer and longer times. */
final class ClusterTrouble {
    static final Duration FIRST_BACK_OFF = Duration.ofSeconds(1);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(15);

    private final String model;
    private final DeployModelChecks.Checked checked;
    private final Environment environment;
    private Duration backOff = FIRST_BACK_OFF;
    /** Null while there is none. */
    private Instant since;
    private boolean toldLate;
    /** Why the login could not be read anew, as it was told the last time. */
    private String unrenewed;

    ClusterTrouble(String model, DeployModelChecks.Checked checked, Environment environment) {
        this.model = model;
        this.checked = checked;
        this.environment = environment;
    }

    /** What is said where it is not tried again. */
    static DeliveryException givenUp(Target.TransientException e) {
        if (e.foreign() != null) {
            return e.foreign();
        }
        if (e.login()) {
            return DeliveryException.refused("cluster", e.getMessage(), KubernetesErrors.LOGIN_REMEDY, e);
        }
        if (e.busy()) {
            return DeliveryException.unreachable(
                    "cluster", e.getMessage(), "The API server answers, but not this: try again when it is less busy.", e);
        }
        return KubernetesErrors.unreachable(e.getMessage(), e);
    }

    /**
     * The cluster did not answer.
     *
     * @param undoing whether the rollout is on its way back, for which there is more time
     * @param another whether it is a rollout of another request, which may have begun long ago
     * @return after how long to try again
     * @throws DeliveryException when the time is over
     */
    Duration wait(Target.TransientException e, Instant now, RolloutState state, boolean undoing, boolean another)
            throws DeliveryException {
        if (since == null) {
            since = now;
            environment.warn(
                    Event.Stage.DEPLOY, e.getMessage() + (e.login()
                            ? "; the cluster refuses the login, which is read anew until it works or the time is over"
                            : "; trying again until it works or the time is over"));
        }
        Duration allowed = checked.timeout().plus(checked.progressDeadline().multipliedBy(undoing ? 2 : 1));
        Duration waited = Duration.between(another ? since : state.started(), now);
        if (waited.compareTo(allowed) >= 0) {
            throw new DeliveryException(
                    DeliveryException.Kind.TIMEOUT, "timeout",
                    "the cluster could not be used since " + since + " (" + e.getMessage() + "); the rollout of "
                            + model + " was left in the phase " + state.phase().words(),
                    e.login() ? "Renew the credentials for the cluster and run the same deployment again: it takes the rollout over."
                            : "Run the same deployment again when the cluster is back: it takes the rollout over.", e);
        }
        if (!toldLate && waited.compareTo(checked.timeout()) >= 0) {
            toldLate = true;
            environment.warn(
                    Event.Stage.DEPLOY, "timeout is over; waiting up to " + Durations.format(Duration.ofSeconds(allowed.minus(waited).toSeconds() + 1))
                            + " longer for the cluster, so that the rollout can be ended in order");
        }
        Duration wait = backOff;
        Duration next = backOff.multipliedBy(2);
        backOff = next.compareTo(LONGEST_BACK_OFF) > 0 ? LONGEST_BACK_OFF : next;
        return wait;
    }

    /** The login could not be read anew either. */
    void unrenewed(DeliveryException e) {
        if (!e.getMessage().equals(unrenewed)) {
            unrenewed = e.getMessage();
            environment.warn(Event.Stage.DEPLOY, "the login can't be read anew: " + unrenewed);
        }
    }

    /** The cluster has answered. */
    void over() {
        if (since != null) {
            environment.info(Event.Stage.DEPLOY, "the cluster answers again");
            since = null;
            unrenewed = null;
            backOff = FIRST_BACK_OFF;
        }
    }
}
