package io.jenkins.plugins.mldelivery.testing;

import java.io.BufferedInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server on loopback that writes whatever bytes it likes, for answers that no HTTP library would send. It counts what
 * was taken from it, and knows which connections are still open.
 */
public final class ByteServer implements AutoCloseable {
    private static final int MAX_HEAD = 64 * 1024;

    private final ServerSocket listening;
    private final Handler handler;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();

    /** Writes an answer, as raw bytes. The connection is closed after it. */
    public interface Handler {
        /** @param head the request's line and headers */
        void answer(String head, OutputStream out) throws Exception;
    }

    private ByteServer(ServerSocket listening, Handler handler) {
        this.listening = listening;
        this.handler = handler;
    }

    /** Starts one on a free port. */
    public static ByteServer start(Handler handler) throws IOException {
        ByteServer server = new ByteServer(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), handler);
        server.threads.execute(server::accept);
        return server;
    }

    /** Its URL, without a slash at the end. */
    public String url() {
        return "http://127.0.0.1:" + listening.getLocalPort();
    }

    /** Bytes that the other sides' kernels have taken. */
    public long sent() {
        return sent.get();
    }

    /** Connections whose answer is still being written. */
    public int open() {
        return open.get();
    }

    /** The requests' lines and headers. */
    public List<String> heads() {
        return heads;
    }

    /** Status line and headers, with an empty line behind them. */
    public static byte[] head(String status, String... headers) {
        return ("HTTP/1.1 " + status + "\r\n" + String.join("\r\n", headers) + (headers.length == 0 ? "" : "\r\n")
                        + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                sockets.add(socket);
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                return; // It is closed.
            }
        }
    }

    private void serve(Socket socket) {
        open.incrementAndGet();
        try (socket;
                InputStream in = new BufferedInputStream(socket.getInputStream());
                OutputStream out = new Counting(socket.getOutputStream())) {
            String head = readHead(in);
            if (!head.isEmpty()) {
                heads.add(head);
                Thread here = Thread.currentThread();
                threads.execute(() -> awaitEnd(socket, in, here));
                handler.answer(head, out);
                out.flush();
            }
        } catch (Exception e) {
            // The other side has had enough.
        } finally {
            sockets.remove(socket);
            open.decrementAndGet();
        }
    }

    /** A handler that waits finds out as well when the other side has gone. */
    private static void awaitEnd(Socket socket, InputStream in, Thread handler) {
        try {
            while (in.read() >= 0) {
                // A body, which nobody wants.
            }
        } catch (IOException e) {
            // It is closed.
        }
        if (!socket.isClosed()) {
            handler.interrupt();
        }
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int next = in.read(); next >= 0 && head.length() < MAX_HEAD; next = in.read()) {
            head.append((char) next);
            if (head.length() > 3 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
                return head.toString();
            }
        }
        return "";
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.shutdownNow();
    }

    private final class Counting extends FilterOutputStream {
        Counting(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            sent.incrementAndGet();
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
            sent.addAndGet(length);
        }
    }
}
