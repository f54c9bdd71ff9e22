package io.jenkins.plugins.mldelivery.deploy.targets;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import io.jenkins.plugins.mldelivery.testing.Deployers;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A namespace that enforces the Pod Security Standard "restricted", on the embedded cluster or, with <code>-Dkubeconfig=FILE</code>, on the real one (with KEDA's CRD) that the file names. It goes with
 * its close.
 */
final class Surround implements AutoCloseable {
    static final int DEADLINE = 60;

    final KubernetesClient client;
    final String namespace = "around-" + UUID.randomUUID().toString().substring(0, 8);
    final ToyCluster toy;

    Surround(Path folder) throws Exception {
        String kubeconfig = System.getProperty("kubeconfig");
        toy = kubeconfig == null ? new ToyCluster(folder) : null;
        String text = kubeconfig == null ? toy.cluster().kubeconfig() : Files.readString(Path.of(kubeconfig));
        client = TestEnvironment.open(ClusterAccess.kubeconfig(SecretText.of(text), null));
        client.resource(new NamespaceBuilder().withNewMetadata().withName(namespace).addToLabels("pod-security.kubernetes.io/enforce", "restricted").endMetadata().build()).create();
    }

    /** Everything of a request, in one. */
    static final class Model {
        final DeployModelRequest request;
        final KubernetesClient client;
        final KubernetesObjects objects;
        final ModelObjects around;
        final ModelAdmission admission;

        Model(KubernetesClient client, DeployModelRequest given, String namespace, String holder) throws Exception {
            this.client = client;
            request = given.withNamespace(namespace);
            KubernetesObjects bare = KubernetesObjects.of(request, DEADLINE);
            objects =
                    bare.withConfigHash(new PodConfig(client, request, bare)
                    .annotation(Deployers.of(holder).configKey(), null));
            around = new ModelObjects(client, request, objects, holder);
            admission = new ModelAdmission(client, request, objects, around);
        }

        String revision() {
            return Revision.of(objects.template(Track.STABLE));
        }

        Deployment applyStable(int replicas) {
            return client.resource(objects.deployment(Track.STABLE, replicas, false, Map.of(Revision.ANNOTATION, revision())))
                    .fieldManager(KubernetesTarget.FIELD_MANAGER).forceConflicts().serverSideApply();
        }

        Deployment stable() {
            return client.apps().deployments().inNamespace(request.namespace()).withName(request.name()).get();
        }

        String diff(int replicas) throws Exception {
            return new ModelDiff(objects, around, admission).text(stable(), replicas);
        }
    }

    Model model(DeployModelRequest request) throws Exception {
        return new Model(client, request, namespace, "build 1");
    }

    Model model(DeployModelRequest request, String holder) throws Exception {
        return new Model(client, request, namespace, holder);
    }

    /** The names of the objects of a kind that a model has, such as <code>services</code>. */
    List<String> names(String plural, String model) {
        ObjectKind kind = ObjectKind.SURROUNDINGS.stream().filter(k -> k.plural().equals(plural)).findFirst().orElseGet(() -> new ObjectKind("", "v1", plural, "ConfigMap"));
        return client.genericKubernetesResources(kind.context()).inNamespace(namespace).list().getItems().stream()
                .map(o -> o.getMetadata().getName())
                .filter(name -> name.startsWith(model))
                .sorted()
                .toList();
    }

    <T extends HasMetadata> T create(T object) {
        object.getMetadata().setNamespace(namespace);
        return client.resource(object).create();
    }

    GenericKubernetesResource get(ObjectKind kind, String name) {
        return client.genericKubernetesResources(kind.context()).inNamespace(namespace).withName(name).get();
    }

    @Override
    public void close() {
        client.namespaces().withName(namespace).delete();
        client.close();
        if (toy != null) {
            toy.close();
        }
    }
}
