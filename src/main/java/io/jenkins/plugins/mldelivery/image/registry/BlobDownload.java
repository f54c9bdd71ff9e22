package io.jenkins.plugins.mldelivery.image.registry;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.FreeSpace;
import io.jenkins.plugins.mldelivery.image.oci.Descriptor;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.LongConsumer;

/** The pull of one blob: goes on with a Range request after a broken connection, and believes nothing but the digest. */
final class BlobDownload {
    private final Transport transport;
    private final URI uri;
    private final String scope;
    private final Descriptor blob;
    private final LongConsumer received;

    BlobDownload(Transport transport, URI uri, String scope, Descriptor blob, LongConsumer received) {
        this.transport = transport;
        this.uri = uri;
        this.scope = scope;
        this.blob = blob;
        this.received = received;
    }

    /** Into a file, which is gone when this ends with an exception. */
    void run(Path file) throws DeliveryException, InterruptedException {
        FreeSpace.require(transport.settings().parameter(), "the blob " + Digests.brief(blob.digest()), blob.size(),
                java.util.Objects.requireNonNull(file.toAbsolutePath().getParent()));
        boolean done = false;
        try (OutputStream out = Files.newOutputStream(file)) {
            run(out);
            done = true;
        } catch (IOException e) {
            throw notStored(e);
        } finally {
            if (!done) {
                remove(file);
            }
        }
    }

    /** Into a stream, which is left open. It never gets more bytes than the descriptor says. */
    void run(OutputStream out) throws DeliveryException, InterruptedException {
        try {
            Stored stored = new Stored(out);
            transfer(stored);
            String digest = Digests.format(stored.digest);
            if (!digest.equals(blob.digest())) {
                throw wrong(Digests.brief(digest));
            }
        } catch (IOException e) {
            throw notStored(e);
        }
    }

    private DeliveryException notStored(IOException e) {
        return DeliveryException.failed(
                transport.settings().parameter(), "could not store the blob " + Digests.brief(blob.digest()) + " (" + Problems.text(e) + ")",
                "Check the free disk space of the `agent`.", e);
    }

    private void transfer(Stored stored) throws IOException, DeliveryException, InterruptedException {
        String what = "pull the blob " + Digests.brief(blob.digest());
        Backoff backoff = new Backoff(transport.settings(), what);
        while (true) {
            long before = stored.count;
            Call call = Call.of("GET", uri, scope).sink(stored);
            if (before > 0) {
                call = call.header("Range", "bytes=" + before + "-");
            }
            String why;
            Optional<java.time.Duration> asked = Optional.empty();
            try {
                Answer answer = transport.once(call);
                if (answer.ok() && stored.count == blob.size()) {
                    return;
                }
                if (!answer.ok() && !answer.isTransient()) {
                    throw transport.failed(what, answer);
                }
                why = answer.ok() ? "the answer was too short" : answer.text();
                asked = answer.retryAfter(transport.settings().clock().now());
            } catch (Sink.Failure e) {
                if (stored.tooLong) {
                    throw wrong("more than " + blob.size() + " bytes");
                }
                throw e;
            } catch (IOException e) {
                why = Problems.text(e);
                if (stored.count <= before && !backoff.again()) {
                    throw transport.broken(what, e);
                }
                if (stored.count > before) {
                    backoff.progressed();
                    backoff.again();
                }
                backoff.pause(why, asked);
                continue;
            }
            if (!backoff.again()) {
                throw DeliveryException.failed(
                        transport.settings().parameter(), "could not " + what + " from the registry '" + transport.registry() + "' (" + why + ")",
                        "Try again later.", null);
            }
            backoff.pause(why, asked);
        }
    }

    private DeliveryException wrong(String actual) {
        return DeliveryException.failed(
                transport.settings().parameter(), "the registry '" + transport.registry() + "' gave wrong content for a blob: " + actual
                        + " instead of " + Digests.brief(blob.digest()),
                "Check the registry's storage and any proxy in between.", null);
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // It lies in a temporary folder that is removed as a whole.
        }
    }

    /** What has been received so far. A server that ignores the Range header sends all of it again: then the known beginning is skipped. */
    private final class Stored implements Sink {
        private final OutputStream out;
        private final MessageDigest digest = Digests.sha256();
        private volatile long count;
        private volatile boolean tooLong;
        private long skip;

        Stored(OutputStream out) {
            this.out = out;
        }

        @Override
        public void begin(int status) {
            skip = status == 206 ? 0 : count;
        }

        @Override
        public void accept(byte[] bytes, int offset, int length) throws IOException {
            int skipped = (int) Math.min(skip, length);
            skip -= skipped;
            int rest = length - skipped;
            if (count + rest > blob.size()) {
                tooLong = true;
                throw new IOException("too long");
            }
            out.write(bytes, offset + skipped, rest);
            digest.update(bytes, offset + skipped, rest);
            count += rest;
            received.accept(count);
        }
    }
}
