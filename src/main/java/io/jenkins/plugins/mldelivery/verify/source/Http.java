package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Ascii;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.http.HttpAnswer;
import io.jenkins.plugins.mldelivery.delivery.http.HttpRequest;
import io.jenkins.plugins.mldelivery.delivery.http.HttpRoute;
import io.jenkins.plugins.mldelivery.delivery.http.HttpTransport;
import io.jenkins.plugins.mldelivery.delivery.http.LateException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;

/** HTTP with logins, borders, size limits and words for what goes wrong. */
final class Http implements AutoCloseable {
    /** How long a whole answer may take unless told otherwise. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Of HTTP's registry of content codings. */
    private static final Set<String> PACKINGS = Set.of("gzip", "x-gzip", "deflate", "compress", "br", "zstd");

    private final HttpTransport transport;
    private final Authorizer authorizer;
    private final Border border;

    /** Decides right before each request whether it may be sent, and where to. */
    interface Border {
        HttpRoute route(HttpCall call) throws IOException, DeliveryException, InterruptedException;
    }

    Http(HttpTransport transport, Authorizer authorizer, Border border) {
        this.transport = transport;
        this.authorizer = authorizer;
        this.border = border;
    }

    /**
     * Sends a request; with other headers once more when the first ones are refused and may have been too old.
     *
     * @return with any status; to be closed
     */
    HttpAnswer open(HttpCall call) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        HttpAnswer answer = once(call, headers(call));
        if (answer.status() == 401 && authorizer.renew()) {
            answer.close();
            return once(call, headers(call));
        }
        return answer;
    }

    /** The login was refused without {@link #open}: whether the next request will have another one. */
    boolean renew() {
        return authorizer.renew();
    }

    /** All headers of a request. */
    Map<String, String> headers(HttpCall call) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        Map<String, String> all = new LinkedHashMap<>();
        // What a few bytes are unpacked to has no end.
        all.put("Accept-Encoding", "identity");
        all.putAll(call.headers());
        all.putAll(authorizer.headers(call));
        return all;
    }

    /** Sends a request once, with these headers. */
    HttpAnswer once(HttpCall call, Map<String, String> headers) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        return once(call, headers, Urls.where(call.uri()));
    }

    /**
     * The same.
     *
     * @param where what errors call the server
     */
    HttpAnswer once(HttpCall call, Map<String, String> headers, String where) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        HttpAnswer answer;
        try {
            HttpRequest request = new HttpRequest(call.method(), call.uri(), headers, call.content());
            answer = transport.send(request, border.route(call), call.deadline());
        } catch (IOException e) {
            throw unavailable(where, e);
        }
        String packed = answer.header("Content-Encoding").strip();
        if (!packed.isEmpty() && !packed.equalsIgnoreCase("identity")) {
            answer.close();
            throw MetricSource.Unavailable.answered(
                    where + " sent an answer packed with " + known(packed)
                            + ", which was not asked for; have it, or the proxy before it, send it as it is", null);
        }
        return answer;
    }

    /** A packing by its name, if it is one: a server may send anything there, also what it was sent. */
    private static String known(String packing) {
        String lower = Ascii.lower(packing);
        return PACKINGS.contains(lower) ? "'" + lower + "'" : "something unknown";
    }

    /** Closes the connections that are kept between requests. */
    @Override
    public void close() {
        transport.close();
    }

    /**
     * Reads a small answer whole.
     *
     * @throws MetricSource.Unavailable when it breaks off, is late, or has more than {@link ReadLimits#MAX_SMALL_ANSWER_BYTES}
     */
    static byte[] whole(HttpAnswer answer, String where) throws MetricSource.Unavailable, InterruptedException {
        try {
            InputStream body = answer.body();
            byte[] whole = body.readNBytes(ReadLimits.MAX_SMALL_ANSWER_BYTES + 1);
            if (whole.length > ReadLimits.MAX_SMALL_ANSWER_BYTES) {
                throw new LimitExceededException("sent more than " + ReadLimits.bytes(ReadLimits.MAX_SMALL_ANSWER_BYTES), "Check its URL");
            }
            return whole;
        } catch (IOException e) {
            throw unavailable(where, e);
        }
    }

    /**
     * What went wrong with a request, or while its answer was read.
     *
     * @throws InterruptedException when the thread was interrupted
     */
    static MetricSource.Unavailable unavailable(String where, IOException e) throws InterruptedException {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof LateException) {
                return late(where);
            }
            if (t instanceof InterruptedIOException && Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (t instanceof LimitExceededException limit) {
                return limit.of(where);
            }
            if (t instanceof MalformedException) {
                return new MetricSource.Unavailable(where + " can't be read: " + Excerpt.of(t.getMessage()), e);
            }
        }
        return failure(where, e);
    }

    static MetricSource.Unavailable late(String where) {
        return MetricSource.Unavailable.passing(where + " gave no answer in time", null);
    }

    private static MetricSource.Unavailable failure(String where, Throwable e) {
        String words = e.getMessage() == null ? "the connection broke" : Excerpt.of(e.getMessage());
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof UnknownHostException) {
                words = "the host name is unknown";
            } else if (t instanceof CertPathBuilderException || t instanceof CertificateException) {
                // Not passing: it will be the same certificate the next time.
                return new MetricSource.Unavailable(where + " can't be reached (its certificate is not trusted: " + Excerpt.of(t.getMessage()) + ")", e);
            } else if (t instanceof SSLException) {
                words = "TLS failed: " + Excerpt.of(t.getMessage());
            } else if (t instanceof ConnectException && String.valueOf(t.getMessage()).contains("refused")) {
                words = "connection refused";
            } else if (t instanceof EOFException) {
                words = "the answer broke off";
            }
        }
        return MetricSource.Unavailable.passing(where + " can't be reached (" + words + ")", e);
    }
}
