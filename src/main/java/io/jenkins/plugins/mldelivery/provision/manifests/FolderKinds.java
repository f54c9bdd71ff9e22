package io.jenkins.plugins.mldelivery.provision.manifests;

import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ApiKinds;
import java.util.List;

/** The kinds of a folder's objects. A kind that the folder itself is to install is not there yet when it is planned. */
final class FolderKinds {
    private static final String DEFINITION = "CustomResourceDefinition";

    private FolderKinds() {}

    /**
     * The kind of an object.
     *
     * @param folder all objects of the folder
     * @throws DeliveryException when the cluster does not know it
     */
    static APIResource of(KubernetesClient client, GenericKubernetesResource object, List<KeptObject> folder)
            throws DeliveryException {
        return ApiKinds.of(client, "dir", object, () -> isDefined(object, folder)
                ? "This folder has its " + DEFINITION + ": put the objects of this kind into a second folder, and apply "
                        + "that one afterwards."
                : ApiKinds.REMEDY);
    }

    private static boolean isDefined(GenericKubernetesResource object, List<KeptObject> folder) {
        int slash = object.getApiVersion().indexOf('/');
        String group = slash < 0 ? "" : object.getApiVersion().substring(0, slash);
        return folder.stream().anyMatch(kept -> kept.address().getKind().equals(DEFINITION)
                && group.equals(kept.text("/spec/group"))
                && object.getKind().equals(kept.text("/spec/names/kind")));
    }
}
