package io.jenkins.plugins.mldelivery.playground.kube;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the server says of itself, for kubectl and the fabric8 client. */
final class Discovery {
    private final ObjectMapper json = new ObjectMapper();

    /** The answer to a discovery path, or null when it is none. */
    ObjectNode answer(String path) {
        if (path.equals("/version")) {
            return json.createObjectNode().put("major", "1").put("minor", "33").put("gitVersion", "v1.33.0-ml-delivery-playground").put("platform", "playground/jvm");
        }
        if (path.equals("/api")) {
            ObjectNode versions = json.createObjectNode().put("kind", "APIVersions");
            versions.putArray("versions").add("v1");
            return versions;
        }
        if (path.equals("/apis")) {
            return groups();
        }
        String group = path.equals("/api/v1") ? "" : path.startsWith("/apis/") ? path.substring("/apis/".length()) : null;
        return group == null ? null : resources(group);
    }

    private ObjectNode groups() {
        ObjectNode list = json.createObjectNode().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = list.putArray("groups");
        Set<String> seen = new LinkedHashSet<>();
        for (ResourceType type : ResourceType.ALL) {
            if (!type.group().isEmpty() && seen.add(type.group())) {
                ObjectNode group = groups.addObject().put("name", type.group());
                group.putArray("versions").addObject().put("groupVersion", type.apiVersion()).put("version", type.version());
                group.putObject("preferredVersion").put("groupVersion", type.apiVersion()).put("version", type.version());
            }
        }
        return list;
    }

    private ObjectNode resources(String groupVersion) {
        String wanted = groupVersion.isEmpty() ? "v1" : groupVersion;
        List<ResourceType> types = ResourceType.ALL.stream().filter(t -> t.apiVersion().equals(wanted)).toList();
        if (types.isEmpty()) {
            return null;
        }
        ObjectNode list = json.createObjectNode().put("kind", "APIResourceList").put("apiVersion", "v1").put("groupVersion", wanted);
        ArrayNode resources = list.putArray("resources");
        for (ResourceType type : types) {
            add(resources, type, type.plural());
            if (type == ResourceType.DEPLOYMENTS || type == ResourceType.REPLICA_SETS) {
                add(resources, type, type.plural() + "/scale");
            }
            if (List.of(ResourceType.DEPLOYMENTS, ResourceType.PODS, ResourceType.HTTP_ROUTES).contains(type)) {
                add(resources, type, type.plural() + "/status");
            }
        }
        return list;
    }

    private static void add(ArrayNode resources, ResourceType type, String name) {
        ObjectNode r = resources.addObject().put("name", name).put("singularName", type.kind().toLowerCase(java.util.Locale.ROOT)).put("namespaced", type.namespaced()).put("kind", name.endsWith("/scale") ? "Scale" : type.kind());
        ArrayNode verbs = r.putArray("verbs");
        for (String verb : name.contains("/") ? List.of("get", "patch", "update") : List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")) {
            verbs.add(verb);
        }
    }
}
