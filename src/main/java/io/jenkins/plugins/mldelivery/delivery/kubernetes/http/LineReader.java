package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Reads lines of HTTP, up to a number of bytes in all. */
final class LineReader {
    private final InputStream in;
    private int left;

    LineReader(InputStream in, int limit) {
        this.in = in;
        this.left = limit;
    }

    /** The next line without its end. Bytes become characters as they are. */
    String next() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection ended");
            }
            if (--left < 0) {
                throw AnswerException.longHead();
            }
            line.append((char) next);
        }
        int end = line.length();
        if (end > 0 && line.charAt(end - 1) == '\r') {
            line.setLength(end - 1);
        }
        if (line.indexOf("\r") >= 0 || line.indexOf("\0") >= 0) {
            throw AnswerException.notHttp();
        }
        return line.toString();
    }
}
