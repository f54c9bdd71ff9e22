package io.jenkins.plugins.mldelivery.steps;

import hudson.slaves.DumbSlave;
import java.util.concurrent.ExecutionException;
import jenkins.security.MasterToSlaveCallable;

/** Agents that get lost. */
final class Agents {
    private Agents() {}

    /** Kills the agent's process, and waits until Jenkins has noticed. */
    static void kill(DumbSlave agent) throws Exception {
        kill(agent, pid(agent));
    }

    /** The same of an agent that does not answer any more. */
    static void kill(DumbSlave agent, long pid) throws Exception {
        signal(pid, "-KILL");
        while (agent.toComputer().isOnline()) {
            Thread.sleep(50);
        }
    }

    static long pid(DumbSlave agent) throws Exception {
        return agent.getChannel().call(new Pid());
    }

    static void signal(long pid, String signal) throws Exception {
        new ProcessBuilder("kill", signal, String.valueOf(pid)).start().waitFor();
    }

    /** Starts the agent anew. */
    static void connect(DumbSlave agent) throws Exception {
        while (!agent.toComputer().isOnline()) {
            try {
                agent.toComputer().connect(false).get();
            } catch (ExecutionException e) {
                Thread.sleep(500); // The old connection is still being closed.
            }
        }
    }

    /** The agent's process. */
    private static final class Pid extends MasterToSlaveCallable<Long, RuntimeException> {
        private static final long serialVersionUID = 1L;

        @Override
        public Long call() {
            return ProcessHandle.current().pid();
        }
    }
}
