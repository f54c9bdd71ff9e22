package io.jenkins.plugins.mldelivery.delivery;

/** Runs programs where the workspace is: on this machine for the command line, on the agent in Jenkins. */
public interface Commands {
    /** Bytes of the end of each output stream kept in a {@link CommandResult}: 64 Ki. Whoever needs the whole output takes it as it comes. */
    int OUTPUT_LIMIT = 64 * 1024;

    /**
     * Runs a program to its end.
     *
     * @param command what to run
     * @param output takes standard output as it comes
     * @return how it ended; a non-zero exit code is no exception
     * @throws DeliveryException {@link DeliveryException.Kind#UNREACHABLE} when the program does not exist,
     *     {@link DeliveryException.Kind#TIMEOUT} when it took too long and was stopped, or what <code>output</code> threw
     * @throws InterruptedException when the user aborted; the program has ended by then (first by interrupt, after the grace by kill)
     */
    CommandResult run(Command command, CommandOutput output) throws DeliveryException, InterruptedException;
}
