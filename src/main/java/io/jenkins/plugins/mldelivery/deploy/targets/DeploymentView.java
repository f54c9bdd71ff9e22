package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.jenkins.plugins.mldelivery.deploy.TrackStatus;

/** What a Deployment says of its pods. */
final class DeploymentView {
    private final Deployment deployment;
    private final DeploymentStatus status;
    private final int wanted;
    /** Whether the status is of the Deployment as it is now. */
    private final boolean current;

    DeploymentView(Deployment deployment) {
        this.deployment = deployment;
        this.status = deployment.getStatus() == null ? new DeploymentStatus() : deployment.getStatus();
        Integer replicas = deployment.getSpec().getReplicas();
        this.wanted = replicas == null ? 1 : replicas;
        this.current = deployment.getMetadata().getDeletionTimestamp() == null
                && status.getObservedGeneration() != null
                && status.getObservedGeneration() >= deployment.getMetadata().getGeneration();
    }

    /** Whether it has the wanted pods, all of the newest template and available, and no others. */
    boolean rolledOut() {
        return current
                && count(status.getUpdatedReplicas()) == wanted
                && count(status.getAvailableReplicas()) == wanted
                && count(status.getReplicas()) == wanted;
    }

    /**
     * All of it.
     *
     * @param autoscaled whether its replicas belong to an autoscaler
     * @param unjudged see {@link TrackDeployments#unjudged}
     * @param problem why its pods are not ready, or null
     */
    TrackStatus status(boolean autoscaled, String unjudged, String problem) {
        boolean stuck = current && status.getConditions().stream().anyMatch(DeploymentView::isStuck);
        return new TrackStatus(
                true, Revision.of(deployment), wanted, count(status.getReplicas()), count(status.getReadyReplicas()),
                current ? count(status.getUpdatedReplicas()) : 0, rolledOut(), stuck, autoscaled, unjudged, problem);
    }

    private static boolean isStuck(DeploymentCondition c) {
        return "Progressing".equals(c.getType())
                && "False".equals(c.getStatus())
                && "ProgressDeadlineExceeded".equals(c.getReason());
    }

    private static int count(Integer value) {
        return value == null ? 0 : value;
    }
}
