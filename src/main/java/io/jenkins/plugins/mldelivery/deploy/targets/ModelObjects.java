package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.ApiLists;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.targets.traffic.Right;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything of a model but its Deployments, by server-side apply: Services, ServiceAccount, NetworkPolicy, PodDisruptionBudget, autoscaler, and what else is in the user's manifests.
 *
 * <p>What was there before and was not made by this engine gets none of its labels when it is applied to, and only what has these labels is ever removed. Calls may be repeated.
 */
final class ModelObjects {
    /** Who made an object, for {@link #removeAll}. */
    static final String MADE_BY = "ml-delivery.io/made-by";

    /** On the Service: the kinds that the manifests had at any time, for {@link #prune}. */
    static final String KINDS = "ml-delivery.io/kinds";

    /** Kinds that are looked for at most of those that were noted. */
    private static final int MAX_KINDS = 100;
    /** Bytes of memory of an object's kind, name and version, without their characters. */
    private static final int KEPT_OBJECT = 500;

    /** Holds data that nobody could bring back. */
    private static final String NEVER_REMOVED = "PersistentVolumeClaim";

    private final KubernetesClient client;
    private final DeployModelRequest request;
    private final KubernetesObjects objects;
    private final String holder;
    private final ModelServices services;
    private final Surroundings surroundings;
    private final Autoscaler autoscaler;
    /** As the cluster has named them, by version and kind: it is asked for each once. */
    private final Map<String, ObjectKind> kinds = new HashMap<>();
    /** What an {@link #apply} or {@link #removeAll} has done that did not come to its end. */
    private final Set<String> applied = new HashSet<>();
    private final Set<String> removed = new HashSet<>();

    /**
     * @param holder who does this
     * @throws DeliveryException when the request's texts can't be read
     */
    ModelObjects(KubernetesClient client, DeployModelRequest request, KubernetesObjects objects, String holder) throws DeliveryException {
        this.client = client;
        this.request = request;
        this.objects = objects;
        this.holder = holder;
        this.services = new ModelServices(request, objects);
        this.surroundings = new Surroundings(request, objects);
        this.autoscaler = new Autoscaler(request);
    }

    /** The rights that it takes, for the kinds that are wanted. To list them all is not among them: where it is not permitted, {@link #prune} passes a kind over. */
    List<Right> rights() throws DeliveryException, InterruptedException {
        Map<ObjectKind, List<String>> names = new LinkedHashMap<>();
        for (HasMetadata object : everything(null)) {
            names.computeIfAbsent(kind(object), k -> new ArrayList<>()).add(object.getMetadata().getName());
        }
        return names.entrySet().stream()
                .map(e -> new Right(e.getKey().group(), e.getKey().plural(), List.of("get", "create", "patch", "delete"), e.getValue()))
                .toList();
    }

    /** Applies all but the autoscaler. When it was broken off, the next call goes on where this one was. */
    void apply() throws DeliveryException, InterruptedException {
        Service live = liveService();
        for (HasMetadata object : around(live)) {
            if (!applied.contains(title(object))) {
                apply(object, kindsOf(object, live));
                applied.add(title(object));
            }
        }
        applied.clear();
    }

    /**
     * Applies the autoscaler, when one is wanted.
     *
     * @param floor fewest pods while a rollout is under way, or null
     */
    void applyAutoscaler(Integer floor) throws DeliveryException, InterruptedException {
        HasMetadata wanted = autoscaler.wanted(floor);
        if (wanted != null) {
            apply(wanted, null);
        }
    }

    private void apply(HasMetadata object, String kinds) throws DeliveryException, InterruptedException {
        HasMetadata prepared = prepared(object, live(object), kinds);
        Calls.run("apply " + title(object), () -> client.resource(prepared).fieldManager(KubernetesTarget.FIELD_MANAGER).forceConflicts().serverSideApply());
    }

    /** With the labels, unless it is somebody else's. */
    private HasMetadata prepared(HasMetadata object, HasMetadata live, String kinds) {
        HasMetadata copy = Serialization.clone(object);
        Map<String, String> annotations = new LinkedHashMap<>(copy.getMetadata().getAnnotations() == null ? Map.of() : copy.getMetadata().getAnnotations());
        if (live == null || isOurs(live)) {
            Map<String, String> labels = new LinkedHashMap<>(copy.getMetadata().getLabels() == null ? Map.of() : copy.getMetadata().getLabels());
            labels.putAll(objects.labels());
            copy.getMetadata().setLabels(labels);
            if (live == null || holder.equals(annotation(live, MADE_BY))) {
                annotations.put(MADE_BY, holder);
            }
        }
        if (kinds != null) {
            annotations.put(KINDS, kinds);
        }
        copy.getMetadata().setAnnotations(annotations.isEmpty() ? null : annotations);
        return copy;
    }

