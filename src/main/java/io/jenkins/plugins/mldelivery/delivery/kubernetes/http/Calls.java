package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.http.NameLookup;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What one user of shared connections asks, which ends with him: the library does not end a call when whoever waited for
 * it was interrupted, and repeats it.
 */
final class Calls {
    private final Exchanges exchanges;
    private final NameLookup names;
    private final Owner owner;
    private final Set<CompletableFuture<?>> unanswered = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    /**
     * @param names finds the addresses of new connections
     * @param owner whose calls they are
     */
    Calls(Exchanges exchanges, NameLookup names, Owner owner) {
        this.exchanges = exchanges;
        this.names = names;
        this.owner = owner;
    }

    Exchanges exchanges() {
        return exchanges;
    }

    /** @param pages see {@link Exchanges#send} */
    CompletableFuture<HttpResponse<AsyncBody>> send(
            StandardHttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer, PageRequests pages) {
        if (ended) {
            return CompletableFuture.failedFuture(closed());
        }
        CompletableFuture<HttpResponse<AsyncBody>> answer = exchanges.send(request, consumer, names, owner, pages);
        unanswered.add(answer);
        answer.whenComplete((head, e) -> unanswered.remove(answer));
        if (ended) {
            end();
        }
        return answer;
    }

    /** Gives up what has had no answer, and asks nothing any more. */
    void end() {
        ended = true;
        unanswered.forEach(answer -> answer.completeExceptionally(closed()));
    }

    private static KubernetesClientException closed() {
        return new KubernetesClientException("the client is closed");
    }
}
