package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.regex.Pattern;

/** The requests under way to one cluster, on connections that its clients share. */
final class Exchanges {
    private static final Pattern LOG = Pattern.compile("/pods/[^/]+/log$");

    private final HttpClient http;
    private final HostRules hosts;
    private final URI proxy;
    private final LargeAnswers large = new LargeAnswers();
    private final Set<CompletableFuture<?>> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Exchanges(HttpClient http, HostRules hosts, URI proxy) {
        this.http = http;
        this.hosts = hosts;
        this.proxy = proxy;
    }

    LargeAnswers large() {
        return large;
    }

    CompletableFuture<HttpResponse<AsyncBody>> send(StandardHttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        HttpRequest sent;
        try {
            // Names are resolved anew for each connection.
            hosts.check("cluster", request.uri());
            if (proxy != null) {
                hosts.check("cluster", proxy);
            }
            sent = request(request);
        } catch (DeliveryException e) {
            return CompletableFuture.failedFuture(e);
        } catch (IllegalArgumentException e) {
            // The JDK's message quotes the header, which may be a token.
            return CompletableFuture.failedFuture(AnswerException.refusedHeader());
        }
        if (closed) {
            return CompletableFuture.failedFuture(new IllegalStateException("the client is closed"));
        }
        Duration time = request.isForStreaming() ? AnswerLimits.WATCH : AnswerLimits.CALL;
        CompletableFuture<java.net.http.HttpResponse<AnswerBody>> answer = http.sendAsync(sent, head -> body(request, head, consumer, time));
        track(answer);
        CompletableFuture<HttpResponse<AsyncBody>> result = new CompletableFuture<>();
        Deadline.set(result, time);
        answer.whenComplete((head, e) -> {
            if (e != null) {
                result.completeExceptionally(e);
            } else if (!result.complete(new Answer<AsyncBody>(head.statusCode(), head.headers(), request, head.body()))) {
                head.body().cancel();
            }
        });
        result.whenComplete((head, e) -> {
            if (e != null) {
                answer.cancel(true);
            }
        });
        return result;
    }

    private AnswerBody body(StandardHttpRequest request, java.net.http.HttpResponse.ResponseInfo head, AsyncBody.Consumer<List<ByteBuffer>> consumer, Duration time) {
        long limit = request.isForStreaming() ? AnswerLimits.WATCH_BYTES : limit(request.uri().getPath());
        AnswerBody body = new AnswerBody(consumer, HttpResponse.isSuccessful(head.statusCode()) ? limit : Math.min(limit, AnswerLimits.ERROR_BYTES), time);
        track(body.done());
        if (head.headers().allValues("Content-Encoding").stream().anyMatch(encoding -> !encoding.isBlank() && !encoding.strip().equalsIgnoreCase("identity"))) {
            body.fail(AnswerException.encoded());
        }
        return body;
    }

    private static long limit(String path) {
        if (LOG.matcher(path).find()) {
            return AnswerLimits.LOG_BYTES * 2L; // Its limit is the server's to keep; this is for one that does not.
        }
        return path.contains("/proxy/") ? AnswerLimits.POD_BYTES : AnswerLimits.ANSWER_BYTES;
    }

    private void track(CompletableFuture<?> future) {
        running.add(future);
        future.whenComplete((value, e) -> running.remove(future));
    }

    private static HttpRequest request(StandardHttpRequest given) {
        HttpRequest.Builder request = HttpRequest.newBuilder(given.uri());
        Duration timeout = given.getTimeout();
        if (timeout != null && !timeout.isZero() && !timeout.isNegative()) {
            request.timeout(timeout);
        }
        for (Map.Entry<String, List<String>> header : given.headers().entrySet()) {
            header.getValue().forEach(value -> request.header(header.getKey(), value));
        }
        if (given.getContentType() != null) {
            request.setHeader("Content-Type", given.getContentType());
        }
        return request.method(given.method(), publisher(given.body())).build();
    }

    private static HttpRequest.BodyPublisher publisher(StandardHttpRequest.BodyContent body) {
        if (body instanceof StandardHttpRequest.StringBodyContent text) {
            return HttpRequest.BodyPublishers.ofString(text.getContent());
        }
        if (body instanceof StandardHttpRequest.ByteArrayBodyContent bytes) {
            return HttpRequest.BodyPublishers.ofByteArray(bytes.getContent());
        }
        if (body instanceof StandardHttpRequest.InputStreamBodyContent stream) {
            return HttpRequest.BodyPublishers.ofInputStream(stream::getContent);
        }
        return HttpRequest.BodyPublishers.noBody();
    }

    void close() {
        closed = true;
        running.forEach(future -> future.cancel(true));
        http.executor().filter(ExecutorService.class::isInstance).map(ExecutorService.class::cast).ifPresent(ExecutorService::shutdownNow);
    }
}
