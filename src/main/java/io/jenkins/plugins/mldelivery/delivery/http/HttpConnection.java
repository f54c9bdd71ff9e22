package io.jenkins.plugins.mldelivery.delivery.http;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A connection to one server, perhaps through a proxy: requests one after the other. */
final class HttpConnection implements AutoCloseable {
    private static final int BUFFER = 16 * 1024;
    private static final int PIECE = 64 * 1024;

    private final Wire wire;
    private InputStream in;
    private OutputStream out;
    private boolean throughProxy;
    private boolean answered;

    private HttpConnection(Wire wire) {
        this.wire = wire;
        plain();
    }

    private void plain() {
        in = new BufferedInputStream(wire.input(), BUFFER);
        out = new BufferedOutputStream(wire.output(), BUFFER);
    }

    /**
     * Connects.
     *
     * @param connect time for one attempt to connect to one address
     * @param order in which the addresses are tried
     * @throws ProxyRefusal when the proxy makes no tunnel
     */
    static HttpConnection open(
            HttpRequest request, HttpRoute route, SSLContext tls, Duration connect, AddressOrder order, Patience patience)
            throws IOException {
        int port = route.proxy() == null ? request.port() : route.proxy().getPort();
        HttpConnection connection = new HttpConnection(Wire.connect(route.addresses(), port, connect, patience.next(), order));
        boolean open = false;
        try {
            if (route.proxy() != null && request.isTls()) {
                connection.tunnel(request);
            }
            connection.throughProxy = route.proxy() != null && !request.isTls();
            if (request.isTls()) {
                connection.encrypt(request, tls);
            }
            open = true;
            return connection;
        } finally {
            if (!open) {
                connection.close();
            }
        }
    }

    /** The proxy answered otherwise than with a tunnel. */
    static final class ProxyRefusal extends IOException {
        private static final long serialVersionUID = 1L;

        private final transient HttpHead head;

        ProxyRefusal(HttpHead head) {
            super("the proxy answered with status " + head.status());
            this.head = head;
        }

        HttpHead head() {
            return head;
        }
    }

    private void tunnel(HttpRequest request) throws IOException {
        String target = request.uri().getHost() + ":" + request.port();
        out.write(("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
        HttpHead head = HttpHead.read(in);
        if (head.status() / 100 != 2) {
            throw new ProxyRefusal(head);
        }
        if (in.available() > 0) {
            throw new ProtocolException("the proxy sends something before the server can");
        }
        plain();
    }

    private void encrypt(HttpRequest request, SSLContext tls) throws IOException {
        String host = request.uri().getHost();
        String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(new WireSocket(wire), name, request.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        try {
            socket.startHandshake();
        } catch (SSLException e) {
            // What ended the wait is no fault of TLS.
            throw e.getCause() instanceof InterruptedIOException ended ? ended : e;
        }
        in = new BufferedInputStream(socket.getInputStream(), BUFFER);
        out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
    }

    /** Sends a request, and reads the head of its answer. */
    HttpHead ask(HttpRequest request, Patience patience) throws IOException {
        wire.within(patience.deadline(), patience.stall());
        answered = false;
        out.write(request.head(throughProxy));
        if (request.content() != null) {
            write(request.content());
        }
        out.flush();
        // Each byte of a head is a move; all of it has to come as soon as one move has.
        wire.until(patience.next());
        in.mark(1);
        if (in.read() >= 0) {
            answered = true;
            in.reset();
        }
        HttpHead head = HttpHead.read(in);
        wire.within(patience.deadline(), patience.stall());
        return head;
    }

    private void write(HttpContent content) throws IOException {
        try (InputStream from = content.open()) {
            byte[] piece = new byte[(int) Math.min(PIECE, content.length())];
            for (long left = content.length(); left > 0; ) {
                int size = from.read(piece, 0, (int) Math.min(piece.length, left));
                if (size < 0) {
                    throw new IOException("what is sent became shorter");
                }
                out.write(piece, 0, size);
                left -= size;
            }
        }
    }

    /** Whether nothing has come since the last answer, not even the connection's end. */
    boolean isQuiet() {
        try {
            return in.available() == 0 && wire.isQuiet();
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether anything came after the last request: else it was lost with a connection that had ended before, and may be sent again. */
    boolean hasAnswered() {
        return answered;
    }

    HttpBody body(HttpRequest request, HttpHead head) throws IOException {
        return new HttpBody(in, head, "HEAD".equals(request.method()));
    }

    @Override
    public void close() {
        wire.close();
    }
}
