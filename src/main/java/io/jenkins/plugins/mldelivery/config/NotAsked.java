package io.jenkins.plugins.mldelivery.config;

import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A call that was not begun, since too many are under way: nothing has happened, and an answer that is there still is. */
@Restricted(NoExternalUse.class)
public final class NotAsked extends NoAnswer {
    private static final long serialVersionUID = 1L;

    NotAsked(String message) {
        super(message);
    }
}
