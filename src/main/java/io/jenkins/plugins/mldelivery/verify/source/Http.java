package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Login;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/** HTTP with time-outs, a size limit and words for what goes wrong. */
final class Http {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(20);
    private static final int MAX_BODY = 32 * 1024 * 1024;

    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    private final Login login;

    /** @param login sent with every request, or null */
    Http(Login login) {
        this.login = login;
    }

    /** An answer of any status. */
    record Answer(int status, String body) {}

    static URI uri(String parameter, String text) throws DeliveryException {
        try {
            URI uri = URI.create(text.strip());
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getUserInfo() == null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw DeliveryException.invalid(parameter, "'" + text + "' is no http or https URL", "Write it like http://prometheus.monitoring:9090 (a password belongs into credentials).");
    }

    Answer send(HttpRequest.Builder request) throws MetricSource.Unavailable, InterruptedException {
        request.timeout(ANSWER);
        if (login != null) {
            request.header("Authorization", login.isToken()
                    ? "Bearer " + login.secret().reveal()
                    : "Basic " + Base64.getEncoder().encodeToString((login.username() + ":" + login.secret().reveal()).getBytes(StandardCharsets.UTF_8)));
        }
        HttpRequest built = request.build();
        String where = built.uri().getScheme() + "://" + built.uri().getAuthority();
        try {
            HttpResponse<InputStream> response = client.send(built, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                byte[] bytes = body.readNBytes(MAX_BODY + 1);
                if (bytes.length > MAX_BODY) {
                    throw new MetricSource.Unavailable(where + " answered with more than 32 MiB", null);
                }
                return new Answer(response.statusCode(), new String(bytes, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new MetricSource.Unavailable(where + " can't be reached (" + words(e) + ")", e);
        }
    }

    private static String words(IOException e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof HttpTimeoutException) {
                return "no answer in time";
            } else if (t instanceof UnknownHostException || t instanceof UnresolvedAddressException) {
                return "the host name is unknown";
            } else if (t instanceof ConnectException) {
                return "connection refused";
            }
        }
        return e.getMessage() == null ? "the connection broke" : e.getMessage();
    }
}
