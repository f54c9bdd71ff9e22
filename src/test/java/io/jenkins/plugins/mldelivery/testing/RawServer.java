package io.jenkins.plugins.mldelivery.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A server on loopback that sends the bytes of a test, for answers that no HTTP library would send: without end, drop by drop, cut off, or of another shape. It closes a connection after one answer.
 */
public final class RawServer implements AutoCloseable {
    private static final int MAX_HEAD = 64 * 1024;

    private final ServerSocket socket;
    private final Script script;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /** What is sent for a request. */
    public interface Script {
        /** Sends it; an exception, such as that of a client that has gone, ends the connection. */
        void answer(Request request, OutputStream out) throws Exception;
    }

    /**
     * What was asked.
     *
     * @param method HTTP method
     * @param path path and query
     * @param headers names in lower case
     * @param body length of the body
     */
    public record Request(String method, String path, Map<String, String> headers, long body) {}

    private RawServer(ServerSocket socket, Script script) {
        this.socket = socket;
        this.script = script;
    }

    /** Starts one on a free port. */
    public static RawServer start(Script script) throws IOException {
        RawServer server = new RawServer(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")), script);
        server.thread("raw server", server::accept);
        return server;
    }

    /** An answer with a body whose length is told. */
    public static byte[] http(int status, Map<String, String> headers, String body) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Status\r\nConnection: close\r\n");
        headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
        return (head + body).getBytes(StandardCharsets.UTF_8);
    }

    /** Host and port. */
    public String address() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    /** What it was asked so far. */
    public List<Request> requests() {
        return requests;
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }

    private void accept() throws IOException {
        while (true) {
            Socket connection = socket.accept();
            connections.add(connection);
            thread("raw connection", () -> serve(connection));
        }
    }

    private void serve(Socket connection) throws IOException {
        try (connection; InputStream in = connection.getInputStream(); OutputStream out = connection.getOutputStream()) {
            Request request = read(in);
            requests.add(request);
            script.answer(request, out);
            out.flush();
        } catch (Exception e) {
            // The client has gone, or the test is over.
            connection.close();
        } finally {
            connections.remove(connection);
        }
    }

    private static Request read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0 || head.size() > MAX_HEAD) {
                throw new IOException("not a request");
            }
            head.write(b);
        }
        String[] lines = head.toString(StandardCharsets.ISO_8859_1).split("\r\n");
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(lines[i].substring(0, colon), lines[i].substring(colon + 1).trim());
        }
        long body = Long.parseLong(headers.getOrDefault("Content-Length", "0"));
        in.skipNBytes(body);
        String[] first = lines[0].split(" ");
        return new Request(first[0], first[1], headers, body);
    }

    private void thread(String name, Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // Closed.
                return;
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
    }

    private interface Work {
        void run() throws IOException;
    }
}
