package io.jenkins.plugins.mldelivery.deploy;

/**
 * What the cluster says of one track.
 *
 * @param exists whether it is there
 * @param revision its revision, see {@link io.jenkins.plugins.mldelivery.deploy.targets.Revision}, or null
 * @param wanted replicas asked for
 * @param ready ready pods, of whatever revision
 * @param rolledOut whether the controller has seen the newest spec and every pod is of it and available
 * @param stuck whether the progress deadline was exceeded
 * @param problem why pods are not ready, in words, or null
 */
public record TrackStatus(
        boolean exists, String revision, int wanted, int ready, boolean rolledOut, boolean stuck, String problem) {
    /** A track that is not there. */
    public static TrackStatus absent() {
        return new TrackStatus(false, null, 0, 0, false, false, null);
    }
}
