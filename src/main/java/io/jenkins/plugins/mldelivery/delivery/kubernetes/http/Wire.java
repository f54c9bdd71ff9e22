package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A connection to an origin, for one request at a time. */
final class Wire {
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");

    private final Socket raw;
    private final InputStream in;
    private final OutputStream out;
    private final boolean throughProxy;
    private final String origin;
    private long idleSince;

    /**
     * @param raw the connection itself; closing it ends whatever waits on the other one
     * @param socket the same, or TLS on top of it
     * @param throughProxy whether an HTTP proxy reads the requests
     */
    Wire(Socket raw, Socket socket, boolean throughProxy, String origin) throws IOException {
        this.raw = raw;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = new BufferedOutputStream(socket.getOutputStream());
        this.throughProxy = throughProxy;
        this.origin = origin;
    }

    String origin() {
        return origin;
    }

    InputStream in() {
        return in;
    }

    long idleSince() {
        return idleSince;
    }

    /** @param now from {@link System#nanoTime} */
    void rest(long now) {
        idleSince = now;
    }

    /** Whether another request can be sent here. What comes unasked is no answer to it. */
    boolean isQuiet() {
        try {
            return !raw.isClosed() && in.available() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Never waits: TLS would like to say good-bye first. */
    void close() {
        try {
            raw.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    void send(StandardHttpRequest request, byte[] body) throws IOException {
        out.write(head(request, body));
        out.write(body);
        out.flush();
    }

    private byte[] head(StandardHttpRequest request, byte[] body) throws IOException {
        URI uri = request.uri();
        String path = (uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath())
                + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        if (!METHOD.matcher(request.method()).matches()) {
            throw AnswerException.refusedHeader();
        }
        StringBuilder head = new StringBuilder(request.method())
                .append(' ')
                .append(throughProxy ? uri.getScheme() + "://" + uri.getRawAuthority() + path : path)
                .append(" HTTP/1.1\r\n");
        add(head, "Host", uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort());
        add(head, "Accept-Encoding", "identity");
        for (Map.Entry<String, List<String>> header : request.headers().entrySet()) {
            for (String value : header.getValue()) {
                add(head, header.getKey(), value);
            }
        }
        if (request.getContentType() != null) {
            add(head, "Content-Type", request.getContentType());
        }
        if (body.length > 0 || !request.method().equals("GET")) {
            add(head, "Content-Length", Integer.toString(body.length));
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void add(StringBuilder head, String name, String value) throws IOException {
        boolean valid = NAME.matcher(name).matches() && value.chars().allMatch(c -> c >= ' ' && c < 0x7f || c == '\t');
        if (!valid) {
            throw AnswerException.refusedHeader(); // Without the value, which may be a token.
        }
        head.append(name).append(": ").append(value).append("\r\n");
    }

    static byte[] bytes(StandardHttpRequest.BodyContent body) throws IOException {
        if (body instanceof StandardHttpRequest.StringBodyContent text) {
            return text.getContent().getBytes(StandardCharsets.UTF_8);
        }
        if (body instanceof StandardHttpRequest.ByteArrayBodyContent bytes) {
            return bytes.getContent();
        }
        if (body instanceof StandardHttpRequest.InputStreamBodyContent stream) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            stream.getContent().transferTo(bytes);
            return bytes.toByteArray();
        }
        return new byte[0];
    }
}
