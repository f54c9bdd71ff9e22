package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.deploy.targets.traffic.Right;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks the API server whether the rollout may do everything that it may have to do. Dry runs show only the rights of what they try: without the right to delete, a canary
 * would come to the end of its way and stay there.
 */
final class Permissions {
    private final KubernetesClient client;
    private final String namespace;

    Permissions(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** What the Lease, the Deployments and the look at the pods take. docs/reference/deploy-model.md has all rights as YAML. */
    static List<Right> ofRollout(String stable, String canary) {
        return List.of(
                new Right("coordination.k8s.io", "leases", List.of("get", "create", "update", "delete"), List.of(stable)),
                new Right("apps", "deployments", List.of("get", "create", "patch", "delete"), List.of(stable, canary)),
                new Right("apps", "deployments/scale", List.of("get", "update"), List.of(stable)),
                new Right("", "pods", List.of("list"), List.of()),
                new Right("apps", "replicasets", List.of("get"), List.of()));
    }

    /** What is not permitted of these, such as <code>delete deployments</code>; empty when all is, or when the server does not answer such questions. */
    String missing(List<Right> rights) {
        List<String> missing = new ArrayList<>();
        for (Right right : rights) {
            List<String> refused = right.verbs().stream().filter(verb -> !allowed(right, verb)).toList();
            if (!refused.isEmpty()) {
                missing.add(String.join(" and ", refused) + " " + right.resource());
            }
        }
        return String.join(", ", missing);
    }

    /** For the whole namespace, or else for each of the objects, as a Role with resourceNames gives it. */
    private boolean allowed(Right right, String verb) {
        return allowed(right, verb, "") || !right.names().isEmpty() && right.names().stream().allMatch(name -> allowed(right, verb, name));
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
