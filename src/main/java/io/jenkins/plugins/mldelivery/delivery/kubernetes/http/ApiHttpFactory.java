package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.utils.HttpClientUtils;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/**
 * Makes the HTTP clients of one cluster. Of the library's configuration they take the login and the times; TLS, the
 * proxy and the rules are given here.
 */
public final class ApiHttpFactory implements HttpClient.Factory {
    private final SSLContext tls;
    private final URI proxy;
    private final HostRules hosts;
    private final AnswerRoom room;

    /**
     * With a narrow room for answers.
     *
     * @param tls which certificates are trusted, and the client's own
     * @param proxy of HTTP, or null for the JVM's own rules
     * @param hosts which hosts may be sent requests
     */
    public ApiHttpFactory(SSLContext tls, URI proxy, HostRules hosts) {
        this(tls, proxy, hosts, new AnswerRoom());
    }

    /**
     * The same, with a room for answers.
     *
     * @param room of the client that is made
     */
    public ApiHttpFactory(SSLContext tls, URI proxy, HostRules hosts, AnswerRoom room) {
        this.tls = tls;
        this.proxy = proxy;
        this.hosts = hosts;
        this.room = room;
    }

    AnswerRoom room() {
        return room;
    }

    SSLContext tls() {
        return tls;
    }

    URI proxy() {
        return proxy;
    }

    HostRules hosts() {
        return hosts;
    }

    @Override
    public HttpClient.Builder newBuilder(Config config) {
        ApiHttpBuilder builder = newBuilder();
        builder.tag(config.getRequestConfig());
        builder.connectTimeout(config.getConnectionTimeout(), TimeUnit.MILLISECONDS);
        HttpClientUtils.createApplicableInterceptors(config, this).forEach(builder::addOrReplaceInterceptor);
        return builder;
    }

    @Override
    public ApiHttpBuilder newBuilder() {
        return new ApiHttpBuilder(this);
    }
}
