package io.jenkins.plugins.mldelivery.image.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.http.HttpContent;
import io.jenkins.plugins.mldelivery.image.oci.Descriptor;
import io.jenkins.plugins.mldelivery.image.oci.Digests;
import io.jenkins.plugins.mldelivery.image.oci.Json;
import io.jenkins.plugins.mldelivery.image.oci.MalformedException;
import io.jenkins.plugins.mldelivery.image.oci.Manifest;
import io.jenkins.plugins.mldelivery.image.oci.MediaTypes;
import io.jenkins.plugins.mldelivery.image.oci.Platform;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * A client of one registry, for the OCI distribution specification 1.1 (and the Docker registry API that it came from): pull and push of manifests and blobs.
 *
 * <p>HTTPS always, except that plain HTTP is allowed for registries on loopback and with {@link RegistrySettings#insecure()}. Anonymous, Basic and token
 * authentication. What is transient is tried again with back-off; everything pulled is checked against its digest. Every method ends with
 * {@link DeliveryException.Kind#TIMEOUT} when the {@link Deadline} is over, {@link DeliveryException.Kind#UNREACHABLE} when there is no connection,
 * {@link DeliveryException.Kind#REFUSED} when the login is missing or not enough, {@link DeliveryException.Kind#FAILED} for other errors of the registry.
 * Not thread-safe. To be closed: it keeps a connection between two requests.
 */
public final class RegistryClient implements AutoCloseable {
    private static final long MAX_CONFIG = Call.MAX_KEPT;

    private final Transport transport;
    private final String alsoPull;

    /** @param registry host and port as in image names; <code>docker.io</code> stands for Docker Hub */
    public RegistryClient(String registry, RegistrySettings settings) {
        this(registry, settings, null);
    }

    /** @param alsoPull another repository of the registry that blobs will be mounted from, so that the token allows it; or null */
    public RegistryClient(String registry, RegistrySettings settings, String alsoPull) {
        this.transport = new Transport(registry, settings);
        this.alsoPull = alsoPull;
    }

    /**
     * A manifest as the registry has it.
     *
     * @param descriptor its media type, digest and size
     * @param bytes its bytes
     */
    public record RawManifest(Descriptor descriptor, byte[] bytes) {}

    /**
     * An image as pulled, without its layers.
     *
     * @param digest digest that the name led to: the index's, if there is one
     * @param manifest the manifest for the platform
     * @param manifestDigest that manifest's digest
     * @param config the image configuration
     */
    public record PulledImage(String digest, Manifest manifest, String manifestDigest, JsonNode config) {}

    /** The descriptor of a manifest, or empty when the registry has none under this tag or digest. Costs no download. */
    public Optional<Descriptor> head(String repository, String reference) throws DeliveryException, InterruptedException {
        String what = "look up " + repository + ":" + reference;
        Answer answer = transport.send(what, manifestCall("HEAD", repository, reference));
        if (answer.status() == 404) {
            return Optional.empty();
        }
        if (answer.ok() && !Digests.isDigest(answer.header("Docker-Content-Digest"))) {
            // The specification does not force registries to send the digest: then only the document tells.
            return Optional.of(manifest(repository, reference).descriptor());
        }
        require(what, answer, 200);
        return Optional.of(new Descriptor(
                mediaType(answer), answer.header("Docker-Content-Digest"), answer.contentLength()));
    }

    /**
     * The digest of the image or the index that a tag names. Costs no download where the registry answers HEAD with it;
     * some registries and proxies refuse HEAD, or leave the digest out.
     *
     * @throws DeliveryException when there is none, or what is there is neither
     */
    public String digest(String repository, String tag) throws DeliveryException, InterruptedException {
        String what = "look up " + repository + ":" + tag;
        Answer answer = transport.send(what, manifestCall("HEAD", repository, tag));
        String promised = answer.header("Docker-Content-Digest");
        if (answer.ok() && Digests.isDigest(promised)) {
            return promised;
        }
        RawManifest found = manifest(repository, tag);
        try {
            String type = documentType(found);
            if (MediaTypes.isIndex(type) || MediaTypes.isManifest(type)) {
                return found.descriptor().digest();
            }
            throw new MalformedException("its media type " + type + " is not the one of an image");
        } catch (MalformedException e) {
            throw DeliveryException.failed(
                    transport.settings().parameter(),
                    "the registry '" + transport.registry() + "' answered for " + repository + ":" + tag
                            + " with what is no image: " + e.getMessage(),
                    "Check the registry's address, and that nothing between asks for a login of its own.", e);
        }
    }

    /** Pulls a manifest or an index by tag or digest. */
    public RawManifest manifest(String repository, String reference) throws DeliveryException, InterruptedException {
        String what = "pull the manifest of " + repository + (Digests.isDigest(reference) ? "@" : ":") + reference;
        Answer answer = transport.send(what, manifestCall("GET", repository, reference));
        if (answer.status() == 404) {
            throw DeliveryException.invalid(
                    transport.settings().parameter(),
                    "the registry '" + transport.registry() + "' has no image " + repository + (Digests.isDigest(reference) ? "@" : ":") + reference,
                    "Correct the name or tag, or push the image first.");
        }
        require(what, answer, 200);
        String digest = Digests.of(answer.body());
        String promised = Digests.isDigest(reference) ? reference : answer.header("Docker-Content-Digest");
        if (Digests.isDigest(promised) && !promised.equals(digest)) {
            throw wrongDigest("the manifest", promised, digest);
        }
        return new RawManifest(new Descriptor(mediaType(answer), digest, answer.body().length), answer.body());
    }

    /** Pulls the manifest and configuration of an image; an index is resolved to the platform. */
    public PulledImage pull(String repository, String reference, Platform platform) throws DeliveryException, InterruptedException {
        RawManifest top = manifest(repository, reference);
        String name = repository + (Digests.isDigest(reference) ? "@" : ":") + reference;
        try {
            RawManifest raw = top;
            if (MediaTypes.isIndex(documentType(top))) {
                raw = manifest(repository, platform.select(top.bytes()).digest());
            }
            if (!MediaTypes.isManifest(documentType(raw))) {
                throw new MalformedException("its media type " + documentType(raw) + " is not the one of an image");
            }
            Manifest manifest = Manifest.of(raw.bytes());
            JsonNode config = Json.object(small(repository, manifest.config()));
            return new PulledImage(top.descriptor().digest(), manifest, raw.descriptor().digest(), config);
        } catch (MalformedException e) {
            throw new DeliveryException(
                    DeliveryException.Kind.INVALID_INPUT, transport.settings().parameter(),
                    "the image " + name + " can't be used: " + e.getMessage(), "Choose another image, or another `platform`.", e);
        }
    }

    /** Pulls a small blob, such as a configuration, into memory; at most 4 MiB. */
    public byte[] small(String repository, Descriptor blob) throws DeliveryException, InterruptedException {
        if (blob.size() > MAX_CONFIG) {
            throw DeliveryException.failed(
                    transport.settings().parameter(), "the configuration " + Digests.brief(blob.digest()) + " has " + blob.size() + " bytes",
                    "Choose an image whose configuration is smaller than 4 MiB.", null);
        }
        String what = "pull the blob " + Digests.brief(blob.digest());
        Answer answer = transport.send(what, Call.of("GET", blob(repository, blob.digest()), pullScope(repository)).limit(blob.size()));
        require(what, answer, 200);
        String digest = Digests.of(answer.body());
        if (!digest.equals(blob.digest())) {
            throw wrongDigest("a blob", blob.digest(), digest);
        }
        return answer.body();
    }

    /**
     * Pulls a blob into a file, which it creates or replaces. A broken connection is continued where it broke. When it ends with an exception, the file is gone.
     *
     * @param received is told the bytes so far
     */
    public void download(String repository, Descriptor blob, Path file, LongConsumer received)
            throws DeliveryException, InterruptedException {
        new BlobDownload(transport, blob(repository, blob.digest()), pullScope(repository), blob, received).run(file);
    }

    /**
     * Pulls a blob into a stream, which never gets more bytes than the descriptor says and is left open. A broken connection is continued where it broke.
     *
     * @param received is told the bytes so far
     */
    public void download(String repository, Descriptor blob, OutputStream out, LongConsumer received)
            throws DeliveryException, InterruptedException {
        new BlobDownload(transport, blob(repository, blob.digest()), pullScope(repository), blob, received).run(out);
    }

    /** Whether the repository has a blob. */
    public boolean has(String repository, String digest) throws DeliveryException, InterruptedException {
        String what = "look for the blob " + Digests.brief(digest);
        Answer answer = transport.send(what, Call.of("HEAD", blob(repository, digest), pushScope(repository)));
        if (answer.status() == 404) {
            return false;
        }
        require(what, answer, 200);
        return true;
    }

    /**
     * Makes a blob of another repository of this registry appear in this one, without a transfer.
     *
     * @return whether the registry did it; it may decline
     */
    public boolean mount(String repository, String digest, String from) throws DeliveryException, InterruptedException {
        String what = "mount the blob " + Digests.brief(digest);
        URI uri = transport.address(repository + "/blobs/uploads/?mount=" + digest + "&from=" + from);
        Answer answer = transport.send(what, Call.of("POST", uri, pushScope(repository)).content("application/octet-stream", HttpContent.of(new byte[0])));
        if (answer.status() == 201) {
            return true;
        }
        if (answer.status() == 202) {
            // The registry opened an upload instead; it is not wanted.
            BlobUpload.cancel(transport, transport.follow(answer), pushScope(repository));
            return false;
        }
        return false;
    }

    /**
     * Pushes a blob from a file. A broken connection is continued where the registry says that it broke, or begun anew.
     *
     * @param sent is told each number of bytes sent, repeated ones too
     */
    public void upload(String repository, Descriptor blob, Path file, LongConsumer sent)
            throws DeliveryException, InterruptedException {
        new BlobUpload(transport, repository, pushScope(repository), blob, sent).run(new BlobUpload.Source(file, null));
    }

    /** Pushes a small blob. */
    public void upload(String repository, Descriptor blob, byte[] bytes, LongConsumer sent)
            throws DeliveryException, InterruptedException {
        new BlobUpload(transport, repository, pushScope(repository), blob, sent).run(new BlobUpload.Source(null, bytes));
    }

    /** Pushes a manifest under a tag or its digest. The registry checks that it has the blobs. */
    public void putManifest(String repository, String reference, String mediaType, byte[] bytes)
            throws DeliveryException, InterruptedException {
        String what = "push the manifest of " + repository + (Digests.isDigest(reference) ? "@" : ":") + reference;
        URI uri = transport.address(repository + "/manifests/" + reference);
        Answer answer = transport.send(what, Call.of("PUT", uri, pushScope(repository)).content(mediaType, HttpContent.of(bytes)));
        if (!answer.ok()) {
            throw transport.failed(what, answer);
        }
        String stored = answer.header("Docker-Content-Digest");
        if (Digests.isDigest(stored) && !stored.equals(Digests.of(bytes))) {
            throw wrongDigest("the manifest as stored", Digests.of(bytes), stored);
        }
    }

    /** Closes the connections that are kept; the next request opens another one. */
    @Override
    public void close() {
        transport.close();
    }

    private Call manifestCall(String method, String repository, String reference) throws DeliveryException, InterruptedException {
        // With the scope for pushing where a push follows there is one token instead of two; a mere puller may not get that one.
        return Call.of(method, transport.address(repository + "/manifests/" + reference), pullScope(repository))
                .header("Accept", String.join(", ", MediaTypes.MANIFESTS));
    }

    private URI blob(String repository, String digest) throws DeliveryException, InterruptedException {
        return transport.address(repository + "/blobs/" + digest);
    }

    private static String pullScope(String repository) {
        return "repository:" + repository + ":pull";
    }

    private String pushScope(String repository) {
        String scope = "repository:" + repository + ":pull,push";
        return alsoPull == null || alsoPull.equals(repository) ? scope : scope + " repository:" + alsoPull + ":pull";
    }

    private void require(String what, Answer answer, int status) throws DeliveryException {
        if (answer.status() != status) {
            throw transport.failed(what, answer);
        }
    }

    private DeliveryException wrongDigest(String what, String expected, String actual) {
        return DeliveryException.failed(
                transport.settings().parameter(), "the registry '" + transport.registry() + "' gave wrong content for " + what + ": "
                        + Digests.brief(actual) + " instead of " + Digests.brief(expected),
                "Check the registry's storage and any proxy in between.", null);
    }

    private static String mediaType(Answer answer) {
        String type = answer.header("Content-Type");
        int semicolon = type.indexOf(';');
        return (semicolon < 0 ? type : type.substring(0, semicolon)).trim();
    }

    /** The type that the document itself names; the header may be a proxy's guess. */
    private static String documentType(RawManifest manifest) throws MalformedException {
        return Json.object(manifest.bytes()).path("mediaType").asText(manifest.descriptor().mediaType());
    }
}
