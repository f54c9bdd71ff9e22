package io.jenkins.plugins.mldelivery.playground.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** The cluster's objects, with versions, field ownership, watches and garbage collection. Thread-safe. */
final class ObjectStore {
    /** Added to the name of a manager that writes through the scale subresource, which is noted apart. */
    static final String BY_SCALE = ManagedFields.SUBRESOURCE + "scale";
    /** The same for the status. Nothing else is noted of it than that it is kept. */
    private static final String BY_STATUS = ManagedFields.SUBRESOURCE + "status";
    private static final List<String> STATUS = List.of("status");

    private static final int HISTORY = 5000;

    /** A change, as watches tell it. */
    record Change(long version, String type, ResourceType resource, ObjectNode object) {}

    private record Key(ResourceType type, String namespace, String name) {}

    private final Map<Key, Entry> entries = new HashMap<>();
    private final Deque<Change> history = new ArrayDeque<>();
    private final Set<Consumer<Change>> watchers = new HashSet<>();
    private long version = 1;

    synchronized long version() {
        return version;
    }

    /** A copy of an object, or null. */
    synchronized ObjectNode get(ResourceType type, String namespace, String name) {
        Entry entry = entries.get(key(type, namespace, name));
        return entry == null ? null : entry.object().deepCopy();
    }

    /** The objects of a type, of one namespace or (null) of all, sorted by name. Not to be changed. */
    synchronized List<ObjectNode> list(ResourceType type, String namespace) {
        Map<String, ObjectNode> sorted = new TreeMap<>();
        entries.forEach((k, e) -> {
            if (k.type() == type && (namespace == null || namespace.equals(k.namespace()))) {
                sorted.put(k.namespace() + "/" + k.name(), e.object());
            }
        });
        return new ArrayList<>(sorted.values());
    }

