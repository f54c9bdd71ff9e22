package io.jenkins.plugins.mldelivery.delivery;

import java.io.Serializable;

/**
 * How a command ended.
 *
 * @param exitCode its exit code
 * @param output its standard output (UTF-8), capped at {@link Commands#OUTPUT_LIMIT} characters from the end
 * @param errors its standard error (UTF-8), capped likewise
 */
public record CommandResult(int exitCode, String output, String errors) implements Serializable {}
