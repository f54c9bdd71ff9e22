package io.jenkins.plugins.mldelivery.provision.manifests;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/**
 * Deletes the object that a plan has found, and none that somebody else has made under its name since. The API has a
 * precondition for that; this client offers it for the resource version alone, which an object's controllers change
 * all the time, so it is read again right before.
 */
final class PlannedDeletion {
    private static final int TRIES = 5;

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
        for (int left = TRIES - 1; left > 0; left--) {
            try {
                once(object, uid);
                return;
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                    throw e;
                }
            }
        }
        once(object, uid);
    }

    private void once(GenericKubernetesResource object, String uid) throws AnotherObject {
        GenericKubernetesResource live = client.resource(object).get();
        if (live == null) {
            return;
        }
        if (!live.getMetadata().getUid().equals(uid)) {
            throw new AnotherObject();
        }
        client.resource(object).lockResourceVersion(live.getMetadata().getResourceVersion()).delete();
    }
}
