package io.jenkins.plugins.mldelivery.delivery.http;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;

/**
 * HTTP/1.1 (RFC 9110 and 9112) to servers that nobody vouches for: everything ends at its deadline, and with an interrupt; the frame
 * of an answer has limits; a connection is closed whatever goes wrong on it; names are resolved by whoever checks them. Redirects
 * are not followed, and nothing is asked for that is packed. Between two requests it keeps a connection, until it is
 * {@linkplain #close closed}, which is no end: the next request opens another one.
 *
 * <p>The Java platform's own client leaves the connection open for ever, and reads on, when the head of an answer breaks its rules
 * (seen with 17.0.15): a server that is asked again and again takes the process' memory and files.
 */
public final class HttpTransport implements AutoCloseable {
    private static final int MAX_IDLE = 8;

    private final SSLContext tls;
    private final Duration connect;
    private final AddressOrder order = new AddressOrder();
    private final Map<Origin, HttpConnection> idle = new HashMap<>();

    /** Whom a connection can be used for. */
    private record Origin(String scheme, String host, int port, URI proxy) {}

    /** @param tls null for the Java platform's own authorities */
    public HttpTransport(SSLContext tls) {
        this(tls, HttpLimits.MAX_CONNECT);
    }

    /** @param connect time for one attempt to connect to one address; positive */
    public HttpTransport(SSLContext tls, Duration connect) {
        this.tls = tls == null ? platform() : tls;
        this.connect = connect;
    }

    private static SSLContext platform() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    /** Sends a request that must have its whole answer until a deadline, whatever the pauses. */
    public HttpAnswer send(HttpRequest request, HttpRoute route, Deadline deadline) throws IOException {
        return send(request, route, Patience.until(deadline));
    }

    /**
     * Sends a request.
     *
     * @param patience how long it may take
     * @return its answer, with any status; to be closed
     * @throws LateException when the time is over
     * @throws InterruptedIOException when the thread was interrupted, which it still is then
     * @throws IOException when there is no answer, or none in HTTP
     */
    public HttpAnswer send(HttpRequest request, HttpRoute route, Patience patience) throws IOException {
        Origin origin = new Origin(request.uri().getScheme(), request.uri().getHost(), request.port(), route.proxy());
        HttpConnection used = take(origin);
        if (used != null) {
            try {
                return answer(origin, used, request, patience);
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                if (used.hasAnswered()) {
                    throw e;
                }
                // The server had closed it meanwhile.
            }
        }
        try {
            HttpConnection opened = HttpConnection.open(request, route, tls, connect, order, patience);
            return answer(origin, opened, request, patience);
        } catch (HttpConnection.ProxyRefusal e) {
            return HttpAnswer.of(e.head());
        }
    }

    private HttpAnswer answer(Origin origin, HttpConnection connection, HttpRequest request, Patience patience) throws IOException {
        boolean open = false;
        try {
            HttpHead head = connection.ask(request, patience);
            HttpAnswer answer = HttpAnswer.of(request, head, connection, free -> give(origin, free));
            open = true;
            return answer;
        } finally {
            if (!open) {
                connection.close();
            }
        }
    }

    /** One on which the server has neither said anything since, nor ended it. */
    private HttpConnection take(Origin origin) {
        HttpConnection used;
        synchronized (this) {
            used = idle.remove(origin);
        }
        if (used != null && !used.isQuiet()) {
            used.close();
            return null;
        }
        return used;
    }

    private void give(Origin origin, HttpConnection connection) {
        HttpConnection surplus;
        synchronized (this) {
            surplus = idle.size() >= MAX_IDLE ? connection : idle.put(Objects.requireNonNull(origin), connection);
        }
        if (surplus != null) {
            surplus.close();
        }
    }

    /** Closes the connections that nobody uses at present. */
    @Override
    public synchronized void close() {
        idle.values().forEach(HttpConnection::close);
        idle.clear();
    }
}
