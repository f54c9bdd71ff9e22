package io.jenkins.plugins.mldelivery.verify.source;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A body of which no more than so many bytes are read. */
final class LimitedBody extends FilterInputStream {
    private final int limit;
    private long read;

    LimitedBody(InputStream body, int limit) {
        super(body);
        this.limit = limit;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** @throws LimitExceededException when there is more */
    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        int size = super.read(to, offset, length);
        read += Math.max(0, size);
        if (read > limit) {
            throw new LimitExceededException("sent more than " + ReadLimits.bytes(limit), "Narrow it with labels");
        }
        return size;
    }
}
