package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.ApiLists;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The pods that a Deployment has made. Labels alone don't say so: whoever may make a pod in the namespace gives it any
 * labels, and its metrics would then be judged as the canary's. A pod counts only when its controller is a ReplicaSet
 * whose controller is the Deployment, both by uid, as Kubernetes' own controllers tell theirs.
 *
 * <p>Which Deployment has made a ReplicaSet never changes, so it is asked once for each.
 */
final class OwnedPods {
    /** ReplicaSets that are asked for in one look; a Deployment that is being updated has two or three with pods. */
    private static final int MAX_QUESTIONS = 20;

    private final KubernetesClient client;
    private final String namespace;
    /** Of ReplicaSets: the uid to that of the Deployment. */
    private final Map<String, String> makers = new HashMap<>();

    OwnedPods(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** A Deployment. */
    record Maker(String name, String uid) {
        static Maker of(Deployment deployment) {
            return deployment == null ? null
                    : new Maker(deployment.getMetadata().getName(), deployment.getMetadata().getUid());
        }
    }

    /**
     * What a look has found.
     *
     * @param pods those of the Deployment
     * @param strangers the names of those that no ReplicaSet of such a name has made, though they have its labels
     */
    record Found(List<Pod> pods, List<String> strangers) {}

    /**
     * Lists the pods that match a Deployment's selector.
     *
     * @param maker the Deployment, or null when there is none: then no pod is its own
     */
    Found find(Map<String, String> selector, Maker maker) {
        List<Pod> pods = new ArrayList<>();
        List<String> strangers = new ArrayList<>();
        if (maker == null) {
            return new Found(pods, strangers);
        }
        Set<String> asked = new HashSet<>();
        for (Pod pod : ApiLists.read(client, "/api/v1/namespaces/" + namespace + "/pods", selector, PodList.class)) {
            OwnerReference set = controller(pod, "ReplicaSet");
            if (set != null && isOf(set, maker, asked)) {
                pods.add(pod);
            } else if (pod.getMetadata().getDeletionTimestamp() == null
                    && (set == null || !set.getName().startsWith(maker.name() + "-"))) {
                // One of a ReplicaSet that went away with an earlier Deployment of this name is no stranger.
                strangers.add(pod.getMetadata().getName());
            }
        }
        return new Found(pods, strangers);
    }

    private boolean isOf(OwnerReference set, Maker maker, Set<String> asked) {
        if (!makers.containsKey(set.getUid())) {
            if (asked.size() == MAX_QUESTIONS || !asked.add(set.getUid())) {
                return false;
            }
            ReplicaSet live = client.apps().replicaSets().inNamespace(namespace).withName(set.getName()).get();
            OwnerReference owner = live == null || !set.getUid().equals(live.getMetadata().getUid()) ? null
                    : controller(live, "Deployment");
            if (owner == null) {
                return false;
            }
            makers.put(set.getUid(), owner.getUid());
        }
        return makers.get(set.getUid()).equals(maker.uid());
    }

    /** The one owner that manages the object, if it is of this kind of apps/v1 (or another version of it), or null. */
    private static OwnerReference controller(HasMetadata object, String kind) {
        return object.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .filter(owner -> kind.equals(owner.getKind()))
                .filter(owner -> owner.getApiVersion() != null && owner.getApiVersion().startsWith("apps/"))
                .filter(owner -> owner.getUid() != null && owner.getName() != null)
                .findFirst()
                .orElse(null);
    }

    /** The name of the ReplicaSet that has made a pod, or null. */
    static String replicaSet(Pod pod) {
        OwnerReference set = controller(pod, "ReplicaSet");
        return set == null ? null : set.getName();
    }
}
