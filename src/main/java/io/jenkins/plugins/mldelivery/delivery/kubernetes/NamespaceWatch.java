package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;

/** The watches of one namespace, shared by all rollouts there: of the Deployments and of the Pods that carry the engine's label. */
final class NamespaceWatch implements WatchStream.Listener {
    /** How many watches a namespace takes. */
    static final int STREAMS = 2;

    private static final String SELECTOR = URLEncoder.encode("app.kubernetes.io/managed-by=ml-delivery", StandardCharsets.UTF_8);

    private final List<WatchStream> streams;
    private final KubernetesClient shared;
    private final KubernetesClient client;
    private final Map<String, Set<ModelWatch>> models = new HashMap<>();

    /** @param client by which it asks, and which is closed with it unless it is the shared one */
    NamespaceWatch(
            KubernetesClient shared, KubernetesClient client, String namespace, ScheduledExecutorService timer) {
        this.shared = shared;
        this.client = client;
        String space = "/namespaces/" + URLEncoder.encode(namespace, StandardCharsets.UTF_8) + "/";
        streams = List.of(
                new WatchStream(client, "apis/apps/v1" + space + "deployments?labelSelector=" + SELECTOR, timer, this),
                new WatchStream(client, "api/v1" + space + "pods?labelSelector=" + SELECTOR, timer, this));
    }

    void start() {
        streams.forEach(WatchStream::start);
    }

    synchronized void add(ModelWatch watch) {
        models.computeIfAbsent(watch.model(), m -> new HashSet<>()).add(watch);
    }

    /** Whether that was the last one. */
    synchronized boolean remove(ModelWatch watch) {
        Set<ModelWatch> same = models.getOrDefault(watch.model(), Set.of());
        if (same.remove(watch) && same.isEmpty()) {
            models.remove(watch.model());
        }
        return models.isEmpty();
    }

    boolean connected() {
        return streams.stream().allMatch(WatchStream::up);
    }

    boolean refused() {
        return streams.stream().anyMatch(WatchStream::refused);
    }

    void stop() {
        streams.forEach(WatchStream::stop);
        if (client != shared) {
            client.close();
        }
    }

    @Override
    public void changed(String model) {
        List<ModelWatch> woken;
        synchronized (this) {
            woken = List.copyOf(models.getOrDefault(model, Set.of()));
        }
        woken.forEach(ModelWatch::changed);
    }

    @Override
    public void gap() {
        List<ModelWatch> woken = new ArrayList<>();
        synchronized (this) {
            models.values().forEach(woken::addAll);
        }
        woken.forEach(ModelWatch::changed);
    }
}
