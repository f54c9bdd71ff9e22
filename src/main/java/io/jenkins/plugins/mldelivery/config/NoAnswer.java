package io.jenkins.plugins.mldelivery.config;

import java.io.IOException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * An agent does not answer: too late, or not at all because the connection broke. What was asked for may have been
 * done; asking again later may help.
 */
@Restricted(NoExternalUse.class)
public class NoAnswer extends IOException {
    private static final long serialVersionUID = 1L;

    NoAnswer(String message) {
        super(message);
    }
}
