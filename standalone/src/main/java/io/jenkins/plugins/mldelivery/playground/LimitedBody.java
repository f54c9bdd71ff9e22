package io.jenkins.plugins.mldelivery.playground;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A request's body that ends with {@link TooLarge} when it is longer than it may be, whatever its header said. */
final class LimitedBody extends FilterInputStream {
    private long left;

    /** The body is longer than the server takes. */
    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;

        TooLarge() {
            super("the body is too large");
        }
    }

    LimitedBody(InputStream in, long limit) {
        super(in);
        this.left = limit;
    }

    @Override
    public int read() throws IOException {
        int read = super.read();
        if (read >= 0) {
            count(1);
        }
        return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        count(Math.max(0, read));
        return read;
    }

    @Override
    public long skip(long wanted) throws IOException {
        // As if it was read, or skipping would lead around the limit.
        return Math.max(0, read(new byte[(int) Math.min(8192, Math.max(0, wanted))]));
    }

    private void count(int read) throws TooLarge {
        left -= read;
        if (left < 0) {
            throw new TooLarge();
        }
    }
}
