package io.jenkins.plugins.mldelivery.deploy;

/**
 * What the cluster says of one track.
 *
 * @param exists whether it is there
 * @param revision its revision, see {@link io.jenkins.plugins.mldelivery.deploy.targets.Revision}, or null; another one
 *     than that noted on it when somebody has changed its pod template since it was applied
 * @param edited whether that is not noted yet
 * @param template which pod template its pods are made of: it changes with every change of the template, also with one
 *     back to what was before; null when it is not there
 * @param wanted replicas asked for
 * @param pods pods that are there, of whatever revision, ready or not
 * @param ready ready pods, of whatever revision
 * @param updated pods of the newest revision, ready or not; 0 as long as the controller has not seen it
 * @param rolledOut whether the controller has seen the newest spec and every pod is of it and available
 * @param stuck whether the progress deadline was exceeded
 * @param hopeless whether its pods were tried so often that waiting would not help: they end again and again, or their
 *     image is refused
 * @param autoscaled whether somebody else sets its replicas
 * @param unjudged of a version that took the place of another one and was not judged yet (a rolling update that is under way, or died): the revision before it; else null
 * @param problem why pods are not ready, in words, or null
 */
public record TrackStatus(
        boolean exists, String revision, boolean edited, String template, int wanted, int pods, int ready, int updated, boolean rolledOut, boolean stuck,
        boolean hopeless, boolean autoscaled, String unjudged, String problem) {
    public TrackStatus {
        revision = KeptText.name(revision);
        template = KeptText.name(template);
        unjudged = KeptText.name(unjudged);
        problem = KeptText.sentence(problem);
    }

    /** A track that is not there. */
    public static TrackStatus absent() {
        return new TrackStatus(false, null, false, null, 0, 0, 0, 0, false, false, false, false, null, null);
    }

    /** How many pods it has or is about to have; one that a broken rolling update got stuck with, and that nobody will ever get ready, does not count. */
    int most() {
        return Math.max(wanted, ready);
    }

    /** At least so many pods of the newest revision are ready: while they replace others, all that is not ready is taken for theirs. */
    int updatedReady() {
        return Math.max(0, updated - (pods - ready));
    }

    /** Whether just so many pods serve: all of the newest revision, or old ones beside those that a broken rolling update got stuck with. */
    boolean serves(int replicas) {
        return wanted == replicas && (rolledOut || ready == replicas);
    }
}
