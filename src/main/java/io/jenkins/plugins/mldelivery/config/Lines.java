package io.jenkins.plugins.mldelivery.config;

import hudson.Util;

/** Texts of several lines, which browsers end with a carriage return and a newline. */
final class Lines {
    private Lines() {}

    /** The text as it is stored; null when it is empty. */
    static String of(String text) {
        return Util.fixEmptyAndTrim(text == null ? null : text.replace("\r\n", "\n"));
    }
}
