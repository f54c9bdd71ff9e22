package io.jenkins.plugins.mldelivery.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.KeyedHash;
import io.jenkins.plugins.mldelivery.deploy.RolloutState;
import io.jenkins.plugins.mldelivery.deploy.StateStore;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;

/**
 * The rollout's state in a file that only its owner may read: written beside, forced to disk, then moved over, so that
 * it is whole whenever the process dies. While a process works with it, a lock file beside it keeps others out: two of
 * the same holder would both find the model's lease to be theirs.
 */
final class StateFile implements StateStore, AutoCloseable {
    private static final String HOLDER = "holder";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long POLL_MILLIS = 500;
    /** A state has some KiB; its two sentences may name each of 200 checks. */
    private static final int MAX_SIZE = 512 * 1024;

    private final SafePath place;
    private final Path file;
    private final Path lockFile;
    private final StateSeal seal;
    private String holder;
    private FileChannel lock;
    private boolean newFolder;

    /**
     * @param holder who begins a rollout; one that goes on keeps the holder that began it
     * @param key of the user, without which nobody can write a state that is gone on with
     */
    StateFile(SafePath place, String holder, KeyedHash key) {
        this.seal = new StateSeal(key, place.relative());
        this.place = place;
        this.file = place.relative();
        this.lockFile = file.resolveSibling(file.getFileName() + ".lock");
        this.holder = holder;
    }

    /**
     * Waits until no other process works with this file.
     *
     * @param patience how long
     */
    void lock(Duration patience, Runnable onWait) throws DeliveryException, InterruptedException {
        Deadline deadline = Deadline.in(patience);
        try {
            boolean told = false;
            while (!tryLock()) {
                if (deadline.isOver()) {
                    throw new DeliveryException(
                            DeliveryException.Kind.TIMEOUT,
                            "timeout",
                            "another process works with the state file '" + place.path() + "', and did so for "
                                    + Durations.format(patience),
                            "Wait for the other rollout, end it, or give another file with --state.",
                            null);
                }
                if (!told) {
                    onWait.run();
                    told = true;
                }
                Thread.sleep(Math.min(POLL_MILLIS, deadline.left().toMillis() + 1));
            }
        } catch (ClosedByInterruptException e) {
            throw Aborts.raised(e);
        } catch (IOException e) {
            throw problem("lock", e);
        }
    }

    private boolean tryLock() throws IOException {
        newFolder |= place.makeFolders();
        if (key() == null) {
            create();
        }
        Object before = key();
        if (before == null) {
            return false;
        }
        FileChannel channel;
        try {
            // On the file systems of an operating system it is such a channel.
            channel = (FileChannel) place.folder().openForWriting(lockFile);
        } catch (NoSuchFileException e) {
            return false;
        }
        try {
            // Whoever had it may have removed it before this lock: then it is on a file that nobody else finds.
            if (channel.tryLock() != null && before.equals(key())) {
                // Not to be opened again by its name: on Unix, closing any channel on a file gives up all locks that the process has on it.
                lock = channel;
                return true;
            }
        } catch (OverlappingFileLockException e) {
            // Another thread of this process has it.
        }
        channel.close();
        return false;
    }

    /** What tells a file from another of the same name; null when there is none. */
    private Object key() throws IOException {
        BasicFileAttributes found = place.folder().attributes(lockFile);
        if (found == null) {
            return null;
        }
        if (!found.isRegularFile()) {
            throw new IOException(lockFile + " is not a file");
        }
        return found.fileKey() != null ? found.fileKey() : found.creationTime();
    }

    private void create() throws IOException {
        try {
            OutputFile.createPrivate(place.folder(), lockFile, new byte[0]);
        } catch (FileAlreadyExistsException e) {
            // Another process was faster.
        }
    }

    /** Lets other processes work with this file. */
    @Override
    public void close() {
        if (lock != null) {
            try (FileChannel locked = lock) {
                // Beside a state it stays: removed, it would let one in who creates it anew and one who has waited for the old one.
                if (place.folder().attributes(file) == null && locked.size() == 0) {
                    place.folder().deleteFile(lockFile);
                    if (newFolder) {
                        place.removeFolder();
                    }
                }
            } catch (IOException e) {
                // Something is left, which keeps nobody out.
            }
        }
    }

    /** Who does this rollout, as the lease has it. */
    String holder() {
        return holder;
    }

    /**
     * The state of a rollout that did not end, or null.
     *
     * @throws DeliveryException when it can't be read, or when this user has not written it so
     */
    RolloutState load() throws DeliveryException, InterruptedException {
        try {
            if (place.folder().attributes(file) == null) {
                return null;
            }
            byte[] content = place.folder().read(file, MAX_SIZE);
            boolean ours = seal.holds(content);
            String json = new String(content, StandardCharsets.UTF_8);
            // Of what somebody else has written it counts only that it has ended or is damaged.
            RolloutState state = RolloutState.fromJson(json);
            if (state.phase().ended()) {
                return null;
            }
            if (!ours) {
                throw notOurs();
            }
            holder = JSON.readTree(json).path(HOLDER).asText(holder);
            return state;
        } catch (ClosedByInterruptException e) {
            throw Aborts.raised(e);
        } catch (IOException e) {
            throw problem("read", e);
        }
    }

    @Override
    public void save(RolloutState state) throws DeliveryException, InterruptedException {
        try {
            place.makeFolders();
            ObjectNode json = (ObjectNode) JSON.readTree(state.toJson());
            OutputFile.replacePrivate(place, seal.seal(json.put(HOLDER, holder)));
        } catch (ClosedByInterruptException e) {
            throw Aborts.raised(e);
        } catch (IOException e) {
            throw problem("write", e);
        }
    }

    @Override
    public String parameter() {
        return "state";
    }

    @Override
    public String beginningAnew() {
        return "remove '" + place.path() + "', or give another file with `state`";
    }

    private DeliveryException notOurs() {
        return new DeliveryException(
                DeliveryException.Kind.REFUSED, "state",
                "'" + place.path() + "' was not written by you on this machine, or was changed or moved since, so the rollout in it"
                        + " is not gone on with",
                "Run it as who began it, in the same folder, with the same HOME or XDG_STATE_HOME; or remove the file, and this"
                        + " rollout takes over what is in the cluster.",
                null);
    }

    private DeliveryException problem(String what, IOException e) {
        return DeliveryException.failed("state", "could not " + what + " '" + place.path() + "' (" + FileProblems.text(e) + ")", "Give another file with --state.", e);
    }
}