    synchronized ObjectNode create(ResourceType type, String namespace, ObjectNode given, String manager, boolean dryRun) {
        ObjectNode object = given.deepCopy();
        Validation.encode(type, object);
        ObjectNode metadata = object.withObjectProperty("metadata");
        String name = metadata.path("name").asText("");
        if (name.isEmpty() && metadata.has("generateName")) {
            name = metadata.path("generateName").asText() + UUID.randomUUID().toString().substring(0, 5);
            metadata.put("name", name);
        }
        if (name.isEmpty()) {
            throw ApiError.invalid(type, "", "metadata.name: Required value: name or generateName is required");
        }
        checkNamespace(type, namespace);
        if (entries.containsKey(key(type, namespace, name))) {
            throw new ApiError(409, "AlreadyExists", type.plural() + " \"" + name + "\" already exists");
        }
        if (type.namespaced()) {
            metadata.put("namespace", namespace);
        }
        metadata.remove("resourceVersion");
        metadata.put("uid", UUID.randomUUID().toString());
        metadata.put("creationTimestamp", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        metadata.put("generation", 1L);
        object.put("apiVersion", type.apiVersion()).put("kind", type.kind());
        Validation.check(type, object, null);
        Map<String, Set<List<String>>> managers = new TreeMap<>();
        managers.put(manager, new TreeSet<>(Fields::compare));
        managers.get(manager).addAll(Fields.leaves(type, object).keySet());
        return put(type, object, managers, "ADDED", dryRun);
    }

    /** Replaces an object by what the change makes of a copy of it; the status is left alone unless <code>status</code>. */
    synchronized ObjectNode update(ResourceType type, String namespace, String name, String manager, boolean status, boolean dryRun, UnaryOperator<ObjectNode> change) {
        Entry entry = require(type, namespace, name);
        ObjectNode before = entry.object();
        ObjectNode after = change.apply(before.deepCopy());
        Validation.encode(type, after);
        checkVersion(type, name, after, before);
        if (status) {
            ObjectNode kept = before.deepCopy();
            kept.set("status", after.path("status"));
            after = kept;
        } else if (before.has("status")) {
            after.set("status", before.get("status"));
        }
        JsonNode edited = after.at("/metadata/managedFields");
        boolean handed = !edited.isEmpty() && !edited.equals(before.at("/metadata/managedFields"));
        Entry owned = handed ? new Entry(before, ManagedFields.read(edited)) : entry;
        Map<String, Set<List<String>>> managers = managersAfterUpdate(type, owned, after, manager);
        if (status) {
            managers.computeIfAbsent(manager + BY_STATUS, m -> new TreeSet<>(Fields::compare)).add(STATUS);
        }
        return store(type, entry, after, managers, dryRun);
    }

    /** Whoever names a version wants just that one changed. */
    private static void checkVersion(ResourceType type, String name, ObjectNode given, ObjectNode present) {
        String wanted = given.at("/metadata/resourceVersion").asText("");
        if (!wanted.isEmpty() && !wanted.equals(present.at("/metadata/resourceVersion").asText())) {
            throw ApiError.conflict("Operation cannot be fulfilled on " + type.plural() + " \"" + name + "\": the object has been modified; please apply your changes to the latest version and try again");
        }
    }

    /** Server-side apply. */
    synchronized ObjectNode apply(ResourceType type, String namespace, String name, ObjectNode given, String manager,
            boolean force, boolean dryRun) {
        ObjectNode applied = given.deepCopy();
        Validation.encode(type, applied);
        Entry entry = entries.get(key(type, namespace, name));
        if (entry == null) {
            ObjectNode fresh = applied.deepCopy();
            fresh.withObjectProperty("metadata").put("name", name);
            return create(type, namespace, fresh, manager, dryRun);
        }
        checkVersion(type, name, applied, entry.object());
        // A condition, and no field that anybody owns.
        applied.withObjectProperty("metadata").remove("resourceVersion");
        Map<List<String>, JsonNode> wanted = Fields.leaves(type, applied);
        Map<List<String>, JsonNode> present = Fields.leaves(type, entry.object());
        Map<String, Set<List<String>>> managers = copy(entry.managers());
        List<String> conflicts = new ArrayList<>();
        wanted.forEach((path, value) -> managers.forEach((other, owned) -> {
            if (!other.equals(manager) && owned.contains(path) && !Objects.equals(present.get(path), value)) {
                conflicts.add("conflict with \"" + ManagedFields.name(other) + "\": ." + String.join(".", path));
                if (force) {
                    owned.remove(path);
                }
            }
        }));
        if (!conflicts.isEmpty() && !force) {
            throw ApiError.conflict("Apply failed with " + conflicts.size() + " conflict" + (conflicts.size() == 1 ? "" : "s") + ": " + String.join(", ", conflicts));
        }
        ObjectNode after = entry.object().deepCopy();
        Fields.remove(after, managers.getOrDefault(manager, Set.of()).stream()
                .filter(path -> !wanted.containsKey(path))
                .filter(path -> managers.entrySet().stream().noneMatch(e -> !e.getKey().equals(manager) && e.getValue().contains(path)))
                .toList());
        ObjectNode merged = applied.deepCopy();
        merged.remove("status");
        Fields.apply(type, after, merged);
        ObjectNode metadata = after.withObjectProperty("metadata");
        for (String fixed : List.of("uid", "resourceVersion", "creationTimestamp", "generation", "name", "namespace")) {
            if (entry.object().path("metadata").has(fixed)) {
                metadata.set(fixed, entry.object().path("metadata").get(fixed));
            }
        }
        Set<List<String>> owned = new TreeSet<>(Fields::compare);
        owned.addAll(wanted.keySet());
        managers.put(manager, owned);
        return store(type, entry, after, managers, dryRun);
    }

    /**
     * The same for an object that is what somebody has seen: of this <code>uid</code> and <code>resourceVersion</code>,
     * where these are given.
     */
    synchronized ObjectNode delete(ResourceType type, String namespace, String name, JsonNode preconditions) {
        JsonNode metadata = require(type, namespace, name).object().path("metadata");
        for (String field : List.of("uid", "resourceVersion")) {
            String wanted = preconditions.path(field).asText(null);
            if (wanted != null && !wanted.equals(metadata.path(field).asText())) {
                throw ApiError.conflict("Operation cannot be fulfilled on " + type.plural() + " \"" + name
                        + "\": Precondition failed: " + field + " in precondition: "
                        + preconditions.get(field).asText() + ", in object meta: " + metadata.path(field).asText());
            }
        }
        return delete(type, namespace, name, false);
    }

    /** Deletes an object and what it owns; a pod is only marked first, its kubelet finishes. */
    synchronized ObjectNode delete(ResourceType type, String namespace, String name, boolean now) {
        Entry entry = require(type, namespace, name);
        if (type == ResourceType.PODS && !now) {
            if (entry.object().at("/metadata/deletionTimestamp").isMissingNode()) {
                ObjectNode marked = entry.object().deepCopy();
                marked.withObjectProperty("metadata").put("deletionTimestamp", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
                return put(type, marked, entry.managers(), "MODIFIED", false);
            }
            return entry.object();
        }
        entries.remove(key(type, namespace, name));
        ObjectNode gone = entry.object().deepCopy();
        gone.withObjectProperty("metadata").put("resourceVersion", Long.toString(++version));
        tell(new Change(version, "DELETED", type, gone));
        String uid = gone.at("/metadata/uid").asText();
        for (Map.Entry<Key, Entry> e : List.copyOf(entries.entrySet())) {
            Key k = e.getKey();
            boolean inside = type == ResourceType.NAMESPACES && name.equals(k.namespace());
            boolean owned = false;
            for (JsonNode owner : e.getValue().object().at("/metadata/ownerReferences")) {
                owned |= owner.path("uid").asText().equals(uid);
            }
            if ((inside || owned) && entries.containsKey(k)) {
                delete(k.type(), k.namespace(), k.name(), false);
            }
        }
        return gone;
    }

    /** Follows changes after a version; the listener must be quick. */
    synchronized AutoCloseable watch(long after, Consumer<Change> listener) {
        if (after > 0 && !history.isEmpty() && history.peekFirst().version() > after + 1) {
            throw new ApiError(410, "Expired", "too old resource version: " + after);
        }
        if (after > 0) {
            history.stream().filter(c -> c.version() > after).forEach(listener);
        }
        watchers.add(listener);
        return () -> {
            synchronized (ObjectStore.this) {
                watchers.remove(listener);
            }
        };
    }

    private ObjectNode store(ResourceType type, Entry entry, ObjectNode after, Map<String, Set<List<String>>> managers, boolean dryRun) {
        ObjectNode before = entry.object();
        Validation.check(type, after, before);
        ObjectNode metadata = after.withObjectProperty("metadata");
        metadata.set("uid", before.at("/metadata/uid"));
        metadata.set("creationTimestamp", before.at("/metadata/creationTimestamp"));
        metadata.remove("managedFields");
        metadata.put("resourceVersion", before.at("/metadata/resourceVersion").asText());
        boolean spec = !Objects.equals(before.path("spec"), after.path("spec"));
        metadata.put("generation", before.at("/metadata/generation").asLong(1) + (spec ? 1 : 0));
        ObjectNode bare = before.deepCopy();
        bare.withObjectProperty("metadata").remove("managedFields");
        if (bare.equals(after) && managers.equals(entry.managers())) {
            return before.deepCopy();
        }
        return put(type, after, managers, "MODIFIED", dryRun);
    }

    private ObjectNode put(ResourceType type, ObjectNode object, Map<String, Set<List<String>>> managers, String change, boolean dryRun) {
        ObjectNode metadata = object.withObjectProperty("metadata");
        metadata.set("managedFields", ManagedFields.write(type.apiVersion(), managers));
        if (dryRun) {
            return object;
        }
        metadata.put("resourceVersion", Long.toString(++version));
        entries.put(key(type, metadata.path("namespace").asText(null), metadata.path("name").asText()), new Entry(object, managers));
        tell(new Change(version, change, type, object));
        return object.deepCopy();
    }

    private void tell(Change change) {
        history.addLast(change);
        if (history.size() > HISTORY) {
            history.removeFirst();
        }
        List.copyOf(watchers).forEach(w -> w.accept(change));
    }

    private static Map<String, Set<List<String>>> managersAfterUpdate(
            ResourceType type, Entry entry, ObjectNode after, String manager) {
        Map<List<String>, JsonNode> was = Fields.leaves(type, entry.object());
        Map<List<String>, JsonNode> is = Fields.leaves(type, after);
        Map<String, Set<List<String>>> managers = copy(entry.managers());
        is.forEach((path, value) -> {
            if (!Objects.equals(was.get(path), value)) {
                managers.values().forEach(owned -> owned.remove(path));
                managers.computeIfAbsent(manager, m -> new TreeSet<>(Fields::compare)).add(path);
            }
        });
        managers.values().forEach(owned -> owned.removeIf(path -> !is.containsKey(path) && !path.equals(STATUS)));
        return managers;
    }

    private static Map<String, Set<List<String>>> copy(Map<String, Set<List<String>>> managers) {
        Map<String, Set<List<String>>> copy = new TreeMap<>();
        managers.forEach((m, owned) -> {
            Set<List<String>> set = new TreeSet<>(Fields::compare);
            set.addAll(owned);
            copy.put(m, set);
        });
        return copy;
    }

    private void checkNamespace(ResourceType type, String namespace) {
        if (type.namespaced() && !entries.containsKey(key(ResourceType.NAMESPACES, null, namespace))) {
            throw ApiError.notFound(ResourceType.NAMESPACES, namespace);
        }
    }

    private Entry require(ResourceType type, String namespace, String name) {
        Entry entry = entries.get(key(type, namespace, name));
        if (entry == null) {
            throw ApiError.notFound(type, name);
        }
        return entry;
    }

    private static Key key(ResourceType type, String namespace, String name) {
        return new Key(type, type.namespaced() ? namespace : null, name);
    }
}
