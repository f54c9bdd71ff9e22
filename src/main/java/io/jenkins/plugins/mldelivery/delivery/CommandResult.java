package io.jenkins.plugins.mldelivery.delivery;

import java.io.Serializable;

/**
 * How a command ended.
 *
 * @param exitCode its exit code
 * @param output the end of its standard output (UTF-8), at most {@link Commands#OUTPUT_LIMIT} bytes
 * @param errors the end of its standard error, likewise
 */
public record CommandResult(int exitCode, String output, String errors) implements Serializable {}
