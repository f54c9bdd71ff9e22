package io.jenkins.plugins.mldelivery.image;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import io.jenkins.plugins.mldelivery.image.oci.Descriptor;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import io.jenkins.plugins.mldelivery.image.oci.MediaTypes;
import io.jenkins.plugins.mldelivery.image.registry.Deadline;
import io.jenkins.plugins.mldelivery.image.registry.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Writes files as one reproducible layer: sorted tar entries, gzip of stored blocks, both digests computed on the way. Memory does not depend on the size. */
final class LayerWriter {
    private static final int BUFFER = 256 * 1024;
    private static final long ROOM_PER_FILE = 8192;

    private final Environment environment;
    private final Deadline deadline;

    LayerWriter(Environment environment, Deadline deadline) {
        this.environment = environment;
        this.deadline = deadline;
    }

    /**
     * Writes a layer.
     *
     * @param files the model that has the entries
     * @param folder absolute folder in the image, such as <code>/models</code>
     * @param target file to write the blob to
     */
    LayerBlob write(String what, String folder, ModelFiles files, List<ModelFiles.Entry> entries, Path target)
            throws DeliveryException, InterruptedException {
        MessageDigest blobDigest = Digests.sha256();
        MessageDigest tarDigest = Digests.sha256();
        long total = ModelFiles.bytes(entries);
        Counter counter;
        try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(target), BUFFER)) {
            counter = new Counter(new DigestOutputStream(file, blobDigest));
            StoredGzipOutputStream gzip = new StoredGzipOutputStream(counter);
            TarWriter tar = new TarWriter(new DigestOutputStream(gzip, tarDigest));
            String root = withoutSlashes(folder);
            for (String directory : directories(root, entries)) {
                tar.directory(directory);
            }
            long done = 0;
            for (ModelFiles.Entry entry : entries) {
                done = copy(tar, root.isEmpty() ? entry.name() : root + "/" + entry.name(), files, entry, what, done, total);
            }
            tar.finish();
            gzip.finish();
            counter.flush();
        } catch (IOException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.FAILED, "model", "could not write the layer of the " + what + " (" + Problems.text(e) + ")",
                    "Check the files and the free disk space of the `agent`'s temporary folder.", e);
        }
        Descriptor blob = new Descriptor(MediaTypes.OCI_LAYER_GZIP, Digests.format(blobDigest), counter.count);
        return new LayerBlob(what, blob, Digests.format(tarDigest), target);
    }

    private long copy(TarWriter tar, String name, ModelFiles files, ModelFiles.Entry entry, String what, long before, long total)
            throws IOException, DeliveryException, InterruptedException {
        tar.file(name, entry.size(), entry.executable());
        long left = entry.size();
        long done = before;
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = files.open(entry)) {
            while (left > 0) {
                deadline.check();
                int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (n < 0) {
                    throw changed(entry);
                }
                tar.content(buffer, 0, n);
                left -= n;
                done += n;
                environment.events().accept(new Event.Progress(
                        environment.clock().now(), Event.Stage.BUILD_IMAGE, "pack " + what, done, total, "bytes"));
            }
            if (in.read() >= 0 || !files.isUnchanged(entry)) {
                throw changed(entry);
            }
        }
        return done;
    }

    /** Bytes that a layer of these files may take at most: headers, padding and long names of each, and the frame of the compression. */
    static long room(List<ModelFiles.Entry> entries) {
        long content = ModelFiles.bytes(entries);
        long rest = content / 4096 + ROOM_PER_FILE * (entries.size() + 1L);
        return content > Long.MAX_VALUE - rest ? Long.MAX_VALUE : content + rest;
    }

    private static DeliveryException changed(ModelFiles.Entry entry) {
        return DeliveryException.failed(
                "model", "'" + entry.name() + "' changed while it was being packed", "Let nothing write to the model's folder during the `build`.", null);
    }

    /** Without those at both ends. A regular expression takes quadratic time for many in the middle. */
    static String withoutSlashes(String folder) {
        int begin = 0;
        int end = folder.length();
        while (begin < end && folder.charAt(begin) == '/') {
            begin++;
        }
        while (end > begin && folder.charAt(end - 1) == '/') {
            end--;
        }
        return folder.substring(begin, end);
    }

    private static Set<String> directories(String root, List<ModelFiles.Entry> entries) {
        Set<String> directories = new TreeSet<>();
        for (ModelFiles.Entry entry : entries) {
            String name = root.isEmpty() ? entry.name() : root + "/" + entry.name();
            for (int slash = name.lastIndexOf('/'); slash > 0; slash = name.lastIndexOf('/', slash - 1)) {
                directories.add(name.substring(0, slash));
            }
        }
        return directories;
    }

    private static final class Counter extends FilterOutputStream {
        private long count;

        Counter(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }
    }
}
