package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.OwnerShares;
import io.jenkins.plugins.mldelivery.delivery.OwnerTurns;
import io.jenkins.plugins.mldelivery.delivery.SharedThreads;
import io.jenkins.plugins.mldelivery.delivery.http.NameLookup;
import java.util.concurrent.Executor;

/**
 * What all looks of a process share: the right to large reads, and threads that resolve names and read pages, which end when they have
 * nothing to do. An adapter has one for all its steps.
 */
public final class SharedReads {
    private static final int MAX_RESOLVERS = 32;
    private static final int RESOLVERS_OF_A_JOB = 8;
    private static final int RESOLVERS_OF_A_TOP = 20;
    /** For as many looks as Jenkins makes at a time, those of rollouts among them. */
    private static final int MAX_READERS = 36 * ReadLimits.MAX_OPEN_PAGES;
    private static final int READERS_OF_A_JOB = 9 * ReadLimits.MAX_OPEN_PAGES;
    private static final int READERS_OF_A_TOP = 24 * ReadLimits.MAX_OPEN_PAGES;

    /** A look that keeps one for long is ended. */
    private final OwnerTurns large;
    private final SharedThreads resolvers;
    private final SharedThreads readers;
    private final Owner owner;

    /** Of a process, to be shared by all its looks. Those that are nobody's by {@link #of} are one owner's. */
    public SharedReads() {
        this(new OwnerTurns(ReadLimits.MAX_LARGE_LOOKS, ReadLimits.MAX_LARGE_TIME));
    }

    SharedReads(OwnerTurns large) {
        this(
                large,
                new SharedThreads(
                        "ml-delivery names", MAX_RESOLVERS, new OwnerShares(RESOLVERS_OF_A_JOB, RESOLVERS_OF_A_TOP)),
                new SharedThreads("ml-delivery pages", MAX_READERS, new OwnerShares(READERS_OF_A_JOB, READERS_OF_A_TOP)),
                Owner.only());
    }

    private SharedReads(OwnerTurns large, SharedThreads resolvers, SharedThreads readers, Owner owner) {
        this.large = large;
        this.resolvers = resolvers;
        this.readers = readers;
        this.owner = owner;
    }

    /**
     * The same, for the looks of one owner, who takes turns with the others.
     *
     * @param who whose looks they are
     */
    public SharedReads of(Owner who) {
        return new SharedReads(large, resolvers, readers, who);
    }

    /**
     * Waits for the right to keep much in memory; false when the look is over before.
     *
     * @param look the look's deadline, which is ended when it keeps the right for long and others wait
     */
    boolean takeLarge(Deadline look) throws InterruptedException {
        return large.take(owner, look);
    }

    /** Gives it back. */
    void giveLarge(Deadline look) {
        large.give(look);
    }

    /** Threads that read pages. */
    Executor readers() {
        return readers.of(owner);
    }

    /** Threads that resolve names, for whatever an owner connects to; each is the owner's until it is free. */
    public Executor resolvers() {
        return resolvers.of(owner);
    }

    /** Finds servers, and checks whether they may be asked. */
    NameLookup names() {
        return new NameLookup(resolvers());
    }
}
