package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
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
     * @param opened gets the connection as soon as there is one, so that it can be closed while this waits
     * @throws DeliveryException when the rules refuse the host
     */
    Wire open(URI uri, Consumer<Socket> opened) throws IOException, DeliveryException {
        if (!isTls(uri) && !"http".equals(uri.getScheme()) || uri.getHost() == null) {
            throw new IOException("not an http or https URL");
        }
        InetSocketAddress other = proxy(uri);
        Socket raw = connect(uri, other, opened);
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
    private InetSocketAddress proxy(URI uri) {
        if (proxy != null) {
            return InetSocketAddress.createUnresolved(proxy.getHost(), proxy.getPort());
        }
        ProxySelector jvm = ProxySelector.getDefault();
        List<Proxy> choices = jvm == null ? List.of() : jvm.select(uri);
        return choices.isEmpty() || choices.get(0).type() != Proxy.Type.HTTP
                ? null
                : (InetSocketAddress) choices.get(0).address();
    }

    private Socket connect(URI uri, InetSocketAddress other, Consumer<Socket> opened)
            throws IOException, DeliveryException {
        if (other == null) {
            // The very addresses that were judged are used: a name may mean another one a moment later.
            InetAddress[] addresses = addresses(uri);
            hosts.check("cluster", uri, List.of(addresses));
            return connect(addresses, port(uri), opened);
        }
        hosts.check("cluster", uri);
        InetAddress[] addresses = InetAddress.getAllByName(host(other.getHostString()));
        if (proxy != null) {
            hosts.check("cluster", proxy, List.of(addresses));
        }
        return connect(addresses, other.getPort(), opened);
    }

    private InetAddress[] addresses(URI uri) throws IOException, DeliveryException {
        try {
            return InetAddress.getAllByName(host(uri.getHost()));
        } catch (UnknownHostException e) {
            // A list of allowed hosts refuses a name that it does not have, also when it has no address.
            hosts.check("cluster", uri, List.of());
            throw e;
        }
    }

    private Socket connect(InetAddress[] addresses, int port, Consumer<Socket> opened) throws IOException {
        IOException last = null;
        for (InetAddress address : addresses) {
            Socket socket = new Socket(Proxy.NO_PROXY);
            try {
                opened.accept(socket);
                socket.connect(new InetSocketAddress(address, port), connectMillis);
                socket.setTcpNoDelay(true);
                socket.setKeepAlive(true);
                return socket;
            } catch (IOException e) {
                socket.close();
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
