package io.jenkins.plugins.mldelivery.image.registry;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.http.HttpContent;
import io.jenkins.plugins.mldelivery.image.oci.Descriptor;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The push of one blob: POST opens an upload, one PATCH sends the bytes, PUT with the digest ends it (as Docker does it, the order that every registry knows).
 * When the PATCH breaks, the registry is asked how far it came and gets the rest; when it has forgotten the upload (Debian's registry 2.8 does so after a
 * broken PATCH), a new one is opened. An upload that is given up is cancelled by DELETE, and named if even that fails.
 */
final class BlobUpload {
    private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-(\\d{1,18})");
    /** Some registries hash the whole blob before they answer the PUT. */
    private static final int HASHING = 10;
    private static final Duration FAREWELL = Duration.ofSeconds(5);
    private static final String BINARY = "application/octet-stream";

    private final Transport transport;
    private final String repository;
    private final String scope;
    private final Descriptor blob;
    private final LongConsumer sent;
    private final String what;
    private final Backoff backoff;
    private URI session;
    private long offset;

    BlobUpload(Transport transport, String repository, String scope, Descriptor blob, LongConsumer sent) {
        this.transport = transport;
        this.repository = repository;
        this.scope = scope;
        this.blob = blob;
        this.sent = sent;
        this.what = "push the blob " + Digests.brief(blob.digest());
        this.backoff = new Backoff(transport.settings(), what);
    }

    /** Where the bytes are: a file, or memory. */
    record Source(Path file, byte[] bytes) {
        HttpContent from(long start, long length, LongConsumer sent) {
            return file != null
                    ? new FileContent(file, start, length, sent)
                    : HttpContent.of(Arrays.copyOfRange(bytes, (int) start, (int) (start + length)));
        }
    }

    void run(Source source) throws DeliveryException, InterruptedException {
        try {
            while (true) {
                if (session == null) {
                    open();
                }
                if (patch(source) && put()) {
                    session = null;
                    return;
                }
            }
        } finally {
            if (session != null) {
                cancel(transport, session, scope);
            }
        }
    }

    private void open() throws DeliveryException, InterruptedException {
        URI uri = transport.address(repository + "/blobs/uploads/");
        Answer answer = transport.send(what, Call.of("POST", uri, scope).content(BINARY, HttpContent.of(new byte[0])));
        if (answer.status() != 202 || answer.header("Location").isEmpty()) {
            throw transport.failed(what, answer);
        }
        move(answer);
        offset = 0;
    }

    /** Sends the rest. Whether the registry has all of it now. */
    private boolean patch(Source source) throws DeliveryException, InterruptedException {
        if (offset == blob.size()) {
            return true;
        }
        HttpContent content = source.from(offset, blob.size() - offset, source.file() != null ? sent : n -> {});
        Call call = Call.of("PATCH", session, scope).content(BINARY, content);
        if (offset > 0) {
            call = call.header("Content-Range", offset + "-" + (blob.size() - 1));
        }
        try {
            Answer answer = transport.once(call);
            if (answer.ok()) {
                if (source.file() == null) {
                    sent.accept(content.length());
                }
                move(answer);
                long received = received(answer, blob.size() == 1 ? 1 : 0).orElse(blob.size());
                if (received == blob.size()) {
                    offset = received;
                    return true;
                }
                retry("the registry took " + received + " of " + blob.size() + " bytes", null);
                if (received > offset && received < blob.size()) {
                    offset = received;
                    return false;
                }
                locate();
                return false;
            }
            if (answer.status() != 416 && answer.status() != 404 && !answer.isTransient()) {
                throw transport.failed(what, answer);
            }
            retry(answer.text(), answer);
        } catch (IOException e) {
            if (!backoff.again()) {
                throw transport.broken(what, e);
            }
            backoff.pause(Problems.text(e), Optional.empty());
        }
        locate();
        return false;
    }

    /** Ends the upload. Whether the registry took it. */
    private boolean put() throws DeliveryException, InterruptedException {
        String query = "digest=" + blob.digest().replace(":", "%3A");
        URI uri = URI.create(session + (session.getRawQuery() == null ? "?" : "&") + query);
        Call call = Call.of("PUT", uri, scope).content(BINARY, HttpContent.of(new byte[0])).patience(HASHING);
        try {
            Answer answer = transport.once(call);
            if (answer.ok()) {
                return true;
            }
            if (answer.status() != 416 && answer.status() != 404 && !answer.isTransient()) {
                throw transport.failed(what, answer);
            }
            retry(answer.text(), answer);
        } catch (IOException e) {
            if (!backoff.again()) {
                throw transport.broken(what, e);
            }
            backoff.pause(Problems.text(e), Optional.empty());
        }
        // The answer was lost, or the registry stumbled: it may have the blob all the same.
        Answer there = transport.send(what, Call.of("HEAD", transport.address(repository + "/blobs/" + blob.digest()), scope));
        if (there.status() == 200) {
            return true;
        }
        locate();
        return false;
    }

    /** Asks how far the upload came; forgets the upload when the registry has. */
    private void locate() throws DeliveryException, InterruptedException {
        Answer answer = transport.send(what, Call.of("GET", session, scope));
        Optional<Long> received = received(answer, 0);
        if (answer.status() == 204 && blob.size() > 1 && received.isPresent() && received.get() <= blob.size()) {
            if (received.get() > offset) {
                backoff.progressed();
            }
            offset = received.get();
            move(answer);
        } else {
            cancel(transport, session, scope);
            session = null;
        }
    }

    private void move(Answer answer) throws DeliveryException {
        if (!answer.header("Location").isEmpty()) {
            session = transport.follow(answer);
        }
    }

    /**
     * The number of bytes that the registry says it has.
     *
     * @param zero what <code>0-0</code> means: registries say it for an empty upload and for one byte
     */
    private static Optional<Long> received(Answer answer, long zero) {
        Matcher range = RANGE.matcher(answer.header("Range"));
        if (!range.matches()) {
            return Optional.empty();
        }
        long last = Long.parseLong(range.group(1));
        return Optional.of(last == 0 ? zero : last + 1);
    }

    private void retry(String why, Answer answer) throws DeliveryException, InterruptedException {
        if (!backoff.again()) {
            throw DeliveryException.failed(
                    transport.settings().parameter(), "could not " + what + ": the registry '" + transport.registry() + "' answered " + why,
                    "Try again later.", null);
        }
        backoff.pause(why, answer == null ? Optional.empty() : answer.retryAfter(transport.settings().clock().now()));
    }

    /** Best effort, in a time of its own: the step's time may be over, and the user waits for the end. */
    static void cancel(Transport transport, URI session, String scope) {
        boolean interrupted = Thread.interrupted();
        boolean gone;
        try {
            gone = transport.farewell(Call.of("DELETE", session, scope), new Deadline(Clock.system(), FAREWELL, "5s"));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        if (!gone) {
            transport.settings().warnings().accept("a partial upload is left in the registry '" + transport.registry() + "': "
                    + session.getPath() + "; the registry's garbage collection removes it");
        }
    }
}
