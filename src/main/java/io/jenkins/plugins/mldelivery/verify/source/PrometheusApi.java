package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Questions to the Prometheus HTTP API, version 1, with retries and words for what goes wrong. */
final class PrometheusApi {
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final PrometheusConnection connection;
    private final String prefix;
    private final Clock clock;
    private final SourceNotes notes;
    private boolean byGet;
    private Instant retryUntil = Instant.MIN;

    PrometheusApi(PrometheusConnection connection, URI base, Clock clock, SourceNotes notes) {
        this.connection = connection;
        this.prefix = base.toString().replaceAll("/+$", "");
        this.clock = clock;
        this.notes = notes;
    }

    void retryUntil(Instant until) {
        retryUntil = until;
    }

    /**
     * Asks.
     *
     * @param path <code>query</code> or <code>query_range</code>
     * @param parameter what is wrong when the query is
     * @param fields of the form
     */
    ApiAnswer ask(String path, String parameter, String query, Map<String, String> fields) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("query", query);
        form.putAll(fields);
        form.put("timeout", connection.queryTimeout().toMillis() + "ms");
        ApiAnswer answer = checked(parameter, query, send(path, form));
        if (answer.partial()) {
            notes.warn(prefix + " gave an incomplete answer, since some of its storage did not answer");
        }
        answer.warnings().forEach(text -> notes.warn(connection.mask(text)));
        answer.infos().forEach(text -> notes.info(connection.mask(text)));
        return answer;
    }

    private Http.Answer send(String path, Map<String, String> form) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        Duration pause = Duration.ofMillis(250);
        while (true) {
            MetricSource.Unavailable failure;
            Duration wait = pause;
            try {
                Http.Answer answer = connection.http().send(call(path, form), connection.queryTimeout().plusSeconds(1));
                if (answer.status() == 405 && !byGet) {
                    byGet = true;
                    continue;
                }
                if (answer.status() != 429 && answer.status() < 500) {
                    return answer;
                }
                Duration asked = RetryAfter.of(answer.header("Retry-After"), clock.now());
                wait = asked == null ? pause : asked;
                if (clock.now().plus(wait).isAfter(retryUntil)) {
                    return answer;
                }
            } catch (MetricSource.Unavailable e) {
                failure = e;
                if (!failure.passes() || clock.now().plus(wait).isAfter(retryUntil)) {
                    throw failure;
                }
            }
            clock.sleep(wait);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
    }

    private HttpCall call(String path, Map<String, String> form) {
        String encoded = form.entrySet().stream()
                .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        Map<String, String> all = new LinkedHashMap<>(connection.extraHeaders());
        all.put("Accept", "application/json");
        if (byGet) {
            // A blank as %20: a signature of the request is over that form.
            return HttpCall.get(URI.create(prefix + "/api/v1/" + path + "?" + encoded.replace("+", "%20")), all);
        }
        all.put("Content-Type", "application/x-www-form-urlencoded");
        return new HttpCall("POST", URI.create(prefix + "/api/v1/" + path), all, encoded);
    }

    private ApiAnswer checked(String parameter, String query, Http.Answer answer) throws MetricSource.Unavailable, DeliveryException {
        int status = answer.status();
        if (status == 407) {
            throw DeliveryException.invalid("proxy", "the proxy asks for a login (status 407), which can't be given", "Give a proxy without a login, or one that lets this machine through.");
        }
        if (status == 401 || status == 403) {
            throw DeliveryException.invalid(connection.loginParameter(), prefix + " refuses the credentials (status " + status + ")", "Give credentials that may query it.");
        }
        if (status >= 300 && status < 400) {
            throw DeliveryException.invalid("prometheus", prefix + " redirects to '" + target(answer.header("Location")) + "', which is not followed", "Give the URL under which /api/v1/query answers, and the credentials that it wants.");
        }
        if (status == 414 || status == 431) {
            throw DeliveryException.invalid(parameter, prefix + " finds the query too long for a GET (status " + status + "), and refuses POST", "Shorten it, or let POST through.");
        }
        ApiAnswer parsed = parse(answer);
        if ("success".equals(parsed.status())) {
            return parsed;
        }
        String said = parsed.error() == null ? "status " + status : connection.mask(parsed.error());
        if ("bad_data".equals(parsed.errorType())) {
            throw DeliveryException.invalid(parameter, "Prometheus can't use '" + query + "' (" + said + ")", "Try the query in the Prometheus UI first.");
        }
        throw new MetricSource.Unavailable(prefix + " could not answer (" + said + ")", null);
    }

    /** Without its query, which may hold a key. */
    private static String target(String location) {
        return location.replaceAll("[?#].*", "").replaceAll("//[^/@]*@", "//****@");
    }

    private ApiAnswer parse(Http.Answer answer) throws MetricSource.Unavailable, DeliveryException {
        int status = answer.status();
        try {
            ApiAnswer parsed = ApiAnswer.parse(answer.bytes());
            if (parsed.status() != null) {
                return parsed;
            }
        } catch (IOException e) {
            if (status == 200 && answer.body().stripLeading().startsWith("{")) {
                throw new MetricSource.Unavailable(prefix + " sent a broken answer", e);
            }
        }
        if (status >= 500 || status == 429) {
            throw new MetricSource.Unavailable(prefix + " answered with status " + status, null);
        }
        boolean page = answer.header("Content-Type").contains("html") || answer.body().stripLeading().startsWith("<");
        throw DeliveryException.invalid(
                "prometheus", prefix + " is no Prometheus server (status " + status + (page ? " with an HTML page, as of a login" : " without its JSON") + ")", "Give the URL under which /api/v1/query answers.");
    }
}
