package io.jenkins.plugins.mldelivery.steps;

import hudson.FilePath;
import io.jenkins.plugins.mldelivery.config.AgentCalls;
import io.jenkins.plugins.mldelivery.config.AgentWork;
import io.jenkins.plugins.mldelivery.config.NoAnswer;
import io.jenkins.plugins.mldelivery.config.NotAsked;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.verify.DetachedLook;
import io.jenkins.plugins.mldelivery.verify.VerifyMetrics;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import io.jenkins.plugins.mldelivery.verify.VerifyState;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Future;

/**
 * Looks whose requests the agent sends that the step runs on: begins one, and takes its answer when there is one, so that no thread
 * waits for the agent. An agent that is away, or does not answer in time, is one look that could not be made.
 */
final class AgentLooks {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration SLOWEST = Duration.ofSeconds(1);
    /** For the way to the agent and back, and for sending it the program. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    private final AgentPlace place;
    private final VerifyMetrics verification;
    private final VerifyMetricsRequest request;
    private final int steps;
    private final GivenSecrets secrets;
    private final Owner owner;

    /** Its value is what the agent sent, which may be of another type. */
    private Future<?> work;
    /** Where it is under way. */
    private FilePath asked;
    private Instant end;
    private Duration wait;

    /**
     * For one step.
     *
     * @param steps how many traffic steps the rollout around has; 0 for none
     * @param owner whose looks they are
     */
    AgentLooks(
            AgentPlace place, VerifyMetrics verification, VerifyMetricsRequest request, int steps, GivenSecrets secrets,
            Owner owner) {
        this.place = place;
        this.verification = verification;
        this.request = request;
        this.steps = steps;
        this.secrets = secrets;
        this.owner = owner;
    }

    /**
     * Begins a look, or goes on with the one that is under way.
     *
     * @return the evidence after it; null while it is under way, see {@link #nextTick}
     * @throws DeliveryException what the look found wrong, or that the answer is none
     */
    VerifyState look(VerifyState before) throws DeliveryException, IOException, InterruptedException {
        if (work == null) {
            FilePath folder = place.find();
            if (folder == null) {
                return verification.unread(before, Messages.AgentLooks_Away(place.node()));
            }
            if (!folder.isRemote()) {
                // The built-in node is the controller, whose rules for hosts hold.
                return verification.read(before);
            }
            end = Instant.now().plus(verification.longestLook()).plus(GRACE);
            Read read = new Read(new DetachedLook(request, steps, before.toJson(), Instant.now()), secrets, owner);
            try {
                // An agent that does not read any more lets whoever sends wait.
                work = AgentCalls.within(folder, AgentCalls.LIMIT, () -> folder.actAsync(read));
            } catch (NoAnswer e) {
                return verification.unread(before, Messages.AgentLooks_Late(place.node()));
            }
            asked = folder;
            wait = FIRST;
            return null;
        }
        if (!work.isDone()) {
            if (Instant.now().isAfter(end)) {
                cancel();
                return verification.unread(before, Messages.AgentLooks_Late(place.node()));
            }
            wait = wait.multipliedBy(2).compareTo(SLOWEST) < 0 ? wait.multipliedBy(2) : SLOWEST;
            return null;
        }
        Future<?> done = work;
        work = null;
        try {
            // A character has four bytes at most.
            return DetachedLook.take(AgentCalls.text(asked, done, 4 * DetachedLook.MAX_ANSWER), before, verification.notes());
        } catch (NotAsked e) {
            if (Instant.now().isAfter(end)) {
                return verification.unread(before, Messages.AgentLooks_Late(place.node()));
            }
            work = done;
            wait = SLOWEST;
            return null;
        } catch (IOException e) {
            // The way to the agent broke, or its program, or it answered something else.
            return verification.unread(before, Messages.AgentLooks_Broke(place.node(), e.getMessage()));
        }
    }

    /** When to ask again for the look that is under way. */
    Duration nextTick() {
        return wait;
    }

    /** Gives up the look that is under way. */
    void cancel() {
        if (work == null) {
            return;
        }
        Future<?> over = work;
        work = null;
        try {
            AgentCalls.within(asked, AgentCalls.LIMIT, () -> over.cancel(true));
        } catch (IOException e) {
            // The look has a limit of its own.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The look on the agent. */
    private static final class Read extends AgentWork {
        private static final long serialVersionUID = 1L;

        private final DetachedLook look;
        private final Secrets secrets;
        private final Owner owner;

        Read(DetachedLook look, GivenSecrets secrets, Owner owner) {
            this.look = look;
            this.secrets = secrets;
            this.owner = owner;
        }

        @Override
        protected List<String> work(File folder) throws DeliveryException, InterruptedException {
            return List.of(look.read(NoCommands.INSTANCE, secrets, NodeReads.of(owner)));
        }
    }
}
