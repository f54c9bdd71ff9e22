package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bytes of an answer's body, taken out of what frames them (RFC 9112, section 6). It holds no buffer of its own.
 */
final class ResponseBody {
    private static final Pattern CHUNK = Pattern.compile("([0-9a-fA-F]{1,15})[ \\t]*(;.*)?");
    private static final int MAX_CHUNK_HEAD = 1_024;
    private static final int MAX_TRAILER = 16 * 1024;
    private static final int HEX = 16;
    /** Beyond these, chunks have at least 16 bytes on average: each costs time, however short it is. */
    private static final long MAX_TINY_CHUNKS = 100_000;

    private static final int TINY = 16;

    private final InputStream in;
    private final boolean chunked;
    private final boolean toEnd;
    /** Of the body or of its chunk. */
    private long left;

    private long chunks;
    private long bytes;
    private boolean complete;

    private ResponseBody(InputStream in, boolean chunked, boolean toEnd, long left) {
        this.in = in;
        this.chunked = chunked;
        this.toEnd = toEnd;
        this.left = left;
        this.complete = !chunked && !toEnd && left == 0;
    }

    static ResponseBody ofLength(InputStream in, long length) {
        return new ResponseBody(in, false, false, length);
    }

    static ResponseBody chunked(InputStream in) {
        return new ResponseBody(in, true, false, 0);
    }

    static ResponseBody toEnd(InputStream in) {
        return new ResponseBody(in, false, true, Long.MAX_VALUE);
    }

    /** Whether its end is known, so that another answer can come behind it. */
    boolean isFramed() {
        return !toEnd;
    }

    /**
     * Reads at least one byte, and more as long as that takes no waiting.
     *
     * @return how many, or -1 at the end
     */
    int read(byte[] buffer) throws IOException {
        int count = 0;
        while (!complete && count < buffer.length && (count == 0 || in.available() > 0)) {
            if (chunked && left == 0) {
                if (count > 0) {
                    break; // The next chunk of a watch may come in a minute.
                }
                nextChunk();
                continue;
            }
            int some = in.read(buffer, count, (int) Math.min(buffer.length - count, left));
            if (some < 0) {
                if (!toEnd) {
                    throw new EOFException("the answer broke off");
                }
                complete = true;
            } else {
                count += some;
                left -= some;
                bytes += some;
                complete = left == 0 && !chunked;
            }
        }
        return count == 0 ? -1 : count;
    }

    private void nextChunk() throws IOException {
        if (chunks > 0 && !new LineReader(in, 2).next().isEmpty()) {
            throw AnswerException.notHttp();
        }
        chunks++;
        if (chunks > MAX_TINY_CHUNKS + bytes / TINY) {
            throw AnswerException.tinyChunks();
        }
        Matcher head = CHUNK.matcher(new LineReader(in, MAX_CHUNK_HEAD).next());
        if (!head.matches()) {
            throw AnswerException.notHttp();
        }
        left = Long.parseLong(head.group(1), HEX);
        if (left == 0) {
            LineReader trailer = new LineReader(in, MAX_TRAILER);
            while (!trailer.next().isEmpty()) {
                // Nobody wants it.
            }
            complete = true;
        }
    }
}
