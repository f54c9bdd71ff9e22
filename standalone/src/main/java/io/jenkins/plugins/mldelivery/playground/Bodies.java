package io.jenkins.plugins.mldelivery.playground;

import java.util.Map;
import java.util.Set;

/**
 * What requests to a server may carry.
 *
 * @param largest bytes at most
 * @param types by method, the media types that are taken; no other method may have a body
 */
public record Bodies(long largest, Map<String, Set<String>> types) {
    public Bodies {
        types = Map.copyOf(types);
    }

    /** JSON documents by POST, of this size at most. */
    public static Bodies json(long largest) {
        return new Bodies(largest, Map.of("POST", Set.of("application/json")));
    }
}
