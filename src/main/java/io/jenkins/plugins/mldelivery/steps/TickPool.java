package io.jenkins.plugins.mldelivery.steps;

import io.jenkins.plugins.mldelivery.delivery.SharedThreads;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Where steps tick: a tick waits for servers that the job's author chose, so the threads are shared by owners, who take
 * turns.
 *
 * @param timer says when a tick is due; it only gives it to the threads, and never waits
 * @param threads run as SYSTEM; what belongs to a run's user is looked up with the run's authentication
 */
record TickPool(ScheduledExecutorService timer, SharedThreads threads) {}
