package io.jenkins.plugins.mldelivery.provision.manifests;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Names;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesClients;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ManifestReader;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.NamespaceRules;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.SecretManifests;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.provision.ProvisionResult;
import io.jenkins.plugins.mldelivery.provision.Workspace;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Applies the manifests of a folder. The plan compares each live object with the server's own dry run of the apply, so defaults and other managers' fields are no
 * changes. Conflicts with other field managers are errors, not overwritten.
 */
public final class ManifestProvisioner {
    private static final long MAX_BYTES = 8L * 1024 * 1024;
    /** Bytes of manifests; as much as their step itself takes. As JSON they may have a few more. */
    private static final long SMALL = 64 * 1024;
    private static final Duration A_WHILE = Duration.ofSeconds(30);

    private final Environment environment;
    private final ManifestTurns turns;
    private final RunTime time;

    /**
     * For one run.
     *
     * @param turns shared by all runs of the process
     * @param timeout how long it may take from now on, such as {@code 30m}
     */
    public ManifestProvisioner(Environment environment, ManifestTurns turns, String timeout) throws DeliveryException {
        this.environment = environment;
        this.turns = turns;
        this.time = RunTime.of(timeout, environment);
    }

    /** Those of these file names that are manifests. */
    public static List<String> names(List<String> files) {
        return files.stream().filter(f -> f.endsWith(".yaml") || f.endsWith(".yml") || f.endsWith(".json") && !f.endsWith(".tf.json")).toList();
    }

    /** Refuses what only Terraform has: somebody could take it for values that are put into the manifests. */
    public static void check(ProvisionRequest request) throws DeliveryException {
        refuse("variables", !request.variables().isEmpty());
        refuse("varFiles", !request.varFiles().isEmpty());
        refuse("backendConfig", !request.backendConfig().isEmpty());
        refuse("executable", request.executable() != null);
    }

    private static void refuse(String parameter, boolean given) throws DeliveryException {
        if (given) {
            throw DeliveryException.invalid(
                    parameter, "it has no effect on Kubernetes manifests", "Leave it out, or set `tool` if Terraform is meant.");
        }
    }

    /**
     * Reads the manifests of the request's folder; then plans, guards and applies.
     *
     * @param namespaces in which objects may be
     * @throws IOException when they can't be read, or have more than 8 MiB in all
     */
    public ProvisionResult run(ProvisionRequest request, Workspace workspace, ClusterAccess cluster,
            NamespaceRules namespaces)
            throws DeliveryException, IOException, InterruptedException {
        try (ManifestRun run = begin(request, workspace, cluster, namespaces)) {
            ProvisionResult result = null;
            while (result == null) {
                result = run.advance(A_WHILE);
            }
            return result;
        }
    }

    /**
     * Reads the manifests of the request's folder, and leaves the rest to whoever advances the run, and closes it.
     *
     * @param namespaces in which objects may be
     * @throws IOException when they can't be read, or have more than 8 MiB in all
     */
    public ManifestRun begin(ProvisionRequest request, Workspace workspace, ClusterAccess cluster,
            NamespaceRules namespaces)
            throws DeliveryException, IOException, InterruptedException {
        List<KeptObject> objects = read(workspace, request.dir());
        Names.dnsLabel("namespace", request.namespace(), Names.LONGEST_LABEL);
        long size = objects.stream().mapToLong(KeptObject::size).sum();
        return new ManifestRun(
                environment, turns, time, request, objects, size > 2 * SMALL, namespaces,
                room -> KubernetesClients.open(cluster, environment, Event.Stage.PROVISION, room));
    }

    /**
     * Whether the manifests of a folder are so small that a run may keep them while it waits for a thread.
     *
     * @throws IOException when they can't be looked at
     */
    public static boolean isSmall(Workspace workspace, String folder)
            throws DeliveryException, IOException, InterruptedException {
        return workspace.size(folder, names(workspace.list(folder))) <= SMALL;
    }

    /** The objects of a folder's manifests. Nobody holds their texts afterwards. */
    private List<KeptObject> read(Workspace workspace, String folder)
            throws DeliveryException, IOException, InterruptedException {
        List<String> names = names(workspace.list(folder));
        long size = workspace.size(folder, names);
        // Whoever says that they are small, and sends more, has no turn for more.
        long most = size <= ManifestTurns.LARGE_TEXT ? ManifestTurns.LARGE_TEXT : MAX_BYTES;
        return turns.parse(size, time.patience(environment, List.of()), () -> {
            List<GenericKubernetesResource> objects = parse(workspace.read(folder, names, most));
            SecretManifests.learn(objects, environment, Event.Stage.PROVISION);
            return objects.stream().map(KeptObject::new).toList();
        });
    }

    private static List<GenericKubernetesResource> parse(Map<String, String> texts) throws DeliveryException {
        List<GenericKubernetesResource> objects = new ArrayList<>();
        ManifestReader reader = new ManifestReader("dir");
        for (Map.Entry<String, String> file : texts.entrySet()) {
            objects.addAll(reader.read("'" + file.getKey() + "'", file.getValue()));
        }
        if (objects.isEmpty()) {
            throw DeliveryException.invalid("dir", "the manifests hold no object", "Put Kubernetes objects into them.");
        }
        ManifestReader.sort(objects);
        return objects;
    }
}
