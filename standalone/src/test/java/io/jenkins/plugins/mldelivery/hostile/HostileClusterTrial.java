package io.jenkins.plugins.mldelivery.hostile;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesClients;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesErrors;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.ApiLists;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** As many calls as a Jenkins controller makes at once, each to another hostile answer, over and over. */
public final class HostileClusterTrial implements Callable<String> {
    /** Calls in all. */
    static final int CALLS = 192;

    private static final int AT_ONCE = 24;

    private static final List<String> ANSWERS = List.of(
            "endless",
            "chunked",
            "tiny-chunks",
            "gzip-bomb",
            "lying-length",
            "error",
            "headers",
            "one-header",
            "long-extension",
            "objects",
            "pods",
            "deep",
            "yaml",
            "number",
            "dots",
            "full");

    private final String url;

    /** @param url of a {@link HostileCluster} */
    public HostileClusterTrial(String url) {
        this.url = url;
    }

    @Override
    public String call() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        List<CompletableFuture<String>> calls = new ArrayList<>();
        try (KubernetesClient client = KubernetesClients.open(
                ClusterAccess.server(url, null, SecretText.of("secret-token")),
                TestEnvironment.quiet(),
                Event.Stage.DEPLOY)) {
            for (int i = 0; i < CALLS; i++) {
                String answer = ANSWERS.get(i % ANSWERS.size());
                Consumer<KubernetesClient> call = calls(answer).get(i / ANSWERS.size() % 3);
                calls.add(CompletableFuture.supplyAsync(() -> ended(client, call), threads));
            }
            StringBuilder all = new StringBuilder();
            for (CompletableFuture<String> call : calls) {
                all.append(call.get(120, TimeUnit.SECONDS)).append('\n');
            }
            return all.toString();
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Consumer<KubernetesClient>> calls(String answer) {
        return List.of(
                client -> client.apps()
                        .deployments()
                        .inNamespace(answer)
                        .withName("a")
                        .get(),
                client -> ApiLists.read(
                        client, "/api/v1/namespaces/" + answer + "/pods", Map.of("a", "b"), Pod.class, pod -> 0),
                client -> client.pods().inNamespace(answer).list());
    }

    private static String ended(KubernetesClient client, Consumer<KubernetesClient> call) {
        try {
            call.accept(client);
            return "no failure";
        } catch (KubernetesClientException e) {
            return KubernetesErrors.explain("read it", e).getMessage();
        }
    }
}
