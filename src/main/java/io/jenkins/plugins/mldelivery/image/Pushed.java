package io.jenkins.plugins.mldelivery.image;

import java.util.Set;

/**
 * What a push did.
 *
 * @param changed whether the tag named another image before, or none
 * @param reused digests of the layers that the registry had already
 * @param bytes bytes of blobs sent, repeated attempts included
 */
record Pushed(boolean changed, Set<String> reused, long bytes) {
    /** No push was asked for. */
    static final Pushed NOTHING = new Pushed(false, Set.of(), 0);
}
