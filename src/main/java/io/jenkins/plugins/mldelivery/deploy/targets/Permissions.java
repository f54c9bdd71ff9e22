package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.deploy.targets.traffic.Right;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Asks the API server whether the rollout may do everything that it may have to do. Dry runs show only the rights of what they try: without the right to delete, a canary
 * would come to the end of its way and stay there.
 */
final class Permissions {
    /** The least Role; docs/reference/deploy-model.md has it as YAML. */
    private static final List<Right> NEEDED = List.of(
            Right.of("coordination.k8s.io", "leases", "get", "create", "update", "delete"),
            Right.of("apps", "deployments", "get", "create", "patch", "delete"),
            Right.of("apps", "deployments/scale", "get", "update"),
            Right.of("", "services", "create", "patch"),
            Right.of("", "pods", "list"));

    private final KubernetesClient client;
    private final String namespace;

    Permissions(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /**
     * What is not permitted, such as <code>delete deployments</code>; empty when all is, or when the server does not answer such questions.
     *
     * @param names resource to the names of its objects that the rollout touches
     * @param more rights that this rollout needs besides
     */
    String missing(Map<String, List<String>> names, List<Right> more) {
        List<String> missing = new ArrayList<>();
        NEEDED.forEach(right -> add(missing, right, names.getOrDefault(right.resource(), List.of())));
        more.forEach(right -> add(missing, right, right.names()));
        return String.join(", ", missing);
    }

    private void add(List<String> missing, Right right, List<String> objects) {
        List<String> refused = right.verbs().stream().filter(verb -> !allowed(right, verb, objects)).toList();
        if (!refused.isEmpty()) {
            missing.add(String.join(" and ", refused) + " " + right.resource());
        }
    }

    /** For the whole namespace, or else for each of the objects, as a Role with resourceNames gives it. */
    private boolean allowed(Right right, String verb, List<String> objects) {
        return allowed(right, verb, "") || !objects.isEmpty() && objects.stream().allMatch(name -> allowed(right, verb, name));
    }

    private boolean allowed(Right right, String verb, String name) {
        String[] resource = right.resource().split("/");
        SelfSubjectAccessReview question = new SelfSubjectAccessReviewBuilder()
                .withNewSpec()
                .withNewResourceAttributes()
                .withNamespace(namespace)
                .withGroup(right.group())
                .withResource(resource[0])
                .withSubresource(resource.length > 1 ? resource[1] : "")
                .withVerb(verb)
                .withName(name)
                .endResourceAttributes()
                .endSpec()
                .build();
        try {
            return Boolean.TRUE.equals(client.authorization().v1().selfSubjectAccessReview().create(question).getStatus().getAllowed());
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return true; // Not answered; then what is really tried shows it.
            }
            throw e;
        }
    }
}
