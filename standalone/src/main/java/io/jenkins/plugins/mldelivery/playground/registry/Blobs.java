package io.jenkins.plugins.mldelivery.playground.registry;

import io.jenkins.plugins.mldelivery.image.oci.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Blobs and their uploads, end-2 to end-6 and end-11 of the distribution specification. */
final class Blobs {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,18})-(\\d{0,18})");
    private static final Pattern CONTENT_RANGE = Pattern.compile("(\\d{1,18})-(\\d{1,18})");

    private final Storage storage;

    Blobs(Storage storage) {
        this.storage = storage;
    }

    void get(Request request, String repository, String digest) throws IOException {
        if (!Digests.isDigest(digest)) {
            throw RegistryError.digestInvalid("'" + digest + "' is no SHA-256 digest");
        }
        Path file = storage.blob(repository, digest).orElseThrow(() -> RegistryError.blobUnknown(digest));
        long size = Files.size(file);
        long from = 0;
        long to = size - 1;
        Matcher range = RANGE.matcher(request.header("Range"));
        boolean part = range.matches();
        if (part) {
            from = Long.parseLong(range.group(1));
            to = range.group(2).isEmpty() ? to : Math.min(to, Long.parseLong(range.group(2)));
            if (from > to) {
                request.set("Content-Range", "bytes */" + size);
                throw new RegistryError(416, "RANGE_INVALID", "the blob has " + size + " bytes");
            }
            request.set("Content-Range", "bytes " + from + "-" + to + "/" + size);
        }
        request.set("Content-Type", "application/octet-stream");
        request.set("Docker-Content-Digest", digest);
        request.set("Accept-Ranges", "bytes");
        send(request, file, part ? 206 : 200, from, to - from + 1);
    }

    private static void send(Request request, Path file, int status, long from, long length) throws IOException {
        if (request.isHead() || length == 0) {
            request.set("Content-Length", Long.toString(length));
            request.exchange().sendResponseHeaders(status, -1);
            return;
        }
        request.exchange().sendResponseHeaders(status, length);
        try (InputStream in = Files.newInputStream(file); OutputStream out = request.exchange().getResponseBody()) {
            in.skipNBytes(from);
            byte[] buffer = new byte[64 * 1024];
            long left = length;
            while (left > 0) {
                int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (n < 0) {
                    throw new IOException("the blob became shorter");
                }
                out.write(buffer, 0, n);
                left -= n;
            }
        }
    }

    void open(Request request, String repository) throws IOException {
        Map<String, String> query = request.query();
        String mount = query.get("mount");
        if (Digests.isDigest(mount) && query.containsKey("from") && EmbeddedRegistry.isRepository(query.get("from"))
                && storage.mount(repository, mount, query.get("from"))) {
            created(request, repository, mount);
            return;
        }
        String id = storage.openUpload();
        if (query.containsKey("digest")) {
            storage.append(id, request.exchange().getRequestBody());
            finish(request, repository, id, query.get("digest"));
            return;
        }
        accepted(request, repository, id, 202);
    }

    void upload(Request request, String repository, String id) throws IOException {
        switch (request.method()) {
            case "GET":
                accepted(request, repository, id, 204);
                break;
            case "PATCH":
                checkOrder(request, repository, id);
                storage.append(id, request.exchange().getRequestBody());
                accepted(request, repository, id, 202);
                break;
            case "PUT":
                checkOrder(request, repository, id);
                storage.append(id, request.exchange().getRequestBody());
                finish(request, repository, id, request.query().get("digest"));
                break;
            case "DELETE":
                storage.cancel(id);
                request.empty(204);
                break;
            default:
                throw new RegistryError(405, "UNSUPPORTED", "the method " + request.method() + " is not allowed here");
        }
    }

    private void checkOrder(Request request, String repository, String id) throws IOException {
        long have = storage.uploaded(id);
        Matcher range = CONTENT_RANGE.matcher(request.header("Content-Range"));
        if (range.matches() && Long.parseLong(range.group(1)) != have) {
            locate(request, repository, id, have);
            throw new RegistryError(416, "RANGE_INVALID", "the upload has " + have + " bytes");
        }
    }

    private void finish(Request request, String repository, String id, String digest) throws IOException {
        if (!Digests.isDigest(digest)) {
            storage.cancel(id);
            throw RegistryError.digestInvalid("'" + digest + "' is no SHA-256 digest");
        }
        storage.finish(id, repository, digest);
        created(request, repository, digest);
    }

    private void accepted(Request request, String repository, String id, int status) throws IOException {
        locate(request, repository, id, storage.uploaded(id));
        request.empty(status);
    }

    private static void locate(Request request, String repository, String id, long have) {
        request.set("Location", "/v2/" + repository + "/blobs/uploads/" + id);
        request.set("Docker-Upload-UUID", id);
        request.set("Range", "0-" + Math.max(0, have - 1));
    }

    private static void created(Request request, String repository, String digest) throws IOException {
        request.set("Location", "/v2/" + repository + "/blobs/" + digest);
        request.set("Docker-Content-Digest", digest);
        request.empty(201);
    }
}
