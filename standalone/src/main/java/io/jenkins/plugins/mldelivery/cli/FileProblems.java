package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.image.registry.Problems;
import java.io.IOException;

/** Why a file that the caller named can't be read or written, without the names of Java's exceptions. */
final class FileProblems {
    private FileProblems() {}

    /** In a few words without a full stop. */
    static String text(Exception e) {
        return e instanceof IOException failure ? Problems.text(failure) : "it is not a path";
    }
}
