package io.jenkins.plugins.mldelivery.playground;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Unpacks the layers of one image below a folder: folders and regular files, without links. A layer of some kilobytes
 * can hold terabytes, so there is a limit to all layers together; nothing is unpacked twice, so one is for one pull.
 */
final class LayerUnpacker {
    /** Bytes of an image at most, whatever room there is. */
    static final long MAX_BYTES = 32L * 1024 * 1024 * 1024;

    /** Files and folders at most, as many as an image may have that this program packs. */
    static final int MAX_ENTRIES = 250_000;

    /** Bytes of an entry's names and attributes at most, which the library keeps in memory. */
    static final int MAX_HEAD = 1024 * 1024;

    private static final int BUFFER = 64 * 1024;

    private final Path root;
    private final long maxBytes;
    private long bytes;
    private int entries;

    /** @param maxBytes of all files, and of all layers as they are without compression */
    LayerUnpacker(Path root, long maxBytes) {
        this.root = root;
        this.maxBytes = maxBytes;
    }

    /**
     * Unpacks one, over those before.
     *
     * @throws IOException when a limit is reached; what was unpacked is left
     */
    void unpack(Path blob, boolean gzip) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try (InputStream file = new BufferedInputStream(Files.newInputStream(blob));
                Metered plain = new Metered(gzip ? new GZIPInputStream(file) : file, maxBytes);
                TarArchiveInputStream tar = new TarArchiveInputStream(plain)) {
            for (TarArchiveEntry entry = next(tar, plain); entry != null; entry = next(tar, plain)) {
                Path target = root.resolve(entry.getName()).normalize();
                if (!target.startsWith(root)) {
                    throw new IOException("the layer has an entry outside its root: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else if (isRegular(entry)) {
                    Files.createDirectories(target.getParent());
                    Files.deleteIfExists(target);
                    try (OutputStream to = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
                        copy(tar, to, buffer);
                    }
                } else {
                    copy(tar, OutputStream.nullOutputStream(), buffer);
                }
            }
        }
    }

    /** The library takes whatever is no folder for a file. */
    private static boolean isRegular(TarArchiveEntry entry) {
        return entry.isFile() && !entry.isSymbolicLink() && !entry.isLink() && !entry.isFIFO()
                && !entry.isCharacterDevice() && !entry.isBlockDevice();
    }

    private TarArchiveEntry next(TarArchiveInputStream tar, Metered plain) throws IOException {
        plain.limit(MAX_HEAD, "the layer has an entry with a head of more than " + MAX_HEAD + " bytes");
        TarArchiveEntry entry = tar.getNextEntry();
        plain.limit(maxBytes, tooLarge());
        if (entry != null && ++entries > MAX_ENTRIES) {
            throw new IOException("the image has more than " + MAX_ENTRIES + " files");
        }
        return entry;
    }

    /** Counted here as well as in the archive: the holes of a sparse file take no room there. */
    private void copy(InputStream from, OutputStream to, byte[] buffer) throws IOException {
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
            bytes += read;
            if (bytes > maxBytes) {
                throw new IOException(tooLarge());
            }
            to.write(buffer, 0, read);
        }
    }

    private String tooLarge() {
        return "the image takes more than the " + maxBytes + " bytes that there is room for";
    }

    /** Ends with an exception when more is read than is allowed at the moment. */
    private static final class Metered extends FilterInputStream {
        private long left;
        private String problem = "";

        Metered(InputStream in, long left) {
            super(in);
            this.left = left;
        }

        void limit(long most, String otherwise) {
            left = most;
            problem = otherwise;
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int read = super.read(to, offset, length);
            count(Math.max(0, read));
            return read;
        }

        @Override
        public long skip(long bytes) throws IOException {
            long skipped = super.skip(bytes);
            count(skipped);
            return skipped;
        }

        private void count(long bytes) throws IOException {
            left -= bytes;
            if (left < 0) {
                throw new IOException(problem);
            }
        }
    }
}
