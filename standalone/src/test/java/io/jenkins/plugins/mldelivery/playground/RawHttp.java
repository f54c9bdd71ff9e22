package io.jenkins.plugins.mldelivery.playground;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Requests as any program could send them, with headers that HTTP clients don't let their users set. */
public final class RawHttp {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final Pattern LENGTH = Pattern.compile("\r\nContent-length: (\\d+)\r\n", Pattern.CASE_INSENSITIVE);
    private static final int MAX_ANSWER = 1024 * 1024;

    private RawHttp() {}

    /** Status (0 when the connection was closed without one) and the whole answer. */
    public record Answer(int status, String text) {
        /** Whether it has a header that begins so, in any case. */
        public boolean hasHeader(String beginning) {
            return text.lines().takeWhile(line -> !line.isEmpty()).anyMatch(line -> line.regionMatches(true, 0, beginning, 0, beginning.length()));
        }
    }

    /**
     * Sends a request.
     *
     * @param line method and target
     * @param body may be empty
     * @param headers lines; without a Host of its own it gets the right one
     */
    public static Answer send(int port, String line, String body, String... headers) throws IOException {
        List<String> lines = new ArrayList<>(List.of(line + " HTTP/1.1"));
        if (Arrays.stream(headers).noneMatch(h -> h.startsWith("Host"))) {
            lines.add("Host: 127.0.0.1:" + port);
        }
        Arrays.stream(headers).filter(h -> !h.equals("Host")).forEach(lines::add);
        if (!body.isEmpty()) {
            lines.add("Content-Length: " + body.length());
        }
        lines.add("Connection: close");
        return bytes(port, (String.join("\r\n", lines) + "\r\n\r\n" + body).getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends these bytes. */
    public static Answer bytes(int port, byte[] request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            try {
                socket.getOutputStream().write(request);
                socket.getOutputStream().flush();
            } catch (IOException e) {
                // The server does not want the rest; it may have said why.
            }
            return read(socket.getInputStream());
        }
    }

    /** Reads an answer to its end, or until the connection is closed. */
    public static Answer read(InputStream in) {
        StringBuilder text = new StringBuilder();
        try {
            while (text.indexOf("\r\n\r\n") < 0 && append(text, in.read())) {
                // The head.
            }
            Matcher length = LENGTH.matcher(text);
            int left = length.find() ? Integer.parseInt(length.group(1)) : MAX_ANSWER;
            while (left > 0 && append(text, in.read())) {
                left--;
            }
        } catch (IOException e) {
            // Reset; what came before counts.
        }
        String answer = text.toString();
        return new Answer(answer.startsWith("HTTP/1.1 ") ? Integer.parseInt(answer.substring(9, 12)) : 0, answer);
    }

    private static boolean append(StringBuilder text, int c) {
        if (c >= 0) {
            text.append((char) c);
        }
        return c >= 0;
    }
}
