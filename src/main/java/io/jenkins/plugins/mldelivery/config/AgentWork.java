package io.jenkins.plugins.mldelivery.config;

import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.mldelivery.delivery.Packed;
import java.io.File;
import java.io.IOException;
import java.util.List;
import jenkins.MasterToSlaveFileCallable;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Work on an agent whose answer is a list of texts, which {@link AgentCalls} reads. It travels as bytes: no object that an agent makes gets into the program or its saved state.
 */
@Restricted(NoExternalUse.class)
public abstract class AgentWork extends MasterToSlaveFileCallable<byte[]> {
    private static final long serialVersionUID = 1L;

    /**
     * The work, on the agent.
     *
     * @param base the folder that it was asked of
     * @return texts and nulls
     */
    protected abstract List<String> work(File base) throws IOException, InterruptedException;

    @Override
    public final byte[] invoke(File base, VirtualChannel channel) throws IOException, InterruptedException {
        return Packed.pack(work(base));
    }
}
