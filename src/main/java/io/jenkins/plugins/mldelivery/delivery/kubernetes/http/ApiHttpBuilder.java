package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.client.http.StandardHttpClientBuilder;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Builds a client, or one that shares the connections of another. HTTP 1.1 alone: its connections are read only when there is demand, and a call that is given up ends its own. */
public final class ApiHttpBuilder extends StandardHttpClientBuilder<ApiHttpClient, ApiHttpFactory, ApiHttpBuilder> {
    private static final int THREADS = 4;
    private static final int IDLE_SECONDS = 10;

    ApiHttpBuilder(ApiHttpFactory factory) {
        super(factory);
    }

    @Override
    protected ApiHttpBuilder newInstance(ApiHttpFactory factory) {
        return new ApiHttpBuilder(factory);
    }

    @Override
    public ApiHttpClient build() {
        return client != null ? new ApiHttpClient(this, client) : new ApiHttpClient(this, new Exchanges(http(), clientFactory.hosts(), clientFactory.proxy()));
    }

    private HttpClient http() {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(threads())
                .sslContext(sslContext != null ? sslContext : clientFactory.tls());
        if (connectTimeout != null && !connectTimeout.isZero()) {
            builder.connectTimeout(connectTimeout);
        }
        URI proxy = clientFactory.proxy();
        if (proxy != null) {
            builder.proxy(ProxySelector.of(InetSocketAddress.createUnresolved(proxy.getHost(), proxy.getPort())));
        }
        return builder.build();
    }

    private static ThreadPoolExecutor threads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
            Thread thread = new Thread(work, "ml-delivery-cluster");
            thread.setDaemon(true);
            return thread;
        });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }
}
