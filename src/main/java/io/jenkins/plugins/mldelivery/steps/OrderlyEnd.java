package io.jenkins.plugins.mldelivery.steps;

import hudson.FilePath;
import hudson.Launcher;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;

/**
 * Ends a command on an agent in order: one signal to the tool itself, then time to save its state and free its lock,
 * and only then a kill. Persisted with the step: Terraform takes a second signal as the wish to end at once.
 */
final class OrderlyEnd implements Serializable {
    private static final long serialVersionUID = 1L;

    /** When the command was asked to end, in milliseconds since the epoch, or 0. */
    private volatile long signalled;

    private volatile boolean killed;

    /** Saves the step. */
    @FunctionalInterface
    interface Save {
        void run() throws IOException, InterruptedException;
    }

    /** Whether it was asked to end. */
    boolean asked() {
        return signalled != 0;
    }

    /**
     * Takes the next measure that is due.
     *
     * @param grace between the signal and the kill
     * @param save called before the signal is sent
     */
    void goOn(
            AgentCommand command,
            String tool,
            Duration grace,
            FilePath folder,
            Launcher launcher,
            PrintStream log,
            Save save)
            throws IOException, InterruptedException {
        long now = System.currentTimeMillis();
        if (signalled == 0) {
            if (!command.hasBegun(folder)) {
                return;
            }
            signalled = now;
            log.println(Messages.ProvisionExecution_Interrupting(tool));
            save.run();
            command.signal(folder, launcher);
        } else if (!killed && Instant.ofEpochMilli(signalled).plus(grace).isBefore(Instant.ofEpochMilli(now))) {
            killed = true;
            log.println(Messages.ProvisionExecution_Killing(tool));
            command.kill(folder, launcher);
        }
    }
}
