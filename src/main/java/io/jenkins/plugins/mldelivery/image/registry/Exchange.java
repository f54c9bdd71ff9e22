package io.jenkins.plugins.mldelivery.image.registry;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.http.HttpAnswer;
import io.jenkins.plugins.mldelivery.delivery.http.HttpRequest;
import io.jenkins.plugins.mldelivery.delivery.http.HttpRoute;
import io.jenkins.plugins.mldelivery.delivery.http.Patience;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;

/**
 * One request and its answer: it ends when nothing has moved for a while, when the step's time is over, or when the user aborts. A slow link may take as long
 * as it moves.
 */
final class Exchange {
    /** What is kept of an error, of which a sentence is shown. */
    private static final int MAX_ERROR = 64 * 1024;

    private static final int PIECE = 64 * 1024;

    private final Ways ways;
    private final RegistrySettings settings;
    private final Deadline deadline;

    /** @param deadline the end of the time for this, which need not be the step's */
    Exchange(Ways ways, RegistrySettings settings, Deadline deadline) {
        this.ways = ways;
        this.settings = settings;
        this.deadline = deadline;
    }

    /** @param authorization value of that header, or null */
    Answer run(Call call, String authorization) throws IOException, DeliveryException, InterruptedException {
        io.jenkins.plugins.mldelivery.delivery.Deadline end = io.jenkins.plugins.mldelivery.delivery.Deadline.in(deadline.left());
        Patience patience = new Patience(end, settings.stall().multipliedBy(call.patience()));
        try {
            // Here, since every address comes by: the registry's, its token service's, and where it redirects to.
            HttpRoute route = settings.names()
                    .route(settings.hosts(), settings.parameter(), call.uri(), end.atMost(settings.stall()));
            HttpRequest request = new HttpRequest(call.method(), call.uri(), headers(call, authorization), call.content());
            try (HttpAnswer answer = ways.to(call.uri()).send(request, route, patience)) {
                return new Answer(call.uri(), answer.head(), body(call, answer));
            }
        } catch (IOException e) {
            deadline.check();
            if (end.isOver()) {
                throw deadline.exceeded(e);
            }
            throw e;
        }
    }

    private static Map<String, String> headers(Call call, String authorization) {
        Map<String, String> headers = new TreeMap<>(call.headers());
        // Some of the filters before public registries refuse a request without one.
        headers.put("User-Agent", "ml-delivery");
        if (authorization != null) {
            headers.put("Authorization", authorization);
        }
        return headers;
    }

    private byte[] body(Call call, HttpAnswer answer) throws IOException, DeliveryException {
        boolean success = answer.status() >= 200 && answer.status() < 300;
        if (!success) {
            return answer.body().readNBytes(MAX_ERROR);
        }
        if (call.sink() != null) {
            pour(answer, call.sink());
            return new byte[0];
        }
        byte[] body = answer.body().readNBytes(call.limit() + 1);
        if (body.length > call.limit()) {
            throw DeliveryException.failed(
                    settings.parameter(), "'" + call.uri().getHost() + "' sent something that can't be: the answer is longer than " + call.limit() + " bytes",
                    "Check the image name and the registry.", null);
        }
        return body;
    }

    private static void pour(HttpAnswer answer, Sink sink) throws IOException {
        InputStream body = answer.body();
        byte[] piece = new byte[PIECE];
        try {
            sink.begin(answer.status());
        } catch (IOException e) {
            throw new Sink.Failure(e);
        }
        for (int size = body.read(piece); size >= 0; size = body.read(piece)) {
            try {
                sink.accept(piece, 0, size);
            } catch (IOException e) {
                throw new Sink.Failure(e);
            }
        }
    }
}
