package io.jenkins.plugins.mldelivery.image.registry;

import io.jenkins.plugins.mldelivery.delivery.http.HttpContent;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;

/**
 * A part of a file as what a request sends.
 *
 * @param from where it begins in the file
 * @param length how many bytes it has
 * @param read is told the number of bytes each time some were read to be sent
 */
record FileContent(Path file, long from, long length, LongConsumer read) implements HttpContent {
    @Override
    public InputStream open() throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        channel.position(from);
        return new FilterInputStream(Channels.newInputStream(channel)) {
            @Override
            public int read(byte[] bytes, int offset, int count) throws IOException {
                int n = in.read(bytes, offset, count);
                if (n < 0) {
                    throw new IOException("the file became shorter");
                }
                read.accept(n);
                return n;
            }
        };
    }
}
