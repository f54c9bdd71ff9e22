package io.jenkins.plugins.mldelivery.steps;

import io.jenkins.plugins.mldelivery.delivery.Command;
import io.jenkins.plugins.mldelivery.delivery.CommandOutput;
import io.jenkins.plugins.mldelivery.delivery.CommandResult;
import io.jenkins.plugins.mldelivery.delivery.Commands;

/** The port of steps that run no program: nothing may be started on the controller. */
enum NoCommands implements Commands {
    /** The only one. */
    INSTANCE;

    @Override
    public CommandResult run(Command command, CommandOutput output) {
        throw new UnsupportedOperationException("this step runs no programs: " + command.argv().get(0));
    }
}
