package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.utils.HttpClientUtils;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.http.NameLookup;
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
    private final NameLookup names;
    private final AnswerRoom room;
    private final Owner owner;

    /**
     * With a narrow room for answers.
     *
     * @param tls which certificates are trusted, and the client's own
     * @param proxy of HTTP, or null for the JVM's own rules
     * @param hosts which hosts may be sent requests
     * @param names finds their addresses
     */
    public ApiHttpFactory(SSLContext tls, URI proxy, HostRules hosts, NameLookup names) {
        this(tls, proxy, hosts, names, new AnswerRoom());
    }

    /**
     * The same, with a room for answers.
     *
     * @param room of the client that is made
     */
    public ApiHttpFactory(SSLContext tls, URI proxy, HostRules hosts, NameLookup names, AnswerRoom room) {
        this(tls, proxy, hosts, names, room, Owner.only());
    }

    private ApiHttpFactory(
            SSLContext tls, URI proxy, HostRules hosts, NameLookup names, AnswerRoom room, Owner owner) {
        this.tls = tls;
        this.proxy = proxy;
        this.hosts = hosts;
        this.names = names;
        this.room = room;
        this.owner = owner;
    }

    AnswerRoom room() {
        return room;
    }

    /**
     * Makes clients that share the connections of one, for somebody else, who closes them: what they open is found by other
     * look-ups, each of which is its owner's, and an owner has its share of the threads that ask. They end with the one at
     * the latest.
     *
     * @param client which a factory of this class has made
     * @param names finds the addresses of new connections
     * @param owner whose calls they are
     */
    public static HttpClient.Factory sharing(HttpClient client, NameLookup names, Owner owner) {
        ApiHttpFactory own = ((ApiHttpBuilder) client.newBuilder()).getClientFactory();
        ApiHttpFactory other = new ApiHttpFactory(own.tls, own.proxy, own.hosts, names, own.room, owner);
        return new HttpClient.Factory() {
            @Override
            public HttpClient.Builder newBuilder(Config config) {
                return newBuilder(); // With all that the shared client has of the configuration.
            }

            @Override
            public HttpClient.Builder newBuilder() {
                return ((ApiHttpBuilder) client.newBuilder()).clientFactory(other);
            }
        };
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

    NameLookup names() {
        return names;
    }

    Owner owner() {
        return owner;
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
