package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.SharedThreads;
import io.jenkins.plugins.mldelivery.delivery.http.NameLookup;
import java.util.concurrent.Executor;

/**
 * What all looks of a process share: the right to large reads, and threads that resolve names and read pages, which end when they have
 * nothing to do. An adapter has one for all its steps.
 */
public final class SharedReads {
    private static final int MAX_RESOLVERS = 32;
    private static final int RESOLVERS_OF_ONE = 8;
    /** For as many looks as Jenkins makes at a time, those of rollouts among them. */
    private static final int MAX_READERS = 36 * ReadLimits.MAX_OPEN_PAGES;
    private static final int READERS_OF_ONE = 9 * ReadLimits.MAX_OPEN_PAGES;

    private final LargeLooks large;
    private final SharedThreads resolvers;
    private final SharedThreads readers;
    /** Null when each look is somebody else's. */
    private final Object owner;

    /** Of a process, to be shared by all its looks. */
    public SharedReads() {
        this(new LargeLooks(ReadLimits.MAX_LARGE_LOOKS, ReadLimits.MAX_LARGE_TIME));
    }

    SharedReads(LargeLooks large) {
        this(large, new SharedThreads("ml-delivery names", MAX_RESOLVERS, RESOLVERS_OF_ONE), new SharedThreads("ml-delivery pages", MAX_READERS, READERS_OF_ONE), null);
    }

    private SharedReads(LargeLooks large, SharedThreads resolvers, SharedThreads readers, Object owner) {
        this.large = large;
        this.resolvers = resolvers;
        this.readers = readers;
        this.owner = owner;
    }

    /**
     * The same, for the looks of one owner, who takes turns with the others.
     *
     * @param who equal for all looks that belong together, such as those of a job
     */
    public SharedReads of(Object who) {
        return new SharedReads(large, resolvers, readers, who);
    }

    /**
     * Waits for the right to keep much in memory; false when the look is over before.
     *
     * @param look the look's deadline, which is ended when it keeps the right for long and others wait
     */
    boolean takeLarge(Deadline look) throws InterruptedException {
        return large.take(whose(), look);
    }

    /** Gives it back. */
    void giveLarge(Deadline look) {
        large.give(look);
    }

    /** Threads that read pages. */
    Executor readers() {
        return readers.of(whose());
    }

    /** Finds servers, and checks whether they may be asked. */
    NameLookup names() {
        return new NameLookup(resolvers.of(whose()));
    }

    private Object whose() {
        return owner == null ? new Object() : owner;
    }
}
