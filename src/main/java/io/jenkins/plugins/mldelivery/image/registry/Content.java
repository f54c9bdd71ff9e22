package io.jenkins.plugins.mldelivery.image.registry;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;

/** The body of a request: a known number of bytes that can be read again for another attempt. */
interface Content {
    long length();

    /** Opens it from its beginning. */
    InputStream open() throws IOException;

    static Content of(byte[] bytes) {
        return new Content() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }
        };
    }

    /**
     * A part of a file.
     *
     * @param read is told the number of bytes each time some were read to be sent
     */
    static Content of(Path file, long from, long length, LongConsumer read) {
        return new Content() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public InputStream open() throws IOException {
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                channel.position(from);
                return new Part(Channels.newInputStream(channel), length, read);
            }
        };
    }

    /** The next bytes of a stream, counted. */
    final class Part extends FilterInputStream {
        private final LongConsumer read;
        private long left;

        Part(InputStream in, long length, LongConsumer read) {
            super(in);
            this.left = length;
            this.read = read;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            if (left <= 0) {
                return -1;
            }
            int n = in.read(bytes, offset, (int) Math.min(count, left));
            if (n < 0) {
                throw new IOException("the file became shorter");
            }
            left -= n;
            read.accept(n);
            return n;
        }
    }
}
