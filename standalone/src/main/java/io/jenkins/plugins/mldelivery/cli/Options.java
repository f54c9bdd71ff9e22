package io.jenkins.plugins.mldelivery.cli;

import java.util.Locale;

/** Names of options. */
final class Options {
    private Options() {}

    /** <code>lockTimeout</code> as <code>lock-timeout</code>. */
    static String kebab(String camel) {
        return camel.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }
}
