package io.jenkins.plugins.mldelivery.provision.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Names;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesClients;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesErrors;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ManifestReader;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.NamespaceRules;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.SecretManifests;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.AnswerRoom;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.provision.ProvisionResult;
import io.jenkins.plugins.mldelivery.provision.Workspace;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Applies the manifests of a folder. The plan compares each live object with the server's own dry run of the apply, so defaults and other managers' fields are no
 * changes. Conflicts with other field managers are errors, not overwritten.
 */
public final class ManifestProvisioner {
    private static final String FIELD_MANAGER = "ml-delivery";
    private static final long MAX_BYTES = 8L * 1024 * 1024;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final Environment environment;
    private final ManifestTurns turns;
    private final AnswerRoom room = new AnswerRoom();
    private final String timeout;
    private final Instant end;

    /**
     * What is planned for one object.
     *
     * @param uid of the object that is there, or null
     */
    private record Planned(KeptObject kept, String action, String uid) {
        Planned(KeptObject kept, String action) {
            this(kept, action, null);
        }

        /** Its address alone. */
        GenericKubernetesResource object() {
            return kept.address();
        }

        String title() {
            GenericKubernetesResource object = object();
            String namespace = object.getMetadata().getNamespace();
            return object.getKind() + " " + (namespace == null ? "" : namespace + "/") + object.getMetadata().getName();
        }
    }

    /**
     * For one run.
     *
     * @param turns shared by all runs of the process
     * @param timeout how long it may take from now on, such as {@code 30m}
     */
    public ManifestProvisioner(Environment environment, ManifestTurns turns, String timeout) throws DeliveryException {
        this.environment = environment;
        this.turns = turns;
        this.timeout = timeout;
        this.end = environment.clock().now().plus(Durations.parse("timeout", timeout));
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
        return run(request, read(workspace, request.dir()), cluster, namespaces);
    }

    /** The objects of a folder's manifests. Nobody holds their texts afterwards. */
    private List<KeptObject> read(Workspace workspace, String folder)
            throws DeliveryException, IOException, InterruptedException {
        List<String> names = names(workspace.list(folder));
        long size = workspace.size(folder, names);
        // Whoever says that they are small, and sends more, has no turn for more.
        long most = size <= ManifestTurns.LARGE_TEXT ? ManifestTurns.LARGE_TEXT : MAX_BYTES;
        return turns.parse(size, patience(List.of()), () -> {
            List<GenericKubernetesResource> objects = parse(workspace.read(folder, names, most));
            SecretManifests.learn(objects, environment, Event.Stage.PROVISION);
            return objects.stream().map(KeptObject::new).toList();
        });
    }

    private ManifestTurns.Patience patience(List<String> done) {
        return new ManifestTurns.Patience() {
            @Override
            public void begins() {
                environment.info(Event.Stage.PROVISION, ManifestTurns.WAITS);
            }

            @Override
            public Duration left() {
                return Duration.between(environment.clock().now(), end);
            }

            @Override
            public void check() throws DeliveryException, InterruptedException {
                goOn(done);
            }
        };
    }

    /**
     * Plans, guards and applies. Looks before each object at the time that is left, and whether the thread was
     * interrupted.
     *
     * @param objects from {@link #read}
     * @param namespaces in which objects may be
     */
    private ProvisionResult run(ProvisionRequest request, List<KeptObject> objects, ClusterAccess cluster,
            NamespaceRules namespaces)
            throws DeliveryException, InterruptedException {
        try (KubernetesClient client = KubernetesClients.open(cluster, environment, Event.Stage.PROVISION, room)) {
            place(client, request, objects, namespaces);
            PlanDigest digest = new PlanDigest();
            List<Planned> plan = plan(client, request, objects, digest);
            int add = count(plan, "create");
            int change = count(plan, "update");
            int destroy = count(plan, "delete");
            plan.stream().filter(p -> !p.action().equals("none")).forEach(p -> environment.info(Event.Stage.PROVISION, "plan: " + p.action() + " " + p.title()));
            environment.info(Event.Stage.PROVISION, "plan: " + add + " to add, " + change + " to change, " + destroy + " to destroy");
            boolean changed = add + change + destroy > 0;
            boolean apply = !request.action().equals("plan");
            if (destroy > 0 && apply && !request.allowDestroy()) {
                throw new DeliveryException(
                        DeliveryException.Kind.REFUSED, "allowDestroy",
                        "the plan deletes " + String.join(", ", plan.stream().filter(p -> p.action().equals("delete")).map(Planned::title).toList()) + "; nothing was applied",
                        "Set `allowDestroy` if that is meant.", null);
            }
            if (apply && changed) {
                apply(client, plan);
            }
            return new ProvisionResult("kubernetes", apply && changed, changed, add, change, destroy, Map.of(), digest.end());
        }
    }

    /** Ends the run when it was aborted or its time is over, and says what was done before. */
    private void goOn(List<String> done) throws DeliveryException, InterruptedException {
        String before = done.isEmpty() ? "; nothing was applied" : "; done before: " + String.join(", ", done);
        if (Thread.interrupted()) {
            environment.warn(Event.Stage.PROVISION, "aborted" + before);
            throw new InterruptedException();
        }
        if (environment.clock().now().isAfter(end)) {
            throw new DeliveryException(DeliveryException.Kind.TIMEOUT, "timeout",
                    "the manifests were not done within " + timeout + before,
                    "Give it more time, or find out why the cluster is slow.", null);
        }
    }

