package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.time.Duration;
import java.util.Map;
import org.junit.Test;

/** An API server decides how many pages a list has. */
public class ApiListsTest {
    @Test(timeout = 60_000)
    public void pagesWithoutEndHaveALimitOfTime() throws Exception {
        String page = "{\"kind\": \"PodList\", \"apiVersion\": \"v1\", \"metadata\": {\"continue\": \"x\"}, \"items\": []}";
        try (LoopbackServer server = LoopbackServer.start(request ->
                        new LoopbackServer.Answer(200, page, Map.of("Content-Type", "application/json")));
                KubernetesClient client = TestEnvironment.open(ClusterAccess.server(server.url(), null, null))) {
            KubernetesClientException e = assertThrows(KubernetesClientException.class, () -> ApiLists.read(
                    client, "/api/v1/namespaces/ml/pods", Map.of(), Pod.class, 0, pod -> 0, Duration.ofSeconds(1)));
            assertEquals("the list took more than 1 s", e.getMessage());
        }
    }
}
