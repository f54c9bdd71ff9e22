package io.jenkins.plugins.mldelivery.image.registry;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One request and its answer, watched: it ends when nothing has moved for a while, when the step's time is over, or when the user aborts. The watch counts
 * bytes, so that a slow link may take as long as it moves.
 */
final class Exchange {
    private static final long LOOK_MILLIS = 200;

    private final HttpClient http;
    private final RegistrySettings settings;
    private final Deadline deadline;
    private final Duration stall;

    /** @param deadline the end of the time for this, which need not be the step's */
    Exchange(HttpClient http, RegistrySettings settings, Deadline deadline) {
        this.http = http;
        this.settings = settings;
        this.deadline = deadline;
        this.stall = settings.stall();
    }

    /** @param authorization value of that header, or null */
    Answer run(Call call, String authorization) throws IOException, DeliveryException, InterruptedException {
        deadline.check();
        // Here, since every address comes by: the registry's, its token service's, and where it redirects to.
        settings.hosts().check(settings.parameter(), call.uri());
        AtomicLong lastMove = new AtomicLong(System.nanoTime());
        Runnable moved = () -> lastMove.set(System.nanoTime());
        AtomicReference<Body> body = new AtomicReference<>();
        HttpRequest.Builder request = request(call, authorization);
        try (InputStream in = call.content() == null ? InputStream.nullInputStream() : call.content().open()) {
            request.method(call.method(), publisher(call, in, moved));
            HttpResponse.BodyHandler<byte[]> handler = info -> {
                boolean success = info.statusCode() >= 200 && info.statusCode() < 300;
                Body b = new Body(success ? call.sink() : null, info.statusCode(), call.limit(), moved);
                body.set(b);
                return b;
            };
            CompletableFuture<HttpResponse<byte[]>> future = http.sendAsync(request.build(), handler);
            try {
                HttpResponse<byte[]> response = await(future, lastMove, call.patience());
                return new Answer(response.uri(), response.statusCode(), response.headers(), response.body());
            } catch (Body.TooLong e) {
                throw DeliveryException.failed(
                        settings.parameter(), "'" + call.uri().getHost() + "' sent something that can't be: " + e.getMessage(), "Check the image name and the registry.", e);
            } finally {
                future.cancel(true);
                if (body.get() != null) {
                    body.get().close();
                }
            }
        }
    }

    private static HttpRequest.Builder request(Call call, String authorization) throws IOException {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(call.uri());
            call.headers().forEach(request::setHeader);
            if (authorization != null) {
                request.setHeader("Authorization", authorization);
            }
            return request;
        } catch (IllegalArgumentException e) {
            // Its text quotes the value, which may be the login.
            throw new IOException("the request has an address or a header that can't be sent");
        }
    }

    private HttpResponse<byte[]> await(CompletableFuture<HttpResponse<byte[]>> future, AtomicLong lastMove, int patience)
            throws IOException, DeliveryException, InterruptedException {
        while (true) {
            try {
                return future.get(Math.min(LOOK_MILLIS, deadline.left().toMillis() + 1), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                deadline.check();
                if (System.nanoTime() - lastMove.get() > stall.toNanos() * patience) {
                    throw new HttpTimeoutException("nothing moved for " + stall.multipliedBy(patience).toSeconds() + " s");
                }
            } catch (ExecutionException e) {
                Throwable cause = e.getCause();
                while (cause.getCause() instanceof Sink.Failure || cause.getCause() instanceof Body.TooLong) {
                    cause = cause.getCause();
                }
                if (cause instanceof IOException) {
                    throw (IOException) cause;
                }
                throw new IOException(cause.toString(), cause);
            }
        }
    }

    private static HttpRequest.BodyPublisher publisher(Call call, InputStream in, Runnable moved) {
        Content content = call.content();
        if (content == null) {
            return HttpRequest.BodyPublishers.noBody();
        }
        if (content.length() == 0) {
            return HttpRequest.BodyPublishers.ofByteArray(new byte[0]);
        }
        Content.Part part = new Content.Part(in, content.length(), n -> moved.run());
        return HttpRequest.BodyPublishers.fromPublisher(
                HttpRequest.BodyPublishers.ofInputStream(() -> part), content.length());
    }
}
