package io.jenkins.plugins.mldelivery.image;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import io.jenkins.plugins.mldelivery.image.registry.Problems;
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

/**
 * The temporary folder of one build, for its owner alone, gone when the build ends. What a build left that was killed, the next one removes: a build holds a lock while it runs, and a folder
 * whose lock is free belongs to nobody.
 */
final class Scratch implements AutoCloseable {
    private static final String PREFIX = "ml-delivery-image-";
    private static final String LOCK = "lock";

    private final Path folder;
    private final FileChannel lock;

    private Scratch(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /** @param parent where to create it, itself created if it is missing; null for the machine's folder of temporary files */
    static Scratch create(Path parent) throws DeliveryException {
        try {
            String prefix = PREFIX + program() + "-";
            Path folder = parent == null ? Files.createTempDirectory(prefix) : Files.createTempDirectory(Files.createDirectories(parent), prefix);
            FileChannel lock = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            tryLock(lock);
            removeLeftBehind(folder, prefix);
            return new Scratch(folder, lock);
        } catch (IOException e) {
            throw DeliveryException.failed(
                    null, "could not create a temporary folder (" + Problems.text(e) + ")", "Check the agent's temporary folder and its free space.", e);
        }
    }

    /** Where its files are. */
    Path folder() {
        return folder;
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    @Override
    public void close() {
        try {
            lock.close();
            remove(folder);
        } catch (IOException e) {
            // What can't be deleted now, the next build, or the operating system's own cleaning of its temporary folder, gets.
            folder.toFile().deleteOnExit();
        }
    }

    /** Tells this program from others, and from itself before a restart. Its own locks are not tried: on Linux that would free them. */
    private static String program() {
        RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
        return Digests.brief(Digests.of(runtime.getName() + " " + runtime.getStartTime()));
    }

    /** Whether the lock is this program's from now on; on a file system without locks it never is. */
    private static boolean tryLock(FileChannel file) {
        try {
            return file.tryLock() != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }

    private static void removeLeftBehind(Path own, String mine) {
        try (DirectoryStream<Path> others = Files.newDirectoryStream(java.util.Objects.requireNonNull(own.getParent()), PREFIX + "*")) {
            UserPrincipal me = Files.getOwner(own, LinkOption.NOFOLLOW_LINKS);
            for (Path other : others) {
                if (!java.util.Objects.requireNonNull(other.getFileName()).toString().startsWith(mine) && Files.isDirectory(other, LinkOption.NOFOLLOW_LINKS) 
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
        boolean free;
        try (FileChannel file = FileChannel.open(lock, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            free = tryLock(file);
        }
        if (free) {
            remove(other);
        }
    }

    private static void remove(Path folder) throws IOException {
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
