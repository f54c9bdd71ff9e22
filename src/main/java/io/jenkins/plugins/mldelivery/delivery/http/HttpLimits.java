package io.jenkins.plugins.mldelivery.delivery.http;

import java.time.Duration;

/** How much of the frame of an answer is read; of its content whoever reads it decides. */
public final class HttpLimits {
    /** Bytes of the status line and all headers. */
    public static final int MAX_HEAD_BYTES = 64 * 1024;

    /** Answers before the one that counts (1xx). */
    public static final int MAX_INTERIM = 5;

    /** Bytes of the line before a chunk, with its extension. */
    public static final int MAX_CHUNK_LINE_BYTES = 1024;

    /** Time for one attempt to connect to one address. */
    public static final Duration MAX_CONNECT = Duration.ofSeconds(5);

    /** Addresses of a name that are tried. */
    static final int MAX_ADDRESSES = 4;

    private HttpLimits() {}
}
