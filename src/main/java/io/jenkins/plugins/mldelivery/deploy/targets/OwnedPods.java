package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.ApiLists;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The pods that a Deployment has made. Labels alone don't say so: whoever may make a pod in the namespace gives it any
 * labels, and its metrics would then be judged as the canary's. A pod counts only when its controller is a ReplicaSet
 * whose controller is the Deployment, both by uid, as Kubernetes' own controllers tell theirs, and both made and not
 * only adopted, see {@link Controllers}.
 *
 * <p>Which Deployment has made a ReplicaSet never changes, so it is asked once for each.
 */
final class OwnedPods {
    /** ReplicaSets that are asked for in one look; a Deployment that is being updated has two or three with pods. */
    private static final int MAX_QUESTIONS = 20;
    /** ReplicaSets whose origin is remembered, and bytes of what is remembered of one. */
    private static final int MAX_ORIGINS = 200;

    private static final int MAX_ORIGIN_BYTES = 8 * 1024;
    /** Bytes of a name in a collection, without its characters. */
    private static final int NAME = 100;

    private final KubernetesClient client;
    private final String namespace;
    /** Of ReplicaSets, by uid. */
    private final Map<String, Origin> origins = new HashMap<>();

    OwnedPods(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** A Deployment. */
    record Maker(String name, String uid, Controllers controllers) {
        static Maker of(Deployment deployment) {
            return deployment == null ? null : new Maker(deployment.getMetadata().getName(),
                    deployment.getMetadata().getUid(), Controllers.of(deployment));
        }
    }

    /**
     * Where a ReplicaSet comes from, and who makes its pods.
     *
     * @param maker the uid of the Deployment that has it
     * @param made whether it was made for the Deployment, and not adopted
     * @param controllers those that make its pods
     */
    private record Origin(String maker, boolean made, Controllers controllers) {}

    /** A pod with the labels, and who may have made it. */
    private record Candidate(Pod pod, Set<String> makers) {}

    /**
     * What a look has found.
     *
     * @param pods those of the Deployment
     * @param strangers the names of those that the Deployment has not made, though they have its labels
     * @param adopted those of the strangers that Kubernetes has given to a ReplicaSet of the Deployment: each takes the
     *     place of a pod that would be made
     */
    record Found(List<Pod> pods, List<String> strangers, List<Pod> adopted) {}

    /**
     * Lists the pods that match a Deployment's selector.
     *
     * @param maker the Deployment, or null when there is none: then no pod is its own
     */
    Found find(Map<String, String> selector, Maker maker) {
        List<Pod> pods = new ArrayList<>();
        List<String> strangers = new ArrayList<>();
        List<Pod> adopted = new ArrayList<>();
        Map<String, Optional<Origin>> look = new HashMap<>();
        // The list is read to its end first: its server waits meanwhile.
        for (Candidate candidate : maker == null ? List.<Candidate>of() : candidates(selector)) {
            Pod pod = candidate.pod();
            OwnerReference set = controller(pod, "ReplicaSet");
            Origin origin = set == null ? null : origin(set, maker, look);
            boolean ours = origin != null && origin.maker().equals(maker.uid());
            if (ours && origin.made() && isMade(candidate, set, origin)) {
                pods.add(pod);
            } else if (pod.getMetadata().getDeletionTimestamp() == null
                    && (ours || set == null || !set.getName().startsWith(maker.name() + "-"))) {
                // One of a ReplicaSet that went away with an earlier Deployment of this name is no stranger.
                strangers.add(pod.getMetadata().getName());
                if (ours) {
                    adopted.add(pod);
                }
            }
        }
        return new Found(pods, strangers, adopted);
    }

    private List<Candidate> candidates(Map<String, String> selector) {
        List<Candidate> candidates = new ArrayList<>();
        ApiLists.read(client, "/api/v1/namespaces/" + namespace + "/pods", selector, Pod.class, whole -> {
            if (whole.getMetadata().getName() == null) {
                return 0;
            }
            KeptPod pod = new KeptPod(whole, controller(whole, "ReplicaSet"));
            Set<String> makers = Controllers.makers(whole);
            candidates.add(new Candidate(pod.pod(), makers));
            return pod.bytes() + bytes(makers);
        });
        return candidates;
    }

    /** What names take, as they are kept of the cluster. */
    static long bytes(Collection<String> names) {
        return names.stream().mapToLong(name -> NAME + 2L * name.length()).sum();
    }

    private static boolean isMade(Candidate pod, OwnerReference set, Origin origin) {
        return pod.pod().getMetadata().getName().startsWith(PodMatchers.base(set.getName()))
                && origin.controllers().haveMade(pod.makers());
    }

    /**
     * Where a ReplicaSet comes from, or null when that can't be told in this look.
     *
     * @param look the answers of this look
     */
    private Origin origin(OwnerReference set, Maker maker, Map<String, Optional<Origin>> look) {
        Origin known = origins.get(set.getUid());
        if (known != null) {
            return known;
        }
        if (!look.containsKey(set.getUid())) {
            if (look.size() == MAX_QUESTIONS) {
                return null;
            }
            look.put(set.getUid(), Optional.ofNullable(ask(set, maker)));
        }
        return look.get(set.getUid()).orElse(null);
    }

    private Origin ask(OwnerReference set, Maker maker) {
        ReplicaSet live = client.apps().replicaSets().inNamespace(namespace).withName(set.getName()).get();
        OwnerReference owner = live == null || !set.getUid().equals(live.getMetadata().getUid()) ? null
                : controller(live, "Deployment");
        if (owner == null) {
            return null;
        }
        Origin found = new Origin(owner.getUid(), maker.controllers().haveMade(live), Controllers.of(live));
        if (maker.controllers().settled() && found.controllers().settled()) {
            remember(set.getUid(), found);
        }
        return found;
    }

    /** What is not remembered is asked for again. */
    private void remember(String set, Origin origin) {
        long bytes = bytes(List.of(set, origin.maker())) + bytes(origin.controllers().names());
        if (bytes <= MAX_ORIGIN_BYTES) {
            if (origins.size() == MAX_ORIGINS) {
                origins.clear();
            }
            origins.put(set, origin);
        }
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
