package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.jenkins.plugins.mldelivery.deploy.TrackStatus;
import java.util.List;
import java.util.Map;

/** What a Deployment says of its pods. */
final class DeploymentView {
    /** Where a Deployment's controller notes how many pod templates there were. */
    private static final String TEMPLATES = "deployment.kubernetes.io/revision";

    private final Deployment deployment;
    private final DeploymentStatus status;
    private final int wanted;
    /** Whether the status is of the Deployment as it is now. */
    private final boolean current;
    private final List<Pod> adopted;

    /**
     * @param adopted pods that its controller counts although it has not made them: they are none of its pods, and
     *     each takes the place of one
     */
    DeploymentView(Deployment deployment, List<Pod> adopted) {
        this.deployment = deployment;
        this.adopted = adopted;
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
                && adopted.isEmpty()
                && count(status.getUpdatedReplicas()) == wanted
                && count(status.getAvailableReplicas()) == wanted
                && count(status.getReplicas()) == wanted;
    }

    /**
     * All of it.
     *
     * @param autoscaled whether its replicas belong to an autoscaler
     * @param edited whether somebody has changed the pod template since it was applied, see {@link TemplateDrift}
     * @param unjudged see {@link TrackDeployments#unjudged}
     * @param problem why its pods are not ready, or null
     * @param hopeless whether one of its pods will not get ready, see {@link PodProblems#hopeless}
     */
    TrackStatus status(boolean autoscaled, boolean edited, String unjudged, String problem, boolean hopeless) {
        boolean stuck = current && status.getConditions().stream().anyMatch(DeploymentView::isStuck);
        // Of old pods that are about to go it says nothing.
        boolean allNew = current && count(status.getReplicas()) == count(status.getUpdatedReplicas());
        int ready = (int) adopted.stream().filter(PodProblems::isReady).count();
        return new TrackStatus(
                true, Revision.of(deployment) + (edited ? Revision.EDITED : ""), edited, template(deployment), wanted, count(status.getReplicas()),
                Math.max(0, count(status.getReadyReplicas()) - ready),
                current ? Math.max(0, count(status.getUpdatedReplicas()) - adopted.size()) : 0, rolledOut(), stuck,
                hopeless && allNew, autoscaled, unjudged, problem);
    }

    /** Why pods that were made by somebody else keep it from having its own, or null when none do. */
    String displaced() {
        return adopted.isEmpty() ? null
                : "pod " + adopted.get(0).getMetadata().getName() + " takes the place of a pod of Deployment " + deployment.getMetadata().getName()
                        + ": it was made by somebody else with the labels of its ReplicaSet. Delete it, or change its labels";
    }

    /**
     * Which template its pods are made of: the Deployment's controller counts them up with every change, whatever
     * comes back, and not with the number of pods.
     */
    static String template(Deployment deployment) {
        Map<String, String> notes = deployment.getMetadata().getAnnotations();
        return deployment.getMetadata().getUid() + "/" + (notes == null ? null : notes.get(TEMPLATES));
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
