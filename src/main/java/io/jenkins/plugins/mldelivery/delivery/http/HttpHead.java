package io.jenkins.plugins.mldelivery.delivery.http;

import io.jenkins.plugins.mldelivery.delivery.Ascii;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Status and headers of an answer (RFC 9112).
 *
 * @param status 200 to 999
 * @param persistent whether the protocol's version allows another request on the connection
 * @param headers values by their names in lower case
 */
public record HttpHead(int status, boolean persistent, Map<String, List<String>> headers) {
    /** Reads the head of the answer that counts, behind those that only say that one will come. */
    static HttpHead read(InputStream in) throws IOException {
        int[] left = {HttpLimits.MAX_HEAD_BYTES};
        for (int interim = 0; interim <= HttpLimits.MAX_INTERIM; interim++) {
            HttpHead head = one(in, left);
            if (head.status >= 200) {
                return head;
            }
            if (head.status == 101) {
                throw new ProtocolException("the server changes to another protocol");
            }
        }
        throw new ProtocolException("the server sends more than " + HttpLimits.MAX_INTERIM + " interim answers");
    }

    private static HttpHead one(InputStream in, int[] left) throws IOException {
        String line = line(in, left);
        boolean http = line.length() >= 12 && line.startsWith("HTTP/1.") && (line.charAt(7) == '0' || line.charAt(7) == '1') && line.charAt(8) == ' '
                && (line.length() == 12 || line.charAt(12) == ' ');
        int status = http ? number(line.substring(9, 12)) : -1;
        if (status < 100) {
            throw new ProtocolException("the server does not speak HTTP/1.1");
        }
        Map<String, List<String>> headers = new TreeMap<>();
        for (String header = line(in, left); !header.isEmpty(); header = line(in, left)) {
            int colon = header.indexOf(':');
            if (colon <= 0 || header.charAt(0) == ' ' || header.charAt(0) == '\t' || header.charAt(colon - 1) == ' ') {
                throw new ProtocolException("the server sends a header that is none");
            }
            headers.computeIfAbsent(Ascii.lower(header.substring(0, colon)), name -> new ArrayList<>()).add(header.substring(colon + 1).strip());
        }
        return new HttpHead(status, line.charAt(7) == '1', headers);
    }

    private static int number(String digits) {
        return digits.chars().allMatch(c -> c >= '0' && c <= '9') ? Integer.parseInt(digits) : -1;
    }

    /**
     * Reads a line, in Latin-1, without its end.
     *
     * @param left how many bytes may be read, which it counts down
     */
    static String line(InputStream in, int[] left) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(80);
        while (true) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("the answer broke off");
            }
            if (--left[0] < 0) {
                throw new ProtocolException("the server sends more than " + HttpLimits.MAX_HEAD_BYTES / 1024 + " KiB of headers");
            }
            if (b == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            line.write(b);
        }
    }

    /** A header's values, none if it is not there. */
    public List<String> all(String name) {
        return headers.getOrDefault(Ascii.lower(name), List.of());
    }

    /** A header's first value, or an empty text. */
    public String first(String name) {
        List<String> values = all(name);
        return values.isEmpty() ? "" : values.get(0);
    }

    private boolean has(String name, String word) {
        return headers.getOrDefault(name, List.of()).stream().flatMap(value -> List.of(value.split(",", -1)).stream()).anyMatch(part -> part.strip().equalsIgnoreCase(word));
    }

    /** Whether the connection may be used again behind this answer. */
    boolean keepsAlive() {
        return persistent && !has("connection", "close") || has("connection", "keep-alive");
    }

    boolean isChunked() throws ProtocolException {
        List<String> codings = headers.getOrDefault("transfer-encoding", List.of());
        if (codings.isEmpty()) {
            return false;
        }
        if (codings.size() > 1 || !codings.get(0).equalsIgnoreCase("chunked")) {
            throw new ProtocolException("the server sends a transfer coding that was not asked for");
        }
        return true;
    }

    /** The length of the content; −1 when it ends with the connection. */
    long length() throws ProtocolException {
        List<String> lengths = headers.getOrDefault("content-length", List.of()).stream().distinct().toList();
        if (lengths.isEmpty()) {
            return -1;
        }
        String digits = lengths.get(0);
        if (lengths.size() > 1 || digits.isEmpty() || digits.length() > 18 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new ProtocolException("the server sends a length that is none");
        }
        return Long.parseLong(digits);
    }
}
