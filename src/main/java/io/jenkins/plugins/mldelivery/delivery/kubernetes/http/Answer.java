package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** An answer as the library sees it. */
record Answer<T>(ResponseHead head, HttpRequest request, T body) implements HttpResponse<T> {
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

    @Override
    public int code() {
        return head.code();
    }

    @Override
    public List<String> headers(String key) {
        List<String> values = head.values(key);
        // The library would wait as long as the server says, for years.
        return key.equalsIgnoreCase(StandardHttpHeaders.RETRY_AFTER)
                ? values.stream()
                        .filter(SECONDS.asMatchPredicate())
                        .map(Answer::bounded)
                        .toList()
                : values;
    }

    private static String bounded(String seconds) {
        return Long.toString(Math.min(AnswerLimits.RETRY_AFTER.toSeconds(), Long.parseLong(seconds)));
    }

    @Override
    public Map<String, List<String>> headers() {
        return head.headers();
    }

    @Override
    public Optional<HttpResponse<?>> previousResponse() {
        return Optional.empty(); // Redirects are not followed.
    }

    <B> Answer<B> with(B other) {
        return new Answer<>(head, request, other);
    }
}
