package io.jenkins.plugins.mldelivery.config;

import hudson.model.Run;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Which run of this controller it is. Not by the job's name: a job may be moved, and a folder of jobs renamed, while
 * they run.
 *
 * @param queueId of the item of the queue that it was
 * @param started when it began, in milliseconds since the epoch
 */
@Restricted(NoExternalUse.class)
public record RunIdentity(long queueId, long started) {
    public static RunIdentity of(Run<?, ?> run) {
        return new RunIdentity(run.getQueueId(), run.getTimeInMillis());
    }
}