    private boolean isOurs(HasMetadata live) {
        Map<String, String> labels = live.getMetadata().getLabels() == null ? Map.of() : live.getMetadata().getLabels();
        // The Services of the first releases have no model label.
        return KubernetesObjects.MANAGER.equals(labels.get(KubernetesObjects.MANAGED_BY_LABEL))
                && (request.name().equals(labels.get(KubernetesObjects.MODEL_LABEL)) || request.name().equals(labels.get(KubernetesObjects.NAME_LABEL)));
    }

    private static String annotation(HasMetadata object, String key) {
        return object == null || object.getMetadata().getAnnotations() == null ? null : object.getMetadata().getAnnotations().get(key);
    }

    /** Removes what is labelled as the model's and no longer wanted; a kind that may not be listed or is not known is passed over. */
    void prune() throws DeliveryException, InterruptedException {
        for (GenericKubernetesResource object : unwanted()) {
            delete(object);
        }
    }

    /** What {@link #prune} would remove. */
    List<GenericKubernetesResource> unwanted() throws DeliveryException, InterruptedException {
        Service live = liveService();
        Set<String> wanted = new HashSet<>();
        List<HasMetadata> all = everything(live);
        all.forEach(o -> wanted.add(o.getKind() + "/" + o.getMetadata().getName()));
        Set<ObjectKind> kinds = new LinkedHashSet<>(ObjectKind.SURROUNDINGS);
        for (String text : noted(live)) {
            ObjectKind kind = ObjectKind.parse(text);
            if (kind != null && mayBeRemoved(kind)) {
                kinds.add(kind);
            }
        }
        List<GenericKubernetesResource> unwanted = new ArrayList<>();
        long kept = 0;
        for (ObjectKind kind : kinds) {
            kept = list(kind, kept, o -> !wanted.contains(kind.kind() + "/" + o.getMetadata().getName()) && unwanted.add(o));
        }
        return unwanted;
    }

    /**
     * Whoever may only write to the Service must not have anything else removed by what they note on it: neither a kind
     * that no rollout removes, nor objects of one kind by the names of another.
     */
    private boolean mayBeRemoved(ObjectKind kind) throws DeliveryException, InterruptedException {
        if (kind.kind().equals(NEVER_REMOVED) || !ModelManifests.mayHold(kind.kind())) {
            return false;
        }
        try {
            return kind.isOf(client);
        } catch (KubernetesClientException e) {
            if (Calls.hidden(e)) {
                return false;
            }
            throw Calls.failure("ask for the kinds of " + kind.apiVersion(), e);
        }
    }

    /**
     * Lists the model's objects of a kind.
     *
     * @param kept bytes that are kept of other kinds
     * @param receiver takes each, with no more than its names and version
     * @return bytes that are kept of all kinds together
     */
    private long list(ObjectKind kind, long kept, Predicate<GenericKubernetesResource> receiver)
            throws DeliveryException, InterruptedException {
        try {
            Map<String, String> labels = Map.of(
                    KubernetesObjects.MODEL_LABEL, request.name(),
                    KubernetesObjects.MANAGED_BY_LABEL, KubernetesObjects.MANAGER);
            return ApiLists.read(client, kind.path(request.namespace()), labels, GenericKubernetesResource.class, kept, whole -> {
                String version = whole.getMetadata().getResourceVersion();
                GenericKubernetesResource object = new GenericKubernetesResource();
                object.setApiVersion(kind.apiVersion()); // Objects of a list do not name them.
                object.setKind(kind.kind());
                object.setMetadata(new ObjectMetaBuilder().withName(whole.getMetadata().getName()).withResourceVersion(version).build());
                boolean keeps = receiver.test(object);
                return keeps ? KEPT_OBJECT + OwnedPods.bytes(List.of(String.valueOf(object.getMetadata().getName()), String.valueOf(version))) : 0;
            });
        } catch (KubernetesClientException e) {
            if (Calls.hidden(e)) {
                return kept;
            }
            throw Calls.failure("list the " + kind.plural() + " of " + request.name(), e);
        }
    }

