package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.client.http.AsyncBody;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The bytes of an answer, as they come. The body counts them; here they are put together at once, since a body may come
 * in many tiny parts.
 */
final class Collector implements AsyncBody.Consumer<List<ByteBuffer>> {
    private final LargeAnswers large;
    private final int limit;
    private final Buffer bytes = new Buffer();
    private boolean entered;
    private boolean ended;

    /** @param limit bytes */
    Collector(LargeAnswers large, int limit) {
        this.large = large;
        this.limit = limit;
    }

    /** Without a copy of its bytes. */
    private static final class Buffer extends ByteArrayOutputStream {
        String text() {
            return new String(buf, 0, count, StandardCharsets.UTF_8);
        }
    }

    @Override
    public void consume(List<ByteBuffer> parts, AsyncBody body) throws AnswerException {
        for (ByteBuffer part : parts) {
            if (bytes.size() + part.remaining() > limit) {
                throw AnswerException.tooLarge(limit);
            }
            byte[] copy = new byte[part.remaining()];
            part.get(copy);
            bytes.writeBytes(copy);
        }
        if (mayGoOn(body)) {
            body.consume();
        }
    }

    private synchronized boolean mayGoOn(AsyncBody body) {
        if (entered || bytes.size() <= AnswerLimits.LARGE_BYTES) {
            return true;
        }
        entered = large.enter(() -> turn(body));
        return entered;
    }

    private void turn(AsyncBody body) {
        boolean late;
        synchronized (this) {
            late = ended;
            entered = !late;
        }
        if (late) {
            large.leave();
        } else {
            body.consume();
        }
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    String text() {
        return bytes.text();
    }

    /** Lets other large answers be read. */
    void end() {
        boolean leave;
        synchronized (this) {
            leave = entered && !ended;
            ended = true;
            entered = false;
        }
        if (leave) {
            large.leave();
        }
    }
}
