package io.jenkins.plugins.mldelivery.provision.manifests;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import java.net.HttpURLConnection;
import java.time.Duration;

/**
 * Deletes the object that a plan has found, and none that somebody else has made under its name since. The API has a
 * precondition for that; this client offers it for the resource version alone, which an object's controllers change
 * all the time, so it is read again right before.
 */
final class PlannedDeletion {
    private static final int TRIES = 5;
    /** Of all tries: only calls of the first one begin later. As each ends within 35 s, all end within some 70 s. */
    private static final Duration TIME = Duration.ofSeconds(30);

    private final KubernetesClient client;

    PlannedDeletion(KubernetesClient client) {
        this.client = client;
    }

    /** The object of that name is not the one that was planned to be deleted. */
    static final class AnotherObject extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Deletes it; that it is gone already is no error.
     *
     * @param uid of the object that is meant
     * @throws AnotherObject when the object has another one
     * @throws KubernetesClientException when the API server does not do it, with 409 when others have written it between
     *     each look and each try
     */
    void run(GenericKubernetesResource object, String uid) throws AnotherObject {
        run(object, uid, Deadline.in(TIME));
    }

    /** The same in this time, which all tries have together. */
    void run(GenericKubernetesResource object, String uid, Deadline time) throws AnotherObject {
        KubernetesClientException conflict = null;
        int tries = 0;
        do {
            conflict = once(object, uid, time, conflict);
            tries++;
        } while (conflict != null && tries < TRIES && !time.isOver());
        if (conflict != null) {
            throw conflict;
        }
    }

    /** Why others were first, or null. */
    private KubernetesClientException once(
            GenericKubernetesResource object, String uid, Deadline time, KubernetesClientException before)
            throws AnotherObject {
        GenericKubernetesResource live = client.resource(object).get();
        if (live == null) {
            return null;
        }
        if (!live.getMetadata().getUid().equals(uid)) {
            throw new AnotherObject();
        }
        if (before != null && time.isOver()) {
            return before;
        }
        try {
            client.resource(object).lockResourceVersion(live.getMetadata().getResourceVersion()).delete();
            return null;
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            return e;
        }
    }
}
