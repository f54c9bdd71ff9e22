package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnection;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnections;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesErrors;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * As many rollouts of one process as are given as an argument list a track's pods at once, each at a server of its own,
 * and all keep what they found until the last one has it.
 */
public final class ManyListsTrial {
    private ManyListsTrial() {}

    /** @param args the URL of the servers, and how many there are: each has a path of its own behind it */
    public static void main(String[] args) throws Exception {
        int looks = Integer.parseInt(args[1]);
        CountDownLatch found = new CountDownLatch(looks);
        ExecutorService threads = Executors.newFixedThreadPool(looks);
        List<Future<String>> said = new ArrayList<>();
        try (ClusterConnections connections = new ClusterConnections()) {
            for (int i = 0; i < looks; i++) {
                ClusterAccess access = ClusterAccess.server(args[0] + "/" + i, null, null);
                said.add(threads.submit(() -> look(connections, access, found)));
            }
            StringBuilder all = new StringBuilder();
            for (Future<String> one : said) {
                all.append(one.get()).append('\n');
            }
            System.out.print(all);
        } finally {
            threads.shutdownNow();
        }
    }

    private static String look(ClusterConnections connections, ClusterAccess access, CountDownLatch found)
            throws Exception {
        OwnedPods.Maker maker = OwnedPods.Maker.of(new DeploymentBuilder()
                .withNewMetadata()
                .withName("churn")
                .withUid("1")
                .endMetadata()
                .build());
        try (ClusterConnection connection = connections.connect(access, TestEnvironment.quiet())) {
            OwnedPods.Found pods = null;
            String said;
            try {
                pods = new OwnedPods(connection.client(), "ml").find(Map.of("app", "churn"), maker);
                said = pods.strangers().size() + " strangers";
            } catch (KubernetesClientException e) {
                said = KubernetesErrors.said(e);
            }
            found.countDown();
            found.await();
            // Reached until now.
            return pods == null || pods.pods().isEmpty() ? said : "pods of the Deployment";
        }
    }
}
