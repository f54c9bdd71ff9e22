package io.jenkins.plugins.mldelivery.playground;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Creates the playground's HTTP servers. */
public final class LoopbackServer {
    private LoopbackServer() {}

    /**
     * A server on loopback, not started yet.
     *
     * @param port 0 for any
     * @param backlog connections that may wait
     */
    public static HttpServer create(int port, int backlog) throws IOException {
        // The JDK's server sends head and body of an answer apart; with Nagle's algorithm each waits 40 ms for the other side's acknowledgement. It reads this once, when the first server is made.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), backlog);
    }
}
