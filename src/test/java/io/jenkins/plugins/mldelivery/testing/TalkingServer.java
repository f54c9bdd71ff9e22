package io.jenkins.plugins.mldelivery.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A socket on loopback that says whatever a test wants, also what no HTTP server says. It keeps how many connections are open. */
public final class TalkingServer implements AutoCloseable {
    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    /** What happens on a connection. */
    public interface Talk {
        /** Until its end, or an exception. */
        void on(Connection connection) throws IOException, InterruptedException;
    }

    /** A connection. */
    public final class Connection {
        private final InputStream in;
        private final OutputStream out;
        private String last = "";

        private Connection(Socket socket) throws IOException {
            in = socket.getInputStream();
            out = socket.getOutputStream();
        }

        /** Reads a request with what its Content-Length says; false at the connection's end. */
        public boolean request() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int b = in.read();
                if (b < 0) {
                    return false;
                }
                head.append((char) b);
            }
            String lower = head.toString().toLowerCase(Locale.ROOT);
            int at = lower.indexOf("content-length: ");
            int length = at < 0 ? 0 : Integer.parseInt(lower.substring(at + 16, lower.indexOf('\r', at)));
            head.append(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
            last = head.toString();
            requests.add(last);
            return true;
        }

        /** Whether the last request was for this path. */
        public boolean isFor(String path) {
            return last.split(" ", 3)[1].equals(path);
        }

        /** Sends a text, in Latin-1. */
        public void send(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        /** Sends it again and again. */
        public void sendForEver(String text) throws IOException {
            byte[] bytes = text.repeat(Math.max(1, 4096 / text.length())).getBytes(StandardCharsets.ISO_8859_1);
            while (true) {
                out.write(bytes);
            }
        }

        /** Waits until the client is gone. */
        public void awaitEnd() throws IOException {
            while (in.read() >= 0) {
                // whatever
            }
        }
    }

    /** Starts one. */
    public TalkingServer(Talk talk) throws IOException {
        server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        threads.submit(() -> {
            while (!server.isClosed()) {
                Socket client = server.accept();
                threads.submit(() -> {
                    open.incrementAndGet();
                    connections.incrementAndGet();
                    try (client) {
                        talk.on(new Connection(client));
                    } finally {
                        open.decrementAndGet();
                    }
                    return null;
                });
            }
            return null;
        });
    }

    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** What it was asked. */
    public List<String> requests() {
        return requests;
    }

    /** How many connections there were. */
    public int connections() {
        return connections.get();
    }

    /** How many connections are open. */
    public int open() {
        return open.get();
    }

    /** Waits until there is no open connection any more; false when that takes long. */
    public boolean awaitNoneOpen() throws InterruptedException {
        for (int i = 0; i < 100 && open.get() > 0; i++) {
            Thread.sleep(50);
        }
        return open.get() == 0;
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }
}
