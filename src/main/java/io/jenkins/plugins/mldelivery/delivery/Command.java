package io.jenkins.plugins.mldelivery.delivery;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A program to run. Always an argument list, never a shell string.
 *
 * @param argv the program and its arguments
 * @param directory the working directory, absolute or relative to the workspace
 * @param environment variables to set on top of the inherited ones; a null value removes one
 * @param timeout how long it may take
 * @param grace after an abort or time-out: how long the program gets, after one interrupt signal to itself alone, to end cleanly
 *     (Terraform saves its state and frees its lock in this time)
 */
public record Command(
        List<String> argv, String directory, Map<String, String> environment, Duration timeout, Duration grace)
        implements Serializable {
    public Command {
        argv = List.copyOf(argv);
        environment = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(environment));
    }
}
