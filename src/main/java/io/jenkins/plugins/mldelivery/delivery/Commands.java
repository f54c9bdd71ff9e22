package io.jenkins.plugins.mldelivery.delivery;

import java.util.function.Consumer;

/** Runs programs where the workspace is: on this machine for the command line, on the agent in Jenkins. */
public interface Commands {
    /** Characters of each output stream kept in a {@link CommandResult}: 16 Mi. */
    int OUTPUT_LIMIT = 16 * 1024 * 1024;

    /**
     * Runs a program to its end.
     *
     * @param command what to run
     * @param lines takes each line of standard output as it comes (without its line end)
     * @return how it ended; a non-zero exit code is no exception
     * @throws DeliveryException {@link DeliveryException.Kind#UNREACHABLE} when the program does not exist,
     *     {@link DeliveryException.Kind#TIMEOUT} when it took too long and was stopped
     * @throws InterruptedException when the user aborted; the program has ended by then (first by interrupt, after the grace by kill)
     */
    CommandResult run(Command command, Consumer<String> lines) throws DeliveryException, InterruptedException;
}
