package io.jenkins.plugins.mldelivery.provision.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesErrors;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.NamespaceRules;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.AnswerRoom;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.provision.ProvisionResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Plans, guards and applies the objects of manifests, object by object, so that others can have the thread in between.
 * Used by one thread at a time, and closed in the end.
 */
public final class ManifestRun implements AutoCloseable {
    private static final String FIELD_MANAGER = "ml-delivery";
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final Environment environment;
    private final ManifestTurns turns;
    private final RunTime time;
    private final ProvisionRequest request;
    private final List<KeptObject> objects;
    private final NamespaceRules namespaces;
    private final Clients clients;
    private final AnswerRoom room = new AnswerRoom();
    private final Map<String, Boolean> kinds = new HashMap<>();
    private final List<String> newNamespaces = new ArrayList<>();
    private final PlanDigest digest = new PlanDigest();
    private final List<Planned> plan = new ArrayList<>();
    /** What was applied, for whom it may concern that not all was. */
    private final List<String> done = new ArrayList<>();
    private KubernetesClient client;
    private int placed;
    /** Whether it waits for turns, on a thread that others have no need of. */
    private boolean large;
    /** What is to be applied, in this order; null before all is planned. */
    private List<Planned> order;

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

    /** Opens connections to the cluster. */
    interface Clients {
        /** @param room of the client */
        KubernetesClient open(AnswerRoom room) throws DeliveryException;
    }

    /**
     * For one run.
     *
     * @param large whether the objects are too many to be kept while others have the thread
     * @param namespaces in which objects may be
     */
    ManifestRun(
            Environment environment, ManifestTurns turns, RunTime time, ProvisionRequest request, List<KeptObject> objects,
            boolean large, NamespaceRules namespaces, Clients clients) {
        this.environment = environment;
        this.turns = turns;
        this.time = time;
        this.request = request;
        this.objects = objects;
        this.namespaces = namespaces;
        this.large = large;
        this.clients = clients;
    }

    /**
     * Whether it keeps its thread until it has ended, and may wait there for a turn, since its objects or the cluster's
     * are large.
     */
    public boolean isLarge() {
        return large;
    }

    /**
     * Goes on with the run for about so long: an object that was begun is ended, by its own time limits. Looks before
     * each object at the time that is left, and whether the thread was interrupted.
     *
     * @return null when there is more to do; no connection is open until then
     */
    public ProvisionResult advance(Duration most) throws DeliveryException, InterruptedException {
        boolean kept = large;
        Instant until = environment.clock().now().plus(most);
        client = clients.open(room);
        try {
            while (step()) {
                if (kept != large || !large && !environment.clock().now().isBefore(until)) {
                    return null;
                }
            }
        } finally {
            close();
        }
        boolean changed = plan.stream().anyMatch(p -> !p.action().equals("none"));
        return new ProvisionResult(
                "kubernetes", !order.isEmpty(), changed, count("create"), count("update"), count("delete"), Map.of(), digest.end());
    }

    /** Says what was done before the run was ended by an abort between two objects. */
    public void aborted() {
        environment.warn(Event.Stage.PROVISION, "aborted" + before());
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
            client = null;
        }
    }

    /** Whether there is more to do. */
    private boolean step() throws DeliveryException, InterruptedException {
        goOn();
        if (placed < objects.size()) {
            place(objects.get(placed++));
        } else {
            try {
                planOrApply();
            } catch (ManifestTurns.TooLarge e) {
                large = true; // That object once more, where it may wait.
            }
        }
        return order == null || done.size() < order.size();
    }

    private void planOrApply() throws DeliveryException, InterruptedException {
        if (plan.size() < objects.size()) {
            plan(objects.get(plan.size()));
        } else if (order == null) {
            order = decide();
        } else if (done.size() < order.size()) {
            apply(order.get(done.size()));
        }
    }

    /** Calls the cluster with an object. */
    private <T, E extends Exception> T call(KeptObject object, ManifestTurns.Work<T, E> work)
            throws DeliveryException, InterruptedException, E {
        return large
                ? turns.call(object.size(), room, time.patience(environment, done), work)
                : ManifestTurns.callSmall(object.size(), room, work);
    }

    private void goOn() throws DeliveryException, InterruptedException {
        time.check(environment, done);
    }

    private String before() {
        return time.before(done);
    }

    /** Gives an object its namespace, and refuses one that may not be there, before anything is sent of any of them. */
    private void place(KeptObject kept) throws DeliveryException, InterruptedException {
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
            goOn();
            throw explain("plan", planned, e);
        }
    }

    private void plan(KeptObject object) throws DeliveryException, InterruptedException {
        try {
            plan.add(call(object, () -> planned(object)));
        } catch (KubernetesClientException e) {
            goOn();
            throw explain("plan", new Planned(object, "none"), e);
        }
    }

    private Planned planned(KeptObject kept) {
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

    /** Tells the plan. */
    private List<Planned> decide() throws DeliveryException {
        plan.stream().filter(p -> !p.action().equals("none")).forEach(p -> environment.info(Event.Stage.PROVISION, "plan: " + p.action() + " " + p.title()));
        int destroy = count("delete");
        environment.info(Event.Stage.PROVISION, "plan: " + count("create") + " to add, " + count("update") + " to change, " + destroy + " to destroy");
        if (request.action().equals("plan")) {
            return List.of();
        }
        if (destroy > 0 && !request.allowDestroy()) {
            throw new DeliveryException(
                    DeliveryException.Kind.REFUSED, "allowDestroy",
                    "the plan deletes " + String.join(", ", plan.stream().filter(p -> p.action().equals("delete")).map(Planned::title).toList()) + "; nothing was applied",
                    "Set `allowDestroy` if that is meant.", null);
        }
        List<Planned> changes = new ArrayList<>(plan.stream().filter(p -> !p.action().equals("none")).toList());
        if (destroy > 0) {
            Collections.reverse(changes);
        }
        return changes;
    }

    private int count(String action) {
        return (int) plan.stream().filter(p -> p.action().equals(action)).count();
    }

    private void apply(Planned p) throws DeliveryException, InterruptedException {
        PlannedDeletion deletion = new PlannedDeletion(client);
        try {
            call(p.kept(), () -> {
                if (p.action().equals("delete")) {
                    deletion.run(p.object(), p.uid());
                } else {
                    client.resource(p.kept().whole()).fieldManager(FIELD_MANAGER).serverSideApply();
                }
                return null;
            });
        } catch (KubernetesClientException e) {
            goOn();
            throw after(explain(p.action(), p, e));
        } catch (PlannedDeletion.AnotherObject e) {
            throw after(DeliveryException.failed(
                    "dir", p.title() + " was deleted and made anew by somebody else after the plan, so it is left alone",
                    "Look at it, and run this again.", e));
        }
        done.add(p.title());
        environment.info(Event.Stage.PROVISION, "done: " + p.action() + " " + p.title());
        environment.events().accept(new Event.Progress(environment.clock().now(), Event.Stage.PROVISION, "apply", done.size(), order.size(), "objects"));
    }

    private DeliveryException after(DeliveryException why) {
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
