package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpHeaders;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** An answer as the library sees it. */
record Answer<T>(int code, HttpHeaders received, HttpRequest request, T body) implements HttpResponse<T> {
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

    @Override
    public List<String> headers(String key) {
        // The library would wait as long as the server says, for years.
        return key.equalsIgnoreCase(StandardHttpHeaders.RETRY_AFTER) ? retryAfter() : received.allValues(key);
    }

    private List<String> retryAfter() {
        String given = received.firstValue(StandardHttpHeaders.RETRY_AFTER).orElse("");
        return SECONDS.matcher(given).matches() ? List.of(Long.toString(Math.min(AnswerLimits.RETRY_AFTER.toSeconds(), Long.parseLong(given)))) : List.of();
    }

    @Override
    public Map<String, List<String>> headers() {
        return received.map();
    }

    @Override
    public Optional<HttpResponse<?>> previousResponse() {
        return Optional.empty(); // Redirects are not followed.
    }

    <B> Answer<B> with(B other) {
        return new Answer<>(code, received, request, other);
    }
}
