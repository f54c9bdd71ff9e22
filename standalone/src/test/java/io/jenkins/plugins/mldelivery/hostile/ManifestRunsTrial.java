package io.jenkins.plugins.mldelivery.hostile;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.provision.LocalWorkspace;
import io.jenkins.plugins.mldelivery.provision.Provision;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.provision.manifests.ManifestTurns;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Plans the manifests of some folders, as many runs at once as the plugin makes. Prints what each ended with. */
final class ManifestRunsTrial {
    private ManifestRunsTrial() {}

    /** @param args the server's URL, how many runs, the time-out of each, and the folders */
    public static void main(String[] args) throws Exception {
        ManifestTurns turns = new ManifestTurns();
        ExecutorService threads = Executors.newFixedThreadPool(Integer.parseInt(args[1]));
        List<Future<String>> runs = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            String folder = args[3 + i % (args.length - 3)];
            runs.add(threads.submit(() -> folder + ": " + run(args[0], folder, args[2], turns)));
        }
        for (Future<String> run : runs) {
            System.out.println(run.get());
        }
        System.out.println("ALL");
        System.exit(0);
    }

    private static String run(String url, String folder, String timeout, ManifestTurns turns) throws Exception {
        Environment environment = new Environment((command, lines) -> {
            throw new AssertionError("no program is run here");
        }, Clock.system(), Secrets.none(), EventSink.none());
        ProvisionRequest d = ProvisionRequest.of(folder);
        ProvisionRequest request = new ProvisionRequest(folder, "kubernetes", "plan", Map.of(), List.of(), Map.of(), false,
                null, "default", d.lockTimeout(), timeout);
        try {
            new Provision(LocalWorkspace.inside(Path.of("").toAbsolutePath()), environment, turns)
                    .run(request, ClusterAccess.server(url, null, null));
            return "planned";
        } catch (DeliveryException e) {
            return e.getMessage();
        }
    }
}