    private static int count(List<Planned> plan, String action) {
        return (int) plan.stream().filter(p -> p.action().equals(action)).count();
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

    /**
     * Gives each object its namespace, and refuses those that may not be there, before anything is sent of any of them.
     */
    private void place(KubernetesClient client, ProvisionRequest request,
            List<KeptObject> objects, NamespaceRules namespaces)
            throws DeliveryException, InterruptedException {
        Names.dnsLabel("namespace", request.namespace(), Names.LONGEST_LABEL);
        Map<String, Boolean> kinds = new HashMap<>();
        for (KeptObject kept : objects) {
            goOn(List.of());
            Planned planned = new Planned(kept, "none");
            GenericKubernetesResource object = kept.address();
            try {
                String kind = object.getApiVersion() + " " + object.getKind();
                if (!kinds.containsKey(kind)) {
                    kinds.put(kind, Boolean.TRUE.equals(FolderKinds.of(client, object, objects).getNamespaced()));
                }
                boolean namespaced = kinds.get(kind);
                if (namespaced && object.getMetadata().getNamespace() == null) {
                    object.getMetadata().setNamespace(request.namespace());
                }
                namespaces.check("dir", planned.title(), namespaced ? object.getMetadata().getNamespace() : null);
            } catch (KubernetesClientException e) {
                goOn(List.of());
                throw explain("plan", planned, e);
            }
        }
    }

    private List<Planned> plan(KubernetesClient client, ProvisionRequest request,
            List<KeptObject> objects, PlanDigest digest) throws DeliveryException, InterruptedException {
        List<Planned> plan = new ArrayList<>();
        List<String> newNamespaces = new ArrayList<>();
        for (KeptObject object : objects) {
            goOn(List.of());
            try {
                plan.add(turns.call(object.size(), room, patience(List.of()),
                        () -> plan(client, request, object, newNamespaces, digest)));
            } catch (KubernetesClientException e) {
                goOn(List.of());
                throw explain("plan", new Planned(object, "none"), e);
            }
        }
        return plan;
    }

    /** @param newNamespaces those that the plan creates before, to which this adds */
    private static Planned plan(KubernetesClient client, ProvisionRequest request, KeptObject kept,
            List<String> newNamespaces, PlanDigest digest) {
        GenericKubernetesResource live = client.resource(kept.address()).get();
        GenericKubernetesResource object = kept.whole();
        String action;
        if (request.action().equals("destroy")) {
            action = live == null ? "none" : "delete";
        } else if (live == null) {
            action = "create";
            if (object.getKind().equals("Namespace")) {
                newNamespaces.add(object.getMetadata().getName());
            }
            boolean namespaceComes = newNamespaces.contains(object.getMetadata().getNamespace());
            if (!namespaceComes) {
                client.resource(object).dryRun().fieldManager(FIELD_MANAGER).serverSideApply();
            }
        } else {
            GenericKubernetesResource next = client.resource(object).dryRun().fieldManager(FIELD_MANAGER).serverSideApply();
            action = comparable(live).equals(comparable(next)) ? "none" : "update";
        }
        digest.add(action, object);
        return new Planned(kept, action, live == null ? null : live.getMetadata().getUid());
    }

    private static JsonNode comparable(GenericKubernetesResource object) {
        ObjectNode node = new ObjectMapper().convertValue(object, ObjectNode.class);
        node.remove("status");
        if (node.get("metadata") instanceof ObjectNode metadata) {
            metadata.remove(List.of("managedFields", "resourceVersion", "generation", "creationTimestamp", "uid"));
        }
        return node;
    }

    private void apply(KubernetesClient client, List<Planned> plan)
            throws DeliveryException, InterruptedException {
        List<Planned> order = new ArrayList<>(plan.stream().filter(p -> !p.action().equals("none")).toList());
        if (order.get(0).action().equals("delete")) {
            Collections.reverse(order);
        }
        List<String> done = new ArrayList<>();
        PlannedDeletion deletion = new PlannedDeletion(client);
        for (Planned p : order) {
            goOn(done);
            try {
                turns.call(p.kept().size(), room, patience(done), () -> {
                    if (p.action().equals("delete")) {
                        deletion.run(p.object(), p.uid());
                    } else {
                        client.resource(p.kept().whole()).fieldManager(FIELD_MANAGER).serverSideApply();
                    }
                    return null;
                });
            } catch (KubernetesClientException e) {
                goOn(done);
                throw after(done, explain(p.action(), p, e));
            } catch (PlannedDeletion.AnotherObject e) {
                throw after(done, DeliveryException.failed(
                        "dir", p.title() + " was deleted and made anew by somebody else after the plan, so it is left alone",
                        "Look at it, and run this again.", e));
            }
            done.add(p.title());
            environment.info(Event.Stage.PROVISION, "done: " + p.action() + " " + p.title());
            environment.events().accept(new Event.Progress(environment.clock().now(), Event.Stage.PROVISION, "apply", done.size(), order.size(), "objects"));
        }
    }

    private static DeliveryException after(List<String> done, DeliveryException why) {
        return done.isEmpty() ? why : new DeliveryException(
                why.kind(), why.parameter(), why.problem() + "; done before: " + String.join(", ", done), why.remedy(), why.getCause());
    }

    private static DeliveryException explain(String what, Planned p, KubernetesClientException e) {
        if (e.getCode() == CONFLICT && e.getMessage() != null && e.getMessage().contains("conflict")) {
            return DeliveryException.failed(
                    "dir", p.title() + " has fields that somebody else manages: " + KubernetesErrors.said(e),
                    "Leave these fields out of the manifest, or give them up at the other side.", e);
        }
        if (e.getCode() == NOT_FOUND && p.object().getMetadata().getNamespace() != null) {
            return DeliveryException.failed(
                    "namespace", "there is no namespace '" + p.object().getMetadata().getNamespace() + "' for " + p.title(), "Add it to the manifests or create it first.", e);
        }
        return KubernetesErrors.explain(what.toLowerCase(Locale.ROOT) + " " + p.title(), e);
    }
}
