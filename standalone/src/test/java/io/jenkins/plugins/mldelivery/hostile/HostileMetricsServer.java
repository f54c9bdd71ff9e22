package io.jenkins.plugins.mldelivery.hostile;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;

/** A server on loopback that sends what no client should believe, as a raw socket: to each request the same, until the client is gone. */
final class HostileMetricsServer implements AutoCloseable {
    private static final String OK = "HTTP/1.1 200 OK\r\nConnection: close\r\n";

    private final ServerSocket server;

    /** What it sends. */
    interface Answer {
        void send(OutputStream out) throws IOException, InterruptedException;
    }

    HostileMetricsServer(Answer answer) throws IOException {
        server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
        daemon(() -> {
            while (!server.isClosed()) {
                Socket client = server.accept();
                daemon(() -> serve(client, answer));
            }
        });
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(null, () -> {
            try {
                work.run();
            } catch (IOException | InterruptedException e) {
                // The client is gone, or the test over.
            }
        }, "hostile", 128 * 1024);
        thread.setDaemon(true);
        thread.start();
    }

    private static void serve(Socket client, Answer answer) throws IOException, InterruptedException {
        try (client) {
            InputStream in = client.getInputStream();
            in.read(new byte[8192]);
            answer.send(client.getOutputStream());
            client.getOutputStream().flush();
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A good head, and then a text, and then another one without end. */
    static Answer endless(String begin, String more) {
        return out -> {
            out.write(bytes(OK + "\r\n" + begin));
            byte[] part = bytes(more.repeat(Math.max(1, 16_384 / more.length())));
            while (true) {
                out.write(part);
            }
        };
    }

    /** A good head, and then so many parts. */
    static Answer many(String begin, int count, IntFunction<String> part, String end) {
        return out -> {
            out.write(bytes(OK + "\r\n" + begin));
            StringBuilder some = new StringBuilder();
            for (int i = 0; i < count; i++) {
                some.append(part.apply(i));
                if (some.length() > 16_384) {
                    out.write(bytes(some.toString()));
                    some.setLength(0);
                }
            }
            out.write(bytes(some + end));
        };
    }

    /** Something raw, and then something else without end. */
    static Answer raw(String begin, String more) {
        return out -> {
            out.write(bytes(begin));
            byte[] part = bytes(more.repeat(Math.max(1, 4_096 / more.length())));
            while (true) {
                out.write(part);
            }
        };
    }

    /** A good head, and then a byte now and then. */
    static Answer drips(String begin, String more) {
        return out -> {
            out.write(bytes(OK + "\r\n" + begin));
            for (int i = 0; ; i++) {
                out.write(more.charAt(i % more.length()));
                out.flush();
                Thread.sleep(50);
            }
        };
    }
}
