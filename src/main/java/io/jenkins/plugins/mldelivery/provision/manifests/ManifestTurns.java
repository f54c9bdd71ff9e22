package io.jenkins.plugins.mldelivery.provision.manifests;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.OwnerTurns;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.AnswerRoom;
import java.time.Duration;

/**
 * Lets few runs of a process at a time hold large manifests as values, which take some 60 MB each. Nobody has a turn
 * for longer than an agent may take to send the files, or than the calls for one object, which end within
 * a minute or so whatever the cluster does: so a run at a cluster that never answers keeps nobody out. Owners take turns,
 * and the runs of one are served as they came. Thread-safe; an adapter has one for all its runs.
 */
public final class ManifestTurns {
    /** Bytes of files that need a turn to be read and parsed: three of them may be a value that takes 200 bytes. */
    static final int LARGE_TEXT = 128 * 1024;
    /** Bytes of an object's JSON that need a turn to be sent. Almost no object has so many. */
    static final int LARGE_OBJECT = 256 * 1024;
    /** What is said when a run has to wait. */
    static final String WAITS = "waiting for its turn: large manifests are taken up for two runs at a time";

    private static final int AT_A_TIME = 2;

    private final OwnerTurns parsing;
    /** Not the same: who parses should not wait for clusters. */
    private final OwnerTurns calling;
    private final Owner owner;

    /** Of a process, to be shared by all its runs. Those that are nobody's by {@link #of} are one owner's. */
    public ManifestTurns() {
        this(new OwnerTurns(AT_A_TIME, OwnerTurns.FOREVER), new OwnerTurns(AT_A_TIME, OwnerTurns.FOREVER), Owner.only());
    }

    private ManifestTurns(OwnerTurns parsing, OwnerTurns calling, Owner owner) {
        this.parsing = parsing;
        this.calling = calling;
        this.owner = owner;
    }

    /** The same turns, for the runs of one owner. */
    public ManifestTurns of(Owner who) {
        return new ManifestTurns(parsing, calling, who);
    }

    /** What is done in a turn. */
    interface Work<T, E extends Exception> {
        T run() throws DeliveryException, InterruptedException, E;
    }

    /** Who waits. */
    interface Patience {
        /** The wait begins. */
        void begins();

        /** How long it may last. */
        Duration left();

        /** Ends the wait by its exception, when the run is over or the thread was interrupted. */
        void check() throws DeliveryException, InterruptedException;
    }

    /** Reads files of so many bytes, and makes objects of them. */
    <T, E extends Exception> T parse(long size, Patience patience, Work<T, E> work)
            throws DeliveryException, InterruptedException, E {
        return size <= LARGE_TEXT ? work.run() : take(parsing, patience, work);
    }

    /**
     * Calls the cluster with an object of so many bytes. An answer that is larger than what was sent is asked for anew,
     * in a turn: so the work may run twice.
     *
     * @param room of the client that is used; it is wide in a turn
     */
    <T, E extends Exception> T call(long size, AnswerRoom room, Patience patience, Work<T, E> work)
            throws DeliveryException, InterruptedException, E {
        if (size <= LARGE_OBJECT) {
            try {
                return work.run();
            } catch (RuntimeException e) {
                if (!room.isTooNarrow(e)) {
                    throw e;
                }
            }
        }
        return take(calling, patience, () -> {
            room.widen();
            try {
                return work.run();
            } finally {
                room.narrow();
            }
        });
    }

    /** How many runs wait. */
    int waiting() {
        return parsing.waiting() + calling.waiting();
    }

    /** An object of a run that was taken for small, or the cluster's answer about it, needs a turn. */
    static final class TooLarge extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLarge() {
            super("a turn is needed", null, false, false);
        }
    }

    /** The same for a run that must not wait for a turn. */
    static <T, E extends Exception> T callSmall(long size, AnswerRoom room, Work<T, E> work)
            throws DeliveryException, InterruptedException, E {
        if (size > LARGE_OBJECT) {
            throw new TooLarge();
        }
        try {
            return work.run();
        } catch (RuntimeException e) {
            if (room.isTooNarrow(e)) {
                throw new TooLarge();
            }
            throw e;
        }
    }

    private <T, E extends Exception> T take(OwnerTurns turns, Patience patience, Work<T, E> work)
            throws DeliveryException, InterruptedException, E {
        Deadline turn = await(turns, patience);
        try {
            return work.run();
        } finally {
            turns.give(turn);
        }
    }

    /** The turn, to be given back. */
    private Deadline await(OwnerTurns turns, Patience patience) throws DeliveryException, InterruptedException {
        Deadline turn = Deadline.none();
        if (turns.tryTake(owner, turn)) {
            return turn;
        }
        patience.begins();
        try {
            // In one go, as whoever asks again is the last one again.
            for (turn = Deadline.in(patience.left()); !turns.take(owner, turn); turn = Deadline.in(patience.left())) {
                patience.check();
            }
            return turn;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            patience.check();
            throw e;
        }
    }
}
