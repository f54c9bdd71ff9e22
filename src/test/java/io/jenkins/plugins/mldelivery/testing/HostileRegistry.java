package io.jenkins.plugins.mldelivery.testing;

import io.jenkins.plugins.mldelivery.image.oci.MediaTypes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What a registry may answer to fill a memory. */
public final class HostileRegistry {
    /** Each by what it does. */
    public static final Map<String, RawServer.Script> KINDS = Map.of(
            "an endless manifest",
            (request, out) -> endless(out, "HTTP/1.1 200 OK\r\n\r\n", new byte[65_536]),
            "an endless error",
            (request, out) -> endless(out, "HTTP/1.1 404 No\r\n\r\n", new byte[65_536]),
            "endless headers",
            (request, out) -> endless(
                    out,
                    "HTTP/1.1 200 OK\r\n",
                    ("X-" + "a".repeat(100) + ": " + "b".repeat(1000) + "\r\n").getBytes(StandardCharsets.US_ASCII)),
            "many values",
            (request, out) -> out.write(manifest("{\"a\":[" + "{},".repeat(1_390_000) + "{}]}")),
            "many names",
            (request, out) -> out.write(manifest(names())),
            "a long text",
            (request, out) -> out.write(manifest("{\"a\":\"" + "x".repeat(4_194_000) + "\"}")),
            "a long challenge",
            (request, out) -> out.write(RawServer.http(
                    401, Map.of("WWW-Authenticate", "Bearer realm=\"" + "\\a".repeat(100_000) + "\""), "")),
            "endless chunks",
            (request, out) -> endless(
                    out,
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                    "1\r\nx\r\n".repeat(5000).getBytes(StandardCharsets.US_ASCII)));

    private HostileRegistry() {}

    private static byte[] manifest(String json) {
        return RawServer.http(200, Map.of("Content-Type", MediaTypes.OCI_MANIFEST), json);
    }

    private static String names() {
        StringBuilder names = new StringBuilder("{");
        for (int i = 0; names.length() < 4_190_000; i++) {
            names.append('"').append(i).append("\":1,");
        }
        return names.append("\"z\":1}").toString();
    }

    private static void endless(OutputStream out, String head, byte[] part) throws IOException {
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        while (true) {
            out.write(part);
        }
    }
}
