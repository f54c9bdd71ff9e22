package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Login;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** HTTP with time-outs, a size limit and words for what goes wrong. */
final class Http {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(20);

    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    private final Login login;
    private final Duration patience;

    /** @param login sent with every request, or null */
    Http(Login login) {
        this(login, ANSWER);
    }

    /** @param patience how long a whole answer may take */
    Http(Login login, Duration patience) {
        this.login = login;
        this.patience = patience;
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
        throw DeliveryException.invalid(parameter, "'" + text.replaceAll("//[^/@]*@", "//****@") + "' is no http or https URL", "Write it like http://prometheus.monitoring:9090 (a password belongs into credentials).");
    }

    Answer send(HttpRequest.Builder request) throws MetricSource.Unavailable, InterruptedException {
        if (login != null) {
            request.header("Authorization", login.isToken()
                    ? "Bearer " + login.secret().reveal()
                    : "Basic " + Base64.getEncoder().encodeToString((login.username() + ":" + login.secret().reveal()).getBytes(StandardCharsets.UTF_8)));
        }
        HttpRequest built = request.build();
        String where = built.uri().getScheme() + "://" + built.uri().getAuthority();
        // The client's own time-out ends with the headers; a body that stalls would hold the look for ever.
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(built, head -> new LimitedBody());
        try {
            HttpResponse<byte[]> response = answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(response.statusCode(), new String(response.body(), StandardCharsets.UTF_8));
        } catch (TimeoutException e) {
            throw new MetricSource.Unavailable(where + " gave no answer in time", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LimitedBody.TooLargeException) {
                throw new MetricSource.Unavailable(where + " sent more than 32 MiB", e);
            }
            throw new MetricSource.Unavailable(where + " can't be reached (" + words(e.getCause()) + ")", e);
        } finally {
            answer.cancel(true); // Nothing to do when it is complete; else the connection is given up.
        }
    }

    private static String words(Throwable e) {
        String words = e.getMessage() == null ? "the connection broke" : e.getMessage();
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof HttpTimeoutException) {
                return "no answer in time";
            } else if (t instanceof UnknownHostException || t instanceof UnresolvedAddressException) {
                return "the host name is unknown";
            } else if (t instanceof ConnectException) {
                words = "connection refused"; // Looked further: an unknown name comes wrapped in it.
            }
        }
        return words;
    }
}
