package io.jenkins.plugins.mldelivery.cli;

import java.nio.file.Path;
import java.util.Map;

/**
 * The user's home folder. A relative one is none: it would be in the folder that a command works in, which somebody else
 * may have filled.
 */
final class HomeFolder {
    private HomeFolder() {}

    /** That of the user whom these environment variables describe; null when there is none. */
    static Path of(Map<String, String> variables) {
        return absolute(variables.getOrDefault("HOME", variables.getOrDefault("USERPROFILE", "")));
    }

    /** A folder that a variable names; null when it is blank or relative. */
    static Path absolute(String name) {
        return name.isBlank() || !Path.of(name).isAbsolute() ? null : Path.of(name);
    }
}
