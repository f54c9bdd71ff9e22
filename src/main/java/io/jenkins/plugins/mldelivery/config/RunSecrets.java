package io.jenkins.plugins.mldelivery.config;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Run;
import hudson.model.listeners.RunListener;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The secrets of the runs under way: what one step has learned, another one of the same run does not print. They are kept in memory only. After a restart of the controller each step looks up its credentials again,
 * and so learns them again.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class RunSecrets extends RunListener<Run<?, ?>> {
    private final Map<RunIdentity, KnownSecrets> runs = new ConcurrentHashMap<>();

    /** Those of this run. */
    static KnownSecrets of(Run<?, ?> run) {
        return ExtensionList.lookupSingleton(RunSecrets.class).runs.computeIfAbsent(RunIdentity.of(run), id -> new KnownSecrets());
    }

    /** Of how many runs there are any. */
    int size() {
        return runs.size();
    }

    @Override
    public void onFinalized(Run<?, ?> run) {
        runs.remove(RunIdentity.of(run));
    }

    @Override
    public void onDeleted(Run<?, ?> run) {
        runs.remove(RunIdentity.of(run));
    }
}
