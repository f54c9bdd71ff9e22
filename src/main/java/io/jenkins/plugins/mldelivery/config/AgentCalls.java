package io.jenkins.plugins.mldelivery.config;

import hudson.FilePath;
import hudson.Functions;
import hudson.remoting.ChannelClosedException;
import hudson.remoting.RequestAbortedException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.OwnerShares;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.MasterToSlaveFileCallable;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Calls to agents: with a time limit, on threads of their own, and with answers that are checked here, since an agent
 * may answer anything. Of an exception of an agent only its text comes through, on one line and cut.
 *
 * <p>What this can't bound: Jenkins' remoting reads each message of an agent whole into memory before anybody can look
 * at it, asked for or not. An agent whose Java process is hostile can fill the controller's heap without this plugin; a
 * build on an honest agent can't, since what is sent is bounded on the agent as well.
 */
@Restricted(NoExternalUse.class)
public final class AgentCalls {
    /** How long a call may take. */
    public static final Duration LIMIT = Duration.ofSeconds(30);

    private static final int MAX_MESSAGE = 500;
    private static final Logger LOGGER = Logger.getLogger(AgentCalls.class.getName());

    private AgentCalls() {}

    /**
     * Asks an agent for texts.
     *
     * @param maxTexts more than this are refused
     * @param maxBytes as is an answer of more bytes than this, and some for what is around them
     * @return texts and nulls
     * @throws DeliveryException the failure that the work has ended with
     * @throws NoAnswer when it does not answer within {@link #LIMIT}
     * @throws IOException when it could not do it, or answers something else
     */
    public static List<String> texts(FilePath folder, AgentWork work, int maxTexts, int maxBytes)
            throws DeliveryException, IOException, InterruptedException {
        return AgentWork.read(bytes(folder, work, maxBytes + AgentWork.OVERHEAD), maxTexts);
    }

    /**
     * What an agent has answered that was asked without waiting ({@link FilePath#actAsync}); see
     * {@link #texts(FilePath, AgentWork, int, int)}. It is in remoting's {@code get()} that objects are made of what
     * the agent has sent, and nothing can end that, so this is a call as any other.
     *
     * @param folder on the agent
     * @param done it is done
     * @throws NotAsked when it may be taken later
     */
    public static List<String> texts(FilePath folder, Future<?> done, int maxTexts, int maxBytes)
            throws DeliveryException, IOException, InterruptedException {
        Object answer = within(folder, LIMIT, done::get);
        return AgentWork.read(checked(answer, maxBytes + AgentWork.OVERHEAD), maxTexts);
    }

    /** Asks an agent for one text, which is not null; see {@link #texts(FilePath, AgentWork, int, int)}. */
    public static String text(FilePath folder, AgentWork work, int maxBytes)
            throws DeliveryException, IOException, InterruptedException {
        return one(texts(folder, work, 1, maxBytes));
    }

    /** One text, which is not null; see {@link #texts(FilePath, Future, int, int)}. */
    public static String text(FilePath folder, Future<?> done, int maxBytes)
            throws DeliveryException, IOException, InterruptedException {
        return one(texts(folder, done, 1, maxBytes));
    }

    private static String one(List<String> texts) throws IOException {
        if (texts.size() != 1 || texts.get(0) == null) {
            throw new IOException("the agent answers " + texts.size() + " texts instead of one");
        }
        return texts.get(0);
    }

    /** Has an agent do something; see {@link #texts(FilePath, AgentWork, int, int)}. */
    public static void run(FilePath folder, AgentWork work)
            throws DeliveryException, IOException, InterruptedException {
        texts(folder, work, 0, 0);
    }

    /** Asks an agent for bytes; see {@link #texts(FilePath, AgentWork, int, int)}. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    public static byte[] bytes(FilePath folder, MasterToSlaveFileCallable<byte[]> work, int maxBytes)
            throws IOException, InterruptedException {
        // Without a cast to what the agent should answer.
        return checked(within(folder, LIMIT, () -> folder.<Object>act((FilePath.FileCallable) work)), maxBytes);
    }

    private static byte[] checked(Object answer, int maxBytes) throws IOException {
        if (answer instanceof byte[] bytes && bytes.length <= maxBytes) {
            return bytes;
        }
        throw new IOException(
                answer instanceof byte[]
                        ? "the agent's answer has more than " + maxBytes + " bytes"
                        : "the agent's answer is not what it was asked for");
    }

    /**
     * Does something that calls an agent, such as looking after a process on it.
     *
     * @param folder on the agent
     * @param limit how long it may take; what takes longer is given up, and goes on until it notices
     * @throws NotAsked when too many calls are under way
     * @throws NoAnswer when it takes longer, or the connection broke
     * @throws IOException when it fails in another way; its cause is left out
     * @throws InterruptedException when this thread was interrupted
     */
    public static <T> T within(FilePath folder, Duration limit, Callable<T> work)
            throws IOException, InterruptedException {
        AgentGate gate = AgentThreads.get().gate(folder);
        Owner owner = AgentThreads.get().owner();
        OwnerShares shares = AgentThreads.get().shares();
        if (owner != null && !shares.enter(owner)) {
            throw new NotAsked(
                    "this job, or its folder, waits for as many calls to agents as it may; it is asked again later");
        }
        Runnable ended = () -> {
            if (owner != null) {
                shares.leave(owner);
            }
        };
        if (!gate.enter()) {
            ended.run();
            throw new NotAsked("the agent did not answer the last call; it is asked again later");
        }
        FutureTask<T> task = new FutureTask<>(() -> {
            try {
                return work.call();
            } catch (Exception | Error e) {
                throw failure(e);
            }
        });
        try {
            AgentThreads.get().threads().execute(() -> {
                try {
                    task.run();
                } finally {
                    gate.ended();
                    ended.run();
                }
            });
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // The latter is what Java says when the system gives no more threads.
            gate.ended();
            ended.run();
            throw new NotAsked("too many agents do not answer");
        }
        try {
            T answer = task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            gate.answered();
            return answer;
        } catch (TimeoutException e) {
            gate.late();
            task.cancel(true);
            throw new NoAnswer("the agent has not answered within " + limit.toSeconds() + " s");
        } catch (ExecutionException e) {
            gate.answered();
            throw (IOException) e.getCause();
        } catch (InterruptedException e) {
            task.cancel(true);
            throw e;
        }
    }

    /** On the thread of the call, since what an agent has thrown may take for ever to say what it is. */
    private static IOException failure(Throwable caught) {
        Throwable thrown = caught instanceof ExecutionException && caught.getCause() != null ? caught.getCause() : caught;
        if (thrown instanceof RequestAbortedException
                || thrown instanceof ChannelClosedException
                || thrown instanceof InterruptedException) {
            return new NoAnswer("the connection to the agent broke");
        }
        try {
            if (LOGGER.isLoggable(Level.FINE)) {
                // As text: what an agent made is not for those who read the log.
                LOGGER.log(Level.FINE, "a call to an agent failed: {0}", Functions.printThrowable(thrown));
            }
            return thrown instanceof NoAnswer ? new NoAnswer(text(thrown)) : new IOException(text(thrown));
        } catch (RuntimeException | Error e) {
            return new IOException(thrown.getClass().getSimpleName());
        }
    }

    private static String text(Throwable thrown) {
        String said = thrown.getMessage();
        String cut = said == null
                ? thrown.getClass().getSimpleName()
                : Excerpt.of(said, MAX_MESSAGE);
        return Printable.line(
                thrown instanceof IOException ? cut : thrown.getClass().getSimpleName() + ": " + cut);
    }
}
