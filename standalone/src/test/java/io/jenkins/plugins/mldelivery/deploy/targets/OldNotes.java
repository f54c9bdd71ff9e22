package io.jenkins.plugins.mldelivery.deploy.targets;

import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;

/** What the first releases noted. */
public final class OldNotes {
    private OldNotes() {}

    /** The revision of a stable version whose ConfigMaps and Secrets have this hash. */
    public static String revision(DeployModelRequest request, String configHash) throws Exception {
        int progressDeadline = 30;
        return Revision.of(KubernetesObjects.of(request, progressDeadline).withConfigHash(configHash).template(Track.STABLE));
    }
}
