package io.jenkins.plugins.mldelivery.delivery.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/**
 * An answer, whose content is read as it comes in. To be closed: what was not read of it is given up, with the connection.
 */
public final class HttpAnswer implements AutoCloseable {
    private final HttpHead head;
    private final InputStream body;
    private final Runnable close;

    private HttpAnswer(HttpHead head, InputStream body, Runnable close) {
        this.head = head;
        this.body = body;
        this.close = close;
    }

    /** @param idle takes the connection when it can be used again */
    static HttpAnswer of(HttpRequest request, HttpHead head, HttpConnection connection, Consumer<HttpConnection> idle) throws IOException {
        HttpBody body = connection.body(request, head);
        return new HttpAnswer(head, body, () -> {
            if (body.isWhole() && head.keepsAlive()) {
                idle.accept(connection);
            } else {
                connection.close();
            }
        });
    }

    /** Without content. */
    static HttpAnswer of(HttpHead head) {
        return new HttpAnswer(head, new ByteArrayInputStream(new byte[0]), () -> { });
    }

    /** Its status and headers. */
    public HttpHead head() {
        return head;
    }

    /** From 200 on. */
    public int status() {
        return head.status();
    }

    /** A header's first value, or an empty text. */
    public String header(String name) {
        return head.first(name);
    }

    /**
     * The content. A read waits no longer than until the request's deadline: a {@link LateException} then. An interrupt of the
     * thread is an {@link java.io.InterruptedIOException}, and the thread still is interrupted.
     */
    public InputStream body() {
        return body;
    }

    @Override
    public void close() {
        close.run();
    }
}