    /**
     * Removes what this holder's rollout has made, the last first: after a first install that was rolled back. When it
     * was broken off, the next call goes on where this one was.
     */
    void removeAll() throws DeliveryException, InterruptedException {
        List<HasMetadata> all = new ArrayList<>(everything(null));
        Collections.reverse(all);
        for (HasMetadata object : all) {
            if (removed.contains(title(object))) {
                continue;
            }
            GenericKubernetesResource live = live(object);
            if (live != null && isOurs(live) && holder.equals(annotation(live, MADE_BY)) && !live.getKind().equals(NEVER_REMOVED)) {
                delete(live);
            }
            removed.add(title(object));
        }
        removed.clear();
    }

    private void delete(HasMetadata object) throws DeliveryException, InterruptedException {
        ObjectKind kind = kind(object);
        try {
            // What has come in its place, or was given to somebody else, since it was read is another one.
            client.genericKubernetesResources(kind.context()).inNamespace(request.namespace())
                    .withName(object.getMetadata().getName())
                    .lockResourceVersion(object.getMetadata().getResourceVersion()).delete();
        } catch (KubernetesClientException e) {
            if (!Calls.hidden(e)) {
                throw Calls.failure("delete " + title(object), e);
            }
        }
    }

    /** Everything that is wanted but the autoscaler, in the order in which it is applied. */
    List<HasMetadata> around(Service live) {
        List<HasMetadata> own = services.wanted(live);
        Set<String> serviceNames = new HashSet<>();
        own.forEach(s -> serviceNames.add(s.getMetadata().getName()));
        List<HasMetadata> all = new ArrayList<>(surroundings.wanted());
        objects.manifests().others().stream().filter(o -> !(o.getKind().equals("Service") && serviceNames.contains(o.getMetadata().getName()))).forEach(all::add);
        all.addAll(own);
        return all;
    }

    /** With the autoscaler. */
    List<HasMetadata> everything(Service live) {
        List<HasMetadata> all = new ArrayList<>(around(live));
        HasMetadata scaler = autoscaler.wanted(null);
        if (scaler != null) {
            all.add(scaler);
        }
        return all;
    }

    /** The object as it is in the cluster, or null. */
    GenericKubernetesResource live(HasMetadata object) throws DeliveryException, InterruptedException {
        ObjectKind kind = kind(object);
        return Calls.call("read " + title(object), () -> client.genericKubernetesResources(kind.context()).inNamespace(request.namespace()).withName(object.getMetadata().getName()).get());
    }

    /**
     * As it would be applied now.
     *
     * @param service the present Service <code>NAME</code>, or null
     */
    HasMetadata prepared(HasMetadata object, Service service) throws DeliveryException, InterruptedException {
        return prepared(object, live(object), kindsOf(object, service));
    }

    /** Whether an object of this name is there that this engine did not make. */
    boolean isForeign(HasMetadata object) throws DeliveryException, InterruptedException {
        GenericKubernetesResource live = live(object);
        return live != null && !isOurs(live);
    }

    private ObjectKind kind(HasMetadata object) throws DeliveryException, InterruptedException {
        String key = object.getApiVersion() + " " + object.getKind();
        ObjectKind known = kinds.get(key);
        if (known != null) {
            return known;
        }
        try {
            ObjectKind found = ObjectKind.of(client, object);
            kinds.put(key, found);
            return found;
        } catch (KubernetesClientException e) {
            throw Calls.failure("ask for the kinds of " + object.getApiVersion(), e);
        }
    }

    /** The present Service <code>NAME</code>, or null. */
    Service liveService() throws DeliveryException, InterruptedException {
        return Calls.call("read Service " + request.name(), () -> client.services().inNamespace(request.namespace()).withName(request.name()).get());
    }

    /** The value of {@link #KINDS} for an object, or null when it gets none. */
    private String kindsOf(HasMetadata object, Service live) throws DeliveryException, InterruptedException {
        if (!object.getKind().equals("Service") || !object.getMetadata().getName().equals(request.name())) {
            return null;
        }
        Set<String> kinds = noted(live);
        for (GenericKubernetesResource other : objects.manifests().others()) {
            kinds.add(kind(other).text());
        }
        return kinds.isEmpty() ? null : String.join(",", kinds);
    }

    private static Set<String> noted(Service live) {
        String noted = annotation(live, KINDS);
        // Whoever may write to the Service can note any number, and each takes a request.
        return noted == null || noted.isEmpty() ? new TreeSet<>()
                : Stream.of(noted.split(",", MAX_KINDS + 1)).limit(MAX_KINDS).collect(Collectors.toCollection(TreeSet::new));
    }

    static String title(HasMetadata object) {
        return object.getKind() + " " + object.getMetadata().getName();
    }
}
