package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.client.http.StandardHttpClientBuilder;

/** Builds a client, or one that shares the connections of another. */
public final class ApiHttpBuilder extends StandardHttpClientBuilder<ApiHttpClient, ApiHttpFactory, ApiHttpBuilder> {
    private static final int CONNECT_MILLIS = 10_000;

    ApiHttpBuilder(ApiHttpFactory factory) {
        super(factory);
    }

    @Override
    protected ApiHttpBuilder newInstance(ApiHttpFactory factory) {
        return new ApiHttpBuilder(factory);
    }

    @Override
    public ApiHttpClient build() {
        if (client != null) {
            return new ApiHttpClient(this, client);
        }
        int connect =
                connectTimeout == null || connectTimeout.isZero() ? CONNECT_MILLIS : (int) connectTimeout.toMillis();
        return new ApiHttpClient(
                this,
                new Exchanges(new Dialer(
                        sslContext != null ? sslContext : clientFactory.tls(),
                        clientFactory.proxy(),
                        clientFactory.hosts(),
                        connect)),
                clientFactory.room());
    }
}
