package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.Objects;

/**
 * What one pod of a track counted since the last look.
 *
 * @param name tells it from the track's other pods; the same at every look
 * @param events failed requests, 0 or more
 * @param requests 0 or more
 */
public record Pod(String name, double events, double requests) {
    /** @throws IllegalArgumentException when a count is not one */
    public Pod {
        Objects.requireNonNull(name, "name");
        if (!(events >= 0 && events < Double.POSITIVE_INFINITY && requests >= 0 && requests < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("a pod's counts must be 0 or more, not " + events + " of " + requests);
        }
    }

    /** The same pod with what it counted besides. */
    public Pod plus(Pod more) {
        return new Pod(name, events + more.events, requests + more.requests);
    }
}
