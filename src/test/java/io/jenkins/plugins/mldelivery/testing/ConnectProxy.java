package io.jenkins.plugins.mldelivery.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP proxy on loopback that makes tunnels (RFC 9110, section 9.3.6), as clients ask for TLS, to one port whatever they name; or refuses them. */
public final class ConnectProxy implements AutoCloseable {
    private final ServerSocket server;
    private final int target;
    private final int status;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    /** @param status what it answers; 200 makes a tunnel */
    public ConnectProxy(int target, int status) throws IOException {
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.target = target;
        this.status = status;
        threads.submit(() -> {
            while (!server.isClosed()) {
                Socket client = server.accept();
                threads.submit(() -> serve(client));
            }
            return null;
        });
    }

    /** Its <code>host:port</code>. */
    public String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** The request lines so far. */
    public List<String> asked() {
        return asked;
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }

    private Object serve(Socket client) throws IOException {
        try (client) {
            // Nothing follows the head before it is answered, so the reader takes nothing of the tunnel.
            BufferedReader head = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            asked.add(head.readLine());
            for (String line = head.readLine(); line != null && !line.isEmpty(); line = head.readLine()) {
                // headers
            }
            OutputStream out = client.getOutputStream();
            String more = status == 200 ? "" : "Content-Length: 0\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\n";
            out.write(("HTTP/1.1 " + status + " x\r\n" + more + "\r\n").getBytes(StandardCharsets.US_ASCII));
            if (status == 200) {
                try (Socket far = new Socket(InetAddress.getLoopbackAddress(), target)) {
                    threads.submit(() -> copy(far.getInputStream(), out));
                    copy(client.getInputStream(), far.getOutputStream());
                }
            }
            return null;
        }
    }

    private static Object copy(InputStream in, OutputStream out) throws IOException {
        in.transferTo(out);
        return null;
    }
}
