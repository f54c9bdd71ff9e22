package io.jenkins.plugins.mldelivery.steps;

import io.jenkins.plugins.mldelivery.delivery.OwnerShares;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Threads on which steps tick, and who has how many of them: a tick waits for servers that the job's author chose.
 *
 * @param threads run as SYSTEM; what belongs to a run's user is looked up with the run's authentication
 * @param shares a tick begins when its owner may enter, and is put off otherwise
 */
record TickPool(ScheduledExecutorService threads, OwnerShares shares) {}
