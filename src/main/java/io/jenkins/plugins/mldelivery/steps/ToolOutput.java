package io.jenkins.plugins.mldelivery.steps;

import hudson.FilePath;
import io.jenkins.plugins.mldelivery.config.NoAnswer;
import io.jenkins.plugins.mldelivery.delivery.CommandOutput;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.provision.terraform.TerraformFlow;
import io.jenkins.plugins.mldelivery.provision.terraform.TerraformState;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Reads what the commands of a Terraform run print, a part in each tick. A plan, as the outputs, is one document, of
 * which much may have to be kept before its end is known, and whoever wrote the tool decides when that comes. So it is
 * read when its command has ended, it is let go of while the agent is away, and one that takes more than a tick needs a
 * place for it ({@link PlanPlaces}).
 */
final class ToolOutput {
    /** How long a document may keep a place. */
    static final Duration READING = Duration.ofMinutes(10);

    private static final Duration WAIT = Duration.ofSeconds(3);

    private final TerraformFlow flow;
    private final Environment environment;
    private final PlanPlaces places;
    private final Owner owner;
    /** The command that has shown the plan before a restart, while the plan is read again; else null. */
    private AgentCommand shown;
    /** Takes the output of the command under way; null before it begins. */
    private CommandOutput output;

    private boolean document;
    /** Whether the document takes more than a tick. */
    private boolean large;
    /** Until when it may keep its place; null without one. */
    private Deadline place;

    private boolean told;

    /** @param now the state that the flow begins with, which after a restart of the controller is any; null at first */
    ToolOutput(TerraformFlow flow, TerraformState now, Environment environment, PlanPlaces places, Owner owner) {
        this.flow = flow;
        this.environment = environment;
        this.places = places;
        this.owner = owner;
        shown = now != null && now.stage().compareTo(TerraformState.Stage.SHOW) > 0
                ? AgentCommand.ended(
                        now.privateDirectory(), ProvisionExecution.name(TerraformState.Stage.SHOW))
                : null;
    }

    TerraformFlow flow() {
        return flow;
    }

    /**
     * Reads on in a plan that was shown before a restart, to learn what is secret in it.
     *
     * @param turn when it is over, the rest is left for the next call
     * @param aborted whether the build was aborted, after which nothing is read any more
     * @param late whether the step's time is over, likewise
     * @return whether nothing is left to be learned
     */
    boolean learn(FilePath folder, Deadline turn, BooleanSupplier aborted, boolean late)
            throws NoAnswer, InterruptedException {
        if (shown == null) {
            return true;
        }
        String over = aborted.getAsBoolean()
                ? "the build was aborted"
                : late ? "the step's time is over" : isLate() ? "it took too long" : null;
        if (over == null && !mayGoOn()) {
            return false;
        }
        boolean done = new ProvisionSecrets(environment)
                .ofPlan(flow, shown, folder, () -> turn.isOver() || aborted.getAsBoolean(), over);
        afterPart(!done, null);
        shown = done ? null : shown;
        return done;
    }

    /**
     * Hands on what a command has printed since the last call, or a part of it.
     *
     * @param ended whether the command has ended
     * @return whether there may be more
     * @throws DeliveryException when it is refused
     */
    boolean pump(AgentCommand command, TerraformState now, boolean ended, FilePath folder, BooleanSupplier enough)
            throws DeliveryException, IOException, InterruptedException {
        document = now.stage() == TerraformState.Stage.SHOW || now.stage() == TerraformState.Stage.OUTPUT;
        if (document && !ended) {
            return false;
        }
        if (document && isLate()) {
            throw DeliveryException.failed(
                    "dir",
                    "what the tool answers could not be read from the agent within " + READING.toMinutes() + " minutes",
                    "Make the plan smaller, or check the connection to the `agent`.",
                    null);
        }
        if (document && !mayGoOn()) {
            return true;
        }
        output = output == null ? flow.output(now) : output;
        boolean more = command.pump(folder, output, enough);
        if (document) {
            afterPart(more, command);
        }
        return more;
    }

    /** After how long to go on when there is more. */
    Duration pause() {
        return large && place == null ? WAIT : Duration.ZERO;
    }

    /** The output of the command under way was taken to its end, or is not wanted any more. */
    void end() {
        output = null;
    }

    private boolean isLate() {
        return place != null && place.isOver();
    }

    private boolean mayGoOn() {
        if (large && place == null && places.enter(owner)) {
            place = Deadline.in(READING);
        }
        boolean waits = large && place == null;
        if (waits && !told) {
            told = true;
            environment.info(
                    Event.Stage.PROVISION,
                    "waiting for its turn: large plans are read for " + PlanPlaces.MAX + " runs at a time");
        }
        return !waits;
    }

    private void afterPart(boolean more, AgentCommand command) {
        large = more;
        if (!more) {
            leave();
        } else if (!mayGoOn()) {
            letGo(command);
        }
    }

    /**
     * Keeps nothing of a document, which is read again from its beginning later.
     *
     * @param command the one under way, or null
     */
    void letGo(AgentCommand command) {
        leave();
        if (shown != null) {
            shown.rewind();
            flow.letGo();
        }
        if (document && output != null) {
            output = null;
            flow.letGo();
            if (command != null) {
                command.rewind();
            }
        }
    }

    private void leave() {
        if (place != null) {
            place = null;
            places.leave(owner);
        }
    }
}
