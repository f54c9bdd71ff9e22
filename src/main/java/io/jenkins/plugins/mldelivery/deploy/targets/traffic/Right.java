package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import java.util.List;

/**
 * A right that a rollout needs in the model's namespace.
 *
 * @param group API group, empty for the core
 * @param resource its plural, with the subresource after a slash
 * @param verbs what is done to it
 * @param names the objects that it is done to; empty when they are told elsewhere or can be any
 */
public record Right(String group, String resource, List<String> verbs, List<String> names) {
    public Right {
        verbs = List.copyOf(verbs);
        names = List.copyOf(names);
    }

    /** A right to any object. */
    public static Right of(String group, String resource, String... verbs) {
        return new Right(group, resource, List.of(verbs), List.of());
    }
}
