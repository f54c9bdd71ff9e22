package io.jenkins.plugins.mldelivery.image;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32;

/**
 * Gzip (RFC 1952) whose deflate data (RFC 1951) is nothing but stored blocks: the media type that every registry and runtime accepts, at copy speed, 5 bytes
 * more per 65,535. Written by hand instead of by zlib at level 0, because zlib's choice of block lengths differs between its builds and the digest must not.
 * The header has no time and no operating system. {@link #finish()} ends the stream and leaves the underlying one open.
 */
final class StoredGzipOutputStream extends OutputStream {
    private static final int MAX_BLOCK = 65_535;
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    private final OutputStream out;
    private final CRC32 crc = new CRC32();
    private final byte[] block = new byte[MAX_BLOCK];
    private int filled;
    private long length;

    StoredGzipOutputStream(OutputStream out) throws IOException {
        this.out = out;
        out.write(HEADER);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        crc.update(bytes, offset, count);
        length += count;
        int from = offset;
        int left = count;
        while (left > 0) {
            if (filled == MAX_BLOCK) {
                writeBlock(false);
            }
            int n = Math.min(left, MAX_BLOCK - filled);
            System.arraycopy(bytes, from, block, filled, n);
            filled += n;
            from += n;
            left -= n;
        }
    }

    /** Ends the gzip stream; nothing may be written after it. */
    void finish() throws IOException {
        writeBlock(true);
        littleEndian((int) crc.getValue());
        littleEndian((int) length);
    }

    private void writeBlock(boolean last) throws IOException {
        int complement = ~filled;
        out.write(new byte[] {
            (byte) (last ? 1 : 0), (byte) filled, (byte) (filled >>> 8), (byte) complement, (byte) (complement >>> 8)
        });
        out.write(block, 0, filled);
        filled = 0;
    }

    private void littleEndian(int value) throws IOException {
        out.write(new byte[] {(byte) value, (byte) (value >>> 8), (byte) (value >>> 16), (byte) (value >>> 24)});
    }
}
