package io.jenkins.plugins.mldelivery.steps;

import hudson.FilePath;
import hudson.model.TaskListener;
import io.jenkins.plugins.mldelivery.config.AgentCalls;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import java.io.IOException;
import java.time.Duration;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * A step that works on an agent, which may get lost: it is waited for, and that is logged, until it is there again, the
 * build is aborted, or the step's time is over.
 */
abstract class AgentExecution extends TickingExecution {
    /** How often a lost agent is looked for. */
    private static final Duration LOST = Duration.ofSeconds(5);

    private static final long serialVersionUID = 1L;

    private volatile AgentPlace place;
    /** Milliseconds since the epoch. */
    private volatile long started;
    /** Why the agent can't be asked, as it was logged last, or null. */
    private transient String told;

    AgentExecution(StepContext context) {
        super(context);
    }

    /** What a tick began on an agent before it failed is not begun again by one that does not know of it. */
    @Override
    final boolean isWaitedOut(Throwable failure) {
        return false;
    }

    /** The step's time-out as the user wrote it. */
    abstract String timeout();

    /** How long after that a lost agent is looked for. */
    abstract Duration patience();

    /**
     * The build was aborted while the agent can't be asked; the step fails with the abort.
     *
     * @param node the agent's name for the log
     */
    abstract void abortedAway(String node) throws IOException, InterruptedException;

    /**
     * The step's time is over and the agent can't be asked: fails the step.
     *
     * @param folder the workspace, or null when the agent is not connected
     */
    abstract void gone(FilePath folder) throws IOException, InterruptedException;

    /** The workspace, or null when its agent is not connected. The first call begins the step's time. */
    final FilePath folder() throws IOException, InterruptedException {
        if (started == 0) {
            started = System.currentTimeMillis();
        }
        if (place == null) {
            place = AgentPlace.of(getContext());
        }
        return place.find();
    }

    /** The node's name for the log. */
    final String node() {
        return place.node();
    }

    /** Whether the step began on the controller itself. */
    final boolean onController() {
        return place.isController();
    }

    /** What is left of the step's time; negative when it is over. */
    final Duration left() throws DeliveryException {
        return Durations.parse("timeout", timeout())
                .minusMillis(started == 0 ? 0 : System.currentTimeMillis() - started);
    }

    /** Whether the step's time and this much more are over. */
    final boolean late(Duration grace) throws DeliveryException {
        return started != 0 && left().plus(grace).compareTo(Duration.ZERO) <= 0;
    }

    /** The agent is not connected; see {@link #away}. */
    final Duration offline() throws IOException, InterruptedException, DeliveryException {
        return away(null, Messages.TickingExecution_AgentOffline(node()));
    }

    /** The agent does not answer; see {@link #away}. */
    final Duration silent(FilePath folder, Exception why)
            throws IOException, InterruptedException, DeliveryException {
        String said = why.getMessage() == null ? why.getClass().getSimpleName() : why.getMessage();
        return away(folder, Messages.AgentExecution_Silent(node(), Printable.line(known().mask(said))));
    }

    /**
     * The agent can't be asked: it is waited for, but not beyond an abort or the time-out.
     *
     * @return after how long to look again
     */
    private Duration away(FilePath folder, String why) throws IOException, InterruptedException, DeliveryException {
        if (stopCause() != null) {
            abortedAway(node());
            fail(stopCause());
            return Duration.ZERO;
        }
        if (late(patience())) {
            over(folder, why);
            return Duration.ZERO;
        }
        if (!why.equals(told)) {
            told = why;
            listener().getLogger().println(why);
        }
        return LOST;
    }

    /** The step's time is over, and the agent does not help to end it in an orderly way. */
    final void over(FilePath folder, String why) throws IOException, InterruptedException {
        listener().getLogger().println(why);
        gone(folder);
    }

    /**
     * The agent has answered.
     *
     * @return whether it had been away
     */
    final boolean back() {
        boolean was = told != null;
        told = null;
        return was;
    }

    /** What may have to be asked of the agent. */
    final <T> T onAgent(FilePath folder, Class<T> type) throws IOException, InterruptedException {
        return AgentCalls.within(folder, AgentCalls.LIMIT, () -> getContext().get(type));
    }

    final TaskListener listener() throws IOException, InterruptedException {
        return getContext().get(TaskListener.class);
    }
}
