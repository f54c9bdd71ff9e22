package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.LocalCommands;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import java.util.ArrayList;
import java.util.List;

/** Connections to as many clusters as there may be, all of them used. Prints how many there are, and what one takes. */
public final class ManyClientsTrial {
    private static final int KIB = 1024;

    private ManyClientsTrial() {}

    /** @param args the URL of an API server that has a Deployment and a Pod, and how many jobs want as many as they get */
    public static void main(String[] args) throws Exception {
        ClusterConnections connections = new ClusterConnections();
        // As a controller has it, where each user asks by a client of his own.
        Environment environment = new Environment(
                new LocalCommands(), Clock.system(), Secrets.none(), EventSink.none(), new KnownSecrets(),
                HostRules.standard(), name -> new Thread(name).start());
        List<ClusterConnection> all = new ArrayList<>();
        long before = 0;
        for (int job = 0; job < Integer.parseInt(args[1]); job++) {
            ClusterConnections own = connections.of(Owner.ofJob("job" + job));
            try {
                for (int i = 0; true; i++) {
                    ClusterConnection connection = own.connect(
                            ClusterAccess.server(args[0] + "/" + job + "/" + i, null, SecretText.of("token")),
                            environment);
                    KubernetesClient client = connection.client();
                    client.apps().deployments().inNamespace("ml").withName("x").get();
                    client.pods().inNamespace("ml").withName("x").get();
                    all.add(connection);
                    if (all.size() == 1) {
                        before = used();
                    }
                }
            } catch (DeliveryException e) {
                if (!ClusterConnections.allUsed(e)) {
                    throw e;
                }
            }
        }
        System.out.println(all.size());
        if (args.length > 2) {
            System.out.println((used() - before) / (all.size() - 1) / KIB + " KiB each, threads "
                    + Thread.getAllStackTraces().size());
        }
        System.exit(0);
    }

    private static long used() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(50);
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
