package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** HTTP with time-outs, a size limit and words for what goes wrong. */
final class Http {
    /** How long a whole answer may take unless told otherwise. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final HttpClient client;
    private final Authorizer authorizer;

    /** Plain, with the Java platform's certificate authorities. */
    Http(Authorizer authorizer) {
        this(client().build(), authorizer);
    }

    Http(HttpClient client, Authorizer authorizer) {
        this.client = client;
        this.authorizer = authorizer;
    }

    /** What all clients have in common. A redirect is not followed: it would carry the credentials to who knows where. */
    static HttpClient.Builder client() {
        return HttpClient.newBuilder().connectTimeout(CONNECT).followRedirects(HttpClient.Redirect.NEVER).version(HttpClient.Version.HTTP_1_1);
    }

    /** An answer of any status. */
    record Answer(int status, HttpHeaders headers, byte[] bytes) {
        String body() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    static URI uri(String parameter, String text) throws DeliveryException {
        return parse(text).orElseThrow(() -> DeliveryException.invalid(
                parameter, quoted(text) + " is no http or https URL", "Write it like http://prometheus.monitoring:9090 (a password belongs into credentials)."));
    }

    /** The URL of a text, if it is one for HTTP without a login in it. */
    static Optional<URI> parse(String text) {
        try {
            URI uri = URI.create(text == null ? "" : text.strip());
            boolean usable = uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getUserInfo() == null;
            return usable ? Optional.of(uri) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A text that should be a URL, as it may be shown. */
    static String quoted(String text) {
        return "'" + (text == null ? "" : text.replaceAll("//[^/@]*@", "//****@")) + "'";
    }

    /** What of a URL may be shown: a query may hold a key. */
    static String where(URI uri) {
        return uri.getScheme() + "://" + uri.getAuthority();
    }

    /** Sends a request; with other headers once more when the first ones are refused and may have been too old. */
    Answer send(HttpCall call, Duration patience) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        Answer answer = await(call, start(call), patience);
        return answer.status() == 401 && authorizer.renew() ? await(call, start(call), patience) : answer;
    }

    /** The login was refused without {@link #send}: whether the next request will have another one. */
    boolean renew() {
        return authorizer.renew();
    }

    /** Begins a request, whose answer {@link #await} takes. */
    CompletableFuture<HttpResponse<byte[]>> start(HttpCall call) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(call.uri());
        for (Map<String, String> headers : java.util.List.of(call.headers(), authorizer.headers(call))) {
            headers.forEach(request::setHeader);
        }
        request.method(call.method(), call.body().isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(call.bytes()));
        return client.sendAsync(request.build(), head -> new LimitedBody());
    }

    /** Waits for an answer. The client's own time-out ends with the headers; a body that stalls would hold the look for ever. */
    Answer await(HttpCall call, CompletableFuture<HttpResponse<byte[]>> answer, Duration patience) throws MetricSource.Unavailable, InterruptedException {
        String where = where(call.uri());
        try {
            HttpResponse<byte[]> response = answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (TimeoutException e) {
            throw MetricSource.Unavailable.passing(where + " gave no answer in time", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LimitedBody.TooLargeException) {
                throw new MetricSource.Unavailable(where + " sent more than 32 MiB", e);
            }
            throw failure(where, e.getCause());
        } finally {
            answer.cancel(true); // Nothing to do when it is complete; else the connection is given up.
        }
    }

    private static MetricSource.Unavailable failure(String where, Throwable e) {
        String words = e.getMessage() == null ? "the connection broke" : e.getMessage();
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof HttpTimeoutException) {
                words = "no answer in time";
            } else if (t instanceof UnknownHostException || t instanceof UnresolvedAddressException) {
                words = "the host name is unknown";
                break;
            } else if (t instanceof CertPathBuilderException || t instanceof CertificateException) {
                // Not passing: it will be the same certificate the next time.
                return new MetricSource.Unavailable(where + " can't be reached (its certificate is not trusted: " + t.getMessage() + ")", e);
            } else if (t instanceof SSLException) {
                words = "TLS failed: " + t.getMessage();
            } else if (t instanceof ConnectException) {
                words = "connection refused"; // Looked further: an unknown name comes wrapped in it.
            } else if (t instanceof EOFException || t instanceof IOException && String.valueOf(t.getMessage()).contains("fixed content-length")) {
                words = "the answer broke off";
            }
        }
        return MetricSource.Unavailable.passing(where + " can't be reached (" + words + ")", e);
    }
}
