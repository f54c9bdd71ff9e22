package io.jenkins.plugins.mldelivery.steps;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;

/** What a step says when a tool on an agent ends otherwise than by itself. */
final class ProvisionFailures {
    private ProvisionFailures() {}

    /** An apply that must not be started twice. */
    static DeliveryException lostSight(String tool) {
        return DeliveryException.failed(
                "dir",
                "'" + tool + " apply' was started right before Jenkins or the agent ended or hung, and Jenkins lost sight"
                        + " of it, so it was not started again",
                "See on the agent whether it still runs, and run the step again when it is over.",
                null);
    }

    /** A tool that was stopped at the end of its time. */
    static DeliveryException late(String tool, String timeout) {
        return new DeliveryException(
                DeliveryException.Kind.TIMEOUT,
                "timeout",
                "'" + tool + "' was not done within " + timeout + " and was stopped",
                "Give it more time, or find out what it waits for in the log above.",
                null);
    }

    /** A tool that could not be stopped at the end of its time. */
    static DeliveryException gone(String tool, String timeout, String node) {
        return new DeliveryException(
                DeliveryException.Kind.TIMEOUT,
                "timeout",
                "'" + tool + "' was not done within " + timeout + ", and the agent " + node
                        + " could not be asked to end it",
                "See on the agent whether it still runs.",
                null);
    }
}
