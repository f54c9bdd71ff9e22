package io.jenkins.plugins.mldelivery.delivery.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** What a request sends: a known number of bytes that can be read again for another attempt. */
public interface HttpContent {
    /** How many bytes are sent, from 0. */
    long length();

    /** Opens it from its beginning; whoever opens it closes it. It has at least {@link #length} bytes. */
    InputStream open() throws IOException;

    /** These bytes. */
    static HttpContent of(byte[] bytes) {
        return new HttpContent() {
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
}
