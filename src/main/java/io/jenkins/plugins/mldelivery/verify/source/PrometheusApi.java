package io.jenkins.plugins.mldelivery.verify.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.http.HttpAnswer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
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
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final int LOOKED_AT = 1024;

    private final PrometheusConnection connection;
    private final String prefix;
    private final Clock clock;
    private final SourceNotes notes;
    private boolean byGet;
    private boolean limits;
    private final boolean acceptsPartial;
    private Instant retryUntil = Instant.MIN;
    private boolean incomplete;

    /** @param acceptsPartial whether an answer is taken that lacks what some of the storage has */
    PrometheusApi(PrometheusConnection connection, URI base, Clock clock, SourceNotes notes, boolean acceptsPartial) {
        this.acceptsPartial = acceptsPartial;
        this.connection = connection;
        this.prefix = withoutSlashes(base.toString());
        this.clock = clock;
        this.notes = notes;
        this.limits = connection.limits();
    }

    private static String withoutSlashes(String url) {
        int end = url.length();
        while (end > 0 && url.charAt(end - 1) == '/') {
            end--;
        }
        return url.substring(0, end);
    }

    /** Closes the connections that are kept between questions. */
    void close() {
        connection.http().close();
    }

    /** Another look begins. */
    void beginLook(Instant until) {
        retryUntil = until;
        incomplete = false;
    }

    /** Whether an answer of this look was taken that is not complete. */
    boolean isIncomplete() {
        return incomplete;
    }

    /**
     * Asks.
     *
     * @param path {@code query} or {@code query_range}
     * @param parameter what is wrong when the query is
     * @param fields of the form
     * @param range that of the samples, which the query has at its end already
     * @param budget what of the answer may be kept, and how long all of it may take
     */
    ApiAnswer ask(String path, String parameter, String query, Map<String, String> fields, AskedRange range, LookBudget budget)
            throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("query", query);
        form.putAll(fields);
        form.put("timeout", connection.queryTimeout().toMillis() + "ms");
        ApiAnswer answer = read(path, parameter, query, form, range, budget);
        String missing = answer.missing();
        if (missing != null && !acceptsPartial) {
            throw MetricSource.Unavailable.partial(prefix + " gave an incomplete answer (" + Excerpt.of(connection.mask(missing)) + ")");
        }
        incomplete |= missing != null;
        if (answer.strays()) {
            notes.warn(prefix + " gave samples of another time than was asked for, which are left out; see that its clock is right, and this machine's");
        }
        if (answer.partial()) {
            notes.warn(prefix + " gave an incomplete answer, since some of its storage did not answer");
        }
        answer.warnings().forEach(text -> notes.warn(connection.mask(text)));
        answer.infos().forEach(text -> notes.info(connection.mask(text)));
        return answer;
    }

    private ApiAnswer read(String path, String parameter, String query, Map<String, String> form, AskedRange range, LookBudget budget)
            throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (true) {
            Duration wait = pause;
            boolean limited = limits;
            Deadline deadline = budget.deadline().atMost(connection.queryTimeout().plusSeconds(1));
            try (HttpAnswer answer = connection.http().open(call(path, limited(form), deadline))) {
                if (answer.status() == 405 && !byGet) {
                    byGet = true;
                    continue;
                }
                boolean busy = answer.status() == 429 || answer.status() >= 500;
                Duration asked = busy ? RetryAfter.of(answer.header("Retry-After"), clock.now()) : null;
                wait = asked == null ? pause : asked;
                if (!busy || !mayWait(wait, budget.deadline())) {
                    ApiAnswer parsed = parse(parameter, query, answer, range, budget);
                    if (limited && "bad_data".equals(parsed.errorType()) && String.valueOf(parsed.error()).contains("limit")) {
                        limits = false; // It does not ignore what it does not know.
                        continue;
                    }
                    return checked(parameter, query, answer.status(), parsed);
                }
            } catch (MetricSource.Unavailable e) {
                if (!e.passes() || !mayWait(wait, budget.deadline())) {
                    throw e;
                }
            }
            clock.sleep(wait);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
    }

    /** Newer servers cut off what is more than this, and others ignore it. One more than is read, so that what was cut off is seen to be. */
    private Map<String, String> limited(Map<String, String> form) {
        if (!limits) {
            return form;
        }
        Map<String, String> all = new LinkedHashMap<>(form);
        all.put("limit", String.valueOf(ReadLimits.MAX_SERIES + 1));
        return all;
    }

    private boolean mayWait(Duration wait, Deadline deadline) {
        return !clock.now().plus(wait).isAfter(retryUntil) && wait.compareTo(deadline.left()) < 0;
    }

    private HttpCall call(String path, Map<String, String> form, Deadline deadline) {
        String encoded = form.entrySet().stream()
                .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        Map<String, String> all = new LinkedHashMap<>(connection.extraHeaders());
        all.put("Accept", "application/json");
        if (byGet) {
            // A blank as %20: a signature of the request is over that form.
            return HttpCall.get("prometheus", URI.create(prefix + "/api/v1/" + path + "?" + encoded.replace("+", "%20")), all, deadline);
        }
        all.put("Content-Type", "application/x-www-form-urlencoded");
        return new HttpCall("prometheus", "POST", URI.create(prefix + "/api/v1/" + path), all, encoded, deadline);
    }

    private ApiAnswer checked(String parameter, String query, int status, ApiAnswer parsed) throws MetricSource.Unavailable, DeliveryException {
        if ("success".equals(parsed.status())) {
            return parsed;
        }
        String said = parsed.error() == null ? "status " + status : connection.mask(parsed.error());
        if ("bad_data".equals(parsed.errorType())) {
            throw DeliveryException.invalid(parameter, "Prometheus can't use '" + Excerpt.of(query) + "' (" + said + ")", "Try the query in the Prometheus UI first.");
        }
        throw new MetricSource.Unavailable(prefix + " could not answer (" + said + ")", null);
    }

    private void refuse(String parameter, HttpAnswer answer) throws DeliveryException {
        int status = answer.status();
        if (status == 407) {
            throw DeliveryException.invalid("proxy", "the proxy asks for a login (status 407), which can't be given", "Give a proxy without a login, or one that lets this machine through.");
        }
        if (status == 401 || status == 403) {
            throw connection.refused(prefix, status);
        }
        if (status >= 300 && status < 400) {
            throw DeliveryException.invalid(
                    "prometheus", prefix + " redirects to '" + connection.mask(Urls.shown(answer.header("Location"))) + "', which is not followed",
                    "Give the URL under which /api/v1/query answers, and the credentials that it wants.");
        }
        if (status == 414 || status == 431) {
            throw DeliveryException.invalid(parameter, prefix + " finds the query too long for a GET (status " + status + "), and refuses POST", "Shorten it, or let POST through.");
        }
    }

    private ApiAnswer parse(String parameter, String query, HttpAnswer answer, AskedRange range, LookBudget budget)
            throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        refuse(parameter, answer);
        char first = 0;
        try (InputStream body = new BufferedInputStream(new LimitedBody(answer.body(), ReadLimits.MAX_ANSWER_BYTES))) {
            first = first(body);
            ApiAnswer parsed = ApiAnswer.parse(body, budget, range);
            if (parsed.status() != null) {
                return parsed;
            }
        } catch (LimitExceededException e) {
            if (e.isOfQuery()) {
                throw new DeliveryException(DeliveryException.Kind.INVALID_INPUT, parameter, prefix + " " + e.getMessage() + " for '" + Excerpt.of(query) + "'", e.remedy() + ".", e);
            }
            throw e.of(prefix);
        } catch (StreamConstraintsException e) {
            throw new LimitExceededException("sent a text or number that is too long, or what is nested too deeply", "Check that it is a Prometheus server").of(prefix);
        } catch (IOException e) {
            if (!(e instanceof JsonProcessingException || e instanceof MalformedException)) {
                throw Http.unavailable(prefix, e);
            }
            if (answer.status() == 200 && first == '{') {
                throw new MetricSource.Unavailable(prefix + " sent a broken answer", e);
            }
        }
        int status = answer.status();
        if (status >= 500 || status == 429) {
            throw new MetricSource.Unavailable(prefix + " answered with status " + status, null);
        }
        boolean page = answer.header("Content-Type").contains("html") || first == '<';
        throw DeliveryException.invalid(
                "prometheus", prefix + " is not a Prometheus server (status " + status + (page ? " with an HTML page, as of a login" : " without its JSON") + ")", "Give the URL under which /api/v1/query answers.");
    }

    /** The first character that is no blank; 0 when there is none nearby. */
    private static char first(InputStream body) throws IOException {
        body.mark(LOOKED_AT);
        int c = body.read();
        for (int i = 1; i < LOOKED_AT && c >= 0 && c <= ' '; i++) {
            c = body.read();
        }
        body.reset();
        return c < 0 ? 0 : (char) c;
    }
}
