package io.jenkins.plugins.mldelivery.delivery.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;

/** The content of an answer without its frame: of a known length, in chunks (RFC 9112, section 7.1), or until the connection's end. */
final class HttpBody extends InputStream {
    private static final int UNTIL_END = -1;

    private final InputStream in;
    private final boolean chunked;
    /** What is left of the content, or of the chunk; {@link #UNTIL_END} for all that comes. */
    private long left;
    private boolean begun;
    private boolean ended;

    /** @param none whether the answer has no content whatever its head says, as one to HEAD */
    HttpBody(InputStream in, HttpHead head, boolean none) throws ProtocolException {
        boolean empty = none || head.status() == 204 || head.status() == 304;
        this.in = in;
        this.chunked = !empty && head.isChunked();
        this.left = empty || chunked ? 0 : head.length();
        this.ended = !chunked && left == 0;
    }

    /** Whether all of it was read, and the connection is where the next answer begins. */
    boolean isWhole() {
        return ended && left != UNTIL_END;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (chunked && left == 0 && !ended) {
            chunk();
        }
        if (ended) {
            return -1;
        }
        int size = in.read(to, offset, left == UNTIL_END ? length : (int) Math.min(length, left));
        if (size < 0) {
            if (left == UNTIL_END) {
                ended = true;
                return -1;
            }
            throw new EOFException("the answer broke off");
        }
        if (left != UNTIL_END) {
            left -= size;
            // The end of the chunks is seen with the last one, so that the connection can be used again.
            if (left == 0) {
                if (chunked) {
                    chunk();
                } else {
                    ended = true;
                }
            }
        }
        return size;
    }

    /** Begins the next chunk, or ends with the last one. */
    private void chunk() throws IOException {
        int[] limit = {HttpLimits.MAX_CHUNK_LINE_BYTES};
        if (begun && !line(limit).isEmpty()) {
            throw new ProtocolException("the server sends a chunk that is longer than it says");
        }
        begun = true;
        String line = line(limit);
        int semicolon = line.indexOf(';');
        String size = (semicolon < 0 ? line : line.substring(0, semicolon)).strip();
        if (size.isEmpty() || size.length() > 15 || !size.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128)) {
            throw new ProtocolException("the server sends a chunk without its size");
        }
        left = Long.parseLong(size, 16);
        if (left == 0) {
            int[] trailers = {HttpLimits.MAX_HEAD_BYTES};
            while (!HttpHead.line(in, trailers).isEmpty()) {
                // Of no interest.
            }
            ended = true;
        }
    }

    private String line(int[] limit) throws IOException {
        try {
            return HttpHead.line(in, limit);
        } catch (ProtocolException e) {
            throw new ProtocolException("the server sends a chunk whose size has more than " + HttpLimits.MAX_CHUNK_LINE_BYTES + " bytes");
        }
    }
}
