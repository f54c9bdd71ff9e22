package io.jenkins.plugins.mldelivery.steps;

import hudson.model.Queue;
import hudson.model.Run;
import io.jenkins.plugins.mldelivery.config.ControllerIdentity;
import io.jenkins.plugins.mldelivery.config.RunIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionList;

/**
 * The names of a run's private folders on agents. They say whose a folder is: a later run in the same workspace removes
 * those of this controller's runs that have ended without removing them (killed, deleted, their agent away). No lock can
 * say that here, since between two commands of a run nothing of it runs on the agent.
 */
final class RunFolders {
    private static final int HASH_BYTES = 5;

    private final Run<?, ?> run;

    RunFolders(Run<?, ?> run) {
        this.run = run;
    }

    /** A name that no folder has. */
    String fresh() {
        return prefix(run) + UUID.randomUUID();
    }

    /** What the names of all folders of this controller's runs begin with. */
    static String family() {
        return "ml-delivery-" + hash("controller") + "-";
    }

    /**
     * What the names begin with of folders that are in use: this run's and those of all runs that go on.
     *
     * @return empty when that is not known, as while Jenkins can't read a run that it should resume
     */
    Optional<Set<String>> inUse() {
        Set<String> prefixes = new TreeSet<>();
        prefixes.add(prefix(run));
        try {
            for (FlowExecution going : FlowExecutionList.get()) {
                Queue.Executable executable = going.getOwner().getExecutable();
                if (executable instanceof Run<?, ?> other) {
                    prefixes.add(prefix(other));
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.of(prefixes);
    }

    private static String prefix(Run<?, ?> run) {
        RunIdentity identity = RunIdentity.of(run);
        return family() + hash("run " + identity.queueId() + " " + identity.started()) + "-";
    }

    private static String hash(String text) {
        byte[] hash = ControllerIdentity.get().keyedHash().of(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, HASH_BYTES);
    }
}
