package io.jenkins.plugins.mldelivery.delivery;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.Objects;

/**
 * A temporary folder for its owner alone, gone when the work ends that it is for. What a killed program left behind, the next one removes: a program holds a lock in its folder while it runs, and a
 * folder whose lock is free belongs to nobody. The name begins with a fixed word and ends at random, so that in a folder that all users of a machine share nobody can take it beforehand.
 */
public final class Scratch implements AutoCloseable {
    private static final String PREFIX = "ml-delivery-";
    private static final String LOCK = "lock";
    private static final int BASE = 36;

    private final Path folder;
    private final FileChannel lock;

    private Scratch(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * Creates one, and removes what programs left in the same place that ended without removing it.
     *
     * @param kind what it is for, a part of its name; folders of other kinds are left alone
     * @param parent where to create it, itself created if it is missing; null for the machine's folder of temporary files
     */
    public static Scratch create(String kind, Path parent) throws IOException {
        String family = PREFIX + kind + "-";
        String mine = family + program() + "-";
        Scratch scratch = locked(mine, parent);
        removeLeftBehind(scratch.folder, family, mine);
        return scratch;
    }

    private static Scratch locked(String name, Path parent) throws IOException {
        while (true) {
            Path folder = parent == null ? Files.createTempDirectory(name) : Files.createTempDirectory(Files.createDirectories(parent), name);
            Path file = folder.resolve(LOCK);
            FileChannel lock = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            // Between the two calls it belongs to nobody, and another program may take it for left behind.
            if (tryLock(lock) != Lock.OF_ANOTHER && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return new Scratch(folder, lock);
            }
            lock.close();
        }
    }

    /** Where its files are. */
    public Path folder() {
        return folder;
    }

    /** A file in it. */
    public Path file(String name) {
        return folder.resolve(name);
    }

    @Override
    public void close() {
        try {
            free();
            remove(folder);
        } catch (IOException e) {
            // What can't be deleted now, the next program, or the operating system's own cleaning of its temporary folder, gets.
            folder.toFile().deleteOnExit();
        }
    }

    /** Gives up the lock; whoever comes next may remove the folder. */
    public void free() throws IOException {
        lock.close();
    }

    /** Tells this program from others, and from itself before a restart. Its own locks are not tried: on Linux that would free them. */
    private static String program() {
        RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
        return runtime.getPid() + "-" + Long.toString(runtime.getStartTime(), BASE);
    }

    /** What became of the attempt to get a lock. */
    private enum Lock {
        OWN,
        OF_ANOTHER,
        /** There are none on this file system, so that nobody's folder is taken for left behind. */
        NONE
    }

    private static Lock tryLock(FileChannel file) {
        try {
            return file.tryLock() != null ? Lock.OWN : Lock.OF_ANOTHER;
        } catch (OverlappingFileLockException e) {
            return Lock.OF_ANOTHER;
        } catch (IOException e) {
            return Lock.NONE;
        }
    }

    private static void removeLeftBehind(Path own, String family, String mine) {
        try (DirectoryStream<Path> others = Files.newDirectoryStream(Objects.requireNonNull(own.getParent()), family + "*")) {
            UserPrincipal me = Files.getOwner(own, LinkOption.NOFOLLOW_LINKS);
            for (Path other : others) {
                if (!Objects.requireNonNull(other.getFileName()).toString().startsWith(mine) && Files.isDirectory(other, LinkOption.NOFOLLOW_LINKS)
                        && me.equals(Files.getOwner(other, LinkOption.NOFOLLOW_LINKS))) {
                    removeIfFree(other);
                }
            }
        } catch (IOException | UnsupportedOperationException | DirectoryIteratorException e) {
            // They lie in a temporary folder, and are only in the way of others' space.
            return;
        }
    }

    /** Links are not followed, neither here nor in what is removed. */
    private static void removeIfFree(Path other) throws IOException {
        Path lock = other.resolve(LOCK);
        // Without one it is being created at this moment, or is none of ours.
        if (!Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (FileChannel file = FileChannel.open(lock, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            if (tryLock(file) != Lock.OWN) {
                return;
            }
            // While the lock is held, so that whoever is creating the folder notices.
            removeAsFarAsPossible(other);
        }
        remove(other);
    }

    /** Windows removes no open file. */
    private static void removeAsFarAsPossible(Path folder) {
        try {
            remove(folder);
        } catch (IOException e) {
            // The rest goes when the lock is closed.
            return;
        }
    }

    /** Removes a folder with all in it; links in it are removed, not followed, and a missing one is no error. */
    public static void remove(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
                Files.deleteIfExists(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
