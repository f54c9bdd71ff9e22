package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.delivery.http.AddressOrder;
import io.jenkins.plugins.mldelivery.delivery.http.NameLookup;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Opens connections: to addresses that the rules allow, through a proxy where there is one, and with TLS that verifies
 * the host's name.
 */
final class Dialer {
    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;
    private static final int OK = 200;

    private final SSLContext tls;
    private final URI proxy;
    private final HostRules hosts;
    private final int connectMillis;
    private final AddressOrder order = new AddressOrder();

    /** @param proxy of HTTP; null for what the JVM's own settings say */
    Dialer(SSLContext tls, URI proxy, HostRules hosts, int connectMillis) {
        this.tls = tls;
        this.proxy = proxy;
        this.hosts = hosts;
        this.connectMillis = connectMillis;
    }

    /** Whose connections can be used for each other's requests. */
    static String origin(URI uri) {
        return uri.getScheme() + "://" + uri.getHost() + ":" + port(uri);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : isTls(uri) ? HTTPS_PORT : HTTP_PORT;
    }

    private static boolean isTls(URI uri) {
        return "https".equals(uri.getScheme());
    }

    /**
     * Opens one.
     *
     * @param names finds addresses, within the time for connecting
     * @param opened gets what this waits for, the look-up of a name or the connection, so that it can be closed meanwhile
     * @throws DeliveryException when the rules refuse the host
     */
    Wire open(URI uri, NameLookup names, Consumer<Closeable> opened) throws IOException, DeliveryException {
        if (!isTls(uri) && !"http".equals(uri.getScheme()) || uri.getHost() == null) {
            throw new IOException("not an http or https URL");
        }
        URI other = proxy(uri);
        Socket raw = connect(uri, other, names, opened);
        try {
            if (!isTls(uri)) {
                return new Wire(raw, raw, other != null, origin(uri));
            }
            if (other != null) {
                tunnel(raw, uri);
            }
            return new Wire(raw, secure(raw, uri), false, origin(uri));
        } catch (IOException | RuntimeException e) {
            raw.close();
            throw e;
        }
    }

    /** Where to connect to in place of the server; null for the server itself. */
    private URI proxy(URI uri) {
        return proxy != null ? proxy : NameLookup.platformProxy(uri);
    }

    private Socket connect(URI uri, URI other, NameLookup names, Consumer<Closeable> opened)
            throws IOException, DeliveryException {
        Deadline deadline = Deadline.in(Duration.ofMillis(connectMillis));
        try {
            if (other == null) {
                // The very addresses that were judged are used: a name may mean another one a moment later.
                return connect(names.addresses(hosts, "cluster", uri, deadline, opened), port(uri), deadline, opened);
            }
            names.check(hosts, "cluster", uri, deadline, opened);
            // Whoever set up the JVM's own proxy need not be asked again.
            HostRules rules = proxy != null ? hosts : HostRules.any();
            return connect(names.addresses(rules, "cluster", other, deadline, opened), other.getPort(), deadline, opened);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        } catch (ConnectException e) {
            throw new UnreachedException(other == null ? origin(uri) : "the proxy " + origin(other), e);
        }
    }

    /** To the first address that can be reached, with time for each of them. */
    Socket connect(List<InetAddress> found, int port, Deadline deadline, Consumer<Closeable> opened)
            throws IOException {
        List<InetAddress> addresses = order.of(found, deadline.left());
        int left = addresses.size();
        IOException last = null;
        for (InetAddress address : addresses) {
            Socket socket = new Socket(Proxy.NO_PROXY);
            try {
                opened.accept(socket);
                socket.connect(new InetSocketAddress(address, port), (int) AddressOrder.share(deadline.left(), left--).toMillis());
                socket.setTcpNoDelay(true);
                socket.setKeepAlive(true);
                order.reached(address);
                return socket;
            } catch (IOException e) {
                socket.close();
                order.missed(address);
                last = e;
            }
        }
        throw last == null ? new ConnectException("no address") : last;
    }

    /** Without the brackets of an IPv6 address. */
    private static String host(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static void tunnel(Socket raw, URI uri) throws IOException {
        String authority = uri.getHost() + ":" + port(uri);
        raw.getOutputStream()
                .write(("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        // Byte by byte: what is behind the head belongs to TLS.
        ResponseHead head = ResponseHead.read(raw.getInputStream());
        if (head.code() != OK) {
            throw new ConnectException("the proxy answered with status " + head.code());
        }
    }

    private Socket secure(Socket raw, URI uri) throws IOException {
        String host = host(uri.getHost());
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(raw, host, port(uri), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        try {
            parameters.setServerNames(
                    host.contains(":") || host.matches("[0-9.]+") ? List.of() : List.of(new SNIHostName(host)));
        } catch (IllegalArgumentException e) {
            parameters.setServerNames(List.of()); // A name that TLS can't tell, such as one with an underscore.
        }
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }
}
