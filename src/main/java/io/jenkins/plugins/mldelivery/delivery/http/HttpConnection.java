package io.jenkins.plugins.mldelivery.delivery.http;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A connection to one server, perhaps through a proxy: requests one after the other. */
final class HttpConnection implements AutoCloseable {
    private static final int BUFFER = 16 * 1024;

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
        out = wire.output();
    }

    /**
     * Connects.
     *
     * @throws ProxyRefusal when the proxy makes no tunnel
     */
    static HttpConnection open(HttpRequest request, HttpRoute route, SSLContext tls, Deadline deadline) throws IOException {
        HttpConnection connection = new HttpConnection(Wire.connect(route.addresses(), route.proxy() == null ? request.port() : route.proxy().getPort(), deadline));
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
        socket.startHandshake();
        in = new BufferedInputStream(socket.getInputStream(), BUFFER);
        out = socket.getOutputStream();
    }

    /** Sends a request, and reads the head of its answer. */
    HttpHead ask(HttpRequest request, Deadline deadline) throws IOException {
        wire.until(deadline);
        answered = false;
        byte[] head = request.head(throughProxy);
        byte[] all = new byte[head.length + request.body().length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(request.body(), 0, all, head.length, request.body().length);
        out.write(all);
        out.flush();
        in.mark(1);
        if (in.read() >= 0) {
            answered = true;
            in.reset();
        }
        return HttpHead.read(in);
    }

    /** Whether anything came after the last request: else it was lost with a connection that had ended before, and may be sent again. */
    boolean hasAnswered() {
        return answered;
    }

    HttpBody body(HttpHead head) throws IOException {
        return new HttpBody(in, head);
    }

    @Override
    public void close() {
        wire.close();
    }
}
