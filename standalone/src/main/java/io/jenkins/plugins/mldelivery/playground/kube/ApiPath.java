package io.jenkins.plugins.mldelivery.playground.kube;

import java.util.Arrays;
import java.util.List;

/**
 * A path of the API taken apart.
 *
 * @param type the kind of object
 * @param namespace its namespace, or null
 * @param name its name, or null for the collection
 * @param subresource <code>status</code>, <code>scale</code>, <code>log</code>, <code>proxy</code>, or null
 * @param rest what comes after <code>proxy</code>, with a leading slash
 */
record ApiPath(ResourceType type, String namespace, String name, String subresource, String rest) {
    /** Parses a path below <code>/api</code> or <code>/apis</code>; null when it is none of an object. */
    static ApiPath parse(String path) {
        List<String> parts = Arrays.stream(path.split("/")).filter(p -> !p.isEmpty()).toList();
        boolean core = !parts.isEmpty() && parts.get(0).equals("api");
        int at = core ? 2 : 3;
        if (parts.size() <= at || !core && !parts.get(0).equals("apis")) {
            return null;
        }
        String group = core ? "" : parts.get(1);
        String version = parts.get(at - 1);
        String namespace = null;
        if (parts.get(at).equals("namespaces") && parts.size() > at + 2) {
            namespace = parts.get(at + 1);
            at += 2;
        }
        ResourceType type = find(group, version, parts.get(at));
        if (type == null && namespace != null) {
            // A subresource of a namespace, such as /api/v1/namespaces/x/status.
            at -= 2;
            type = ResourceType.NAMESPACES;
            namespace = null;
        }
        if (type == null) {
            return null;
        }
        String name = parts.size() > at + 1 ? parts.get(at + 1) : null;
        String sub = parts.size() > at + 2 ? parts.get(at + 2) : null;
        String rest = parts.size() > at + 3 ? "/" + String.join("/", parts.subList(at + 3, parts.size())) : "/";
        return new ApiPath(type, namespace, name, sub, rest);
    }

    private static ResourceType find(String group, String version, String plural) {
        return ResourceType.ALL.stream()
                .filter(t -> t.group().equals(group) && t.version().equals(version) && t.plural().equals(plural))
                .findFirst()
                .orElse(null);
    }
}
