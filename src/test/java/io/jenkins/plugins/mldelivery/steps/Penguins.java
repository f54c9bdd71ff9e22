package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.LocalCommands;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.WorkspaceBorder;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.image.BuildImage;
import io.jenkins.plugins.mldelivery.image.BuildImageRequest;
import io.jenkins.plugins.mldelivery.playground.Logins;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.rules.ExternalResource;

/** The penguins models as images of the playground's registry, and what the cluster has of them. Outlives the restarts of a Jenkins session. */
final class Penguins extends ExternalResource {
    private final PlaygroundRule playground;
    private final Map<String, String> images = new TreeMap<>();
    private KubernetesClient cluster;

    /** @param playground whose rule is applied outside of this one */
    Penguins(PlaygroundRule playground) {
        this.playground = playground;
    }

    @Override
    protected void before() throws Throwable {
        SecretText kubeconfig = SecretText.of(playground.playground().kubeconfig());
        cluster = TestEnvironment.open(ClusterAccess.kubeconfig(kubeconfig, null));
        cluster.namespaces().resource(new NamespaceBuilder().withNewMetadata().withName("ml").endMetadata().build()).serverSideApply();
        for (String model : new String[] {"penguins-v1", "penguins-v2", "penguins-bad"}) {
            images.put(model, push(model, tagged(model)));
        }
    }

    /** Pushes a model under an image's tag; the image by its digest. */
    String push(String model, String image) throws Exception {
        Environment environment = new Environment(new LocalCommands(), Clock.system(), playground.playground().logins(), EventSink.none());
        return new BuildImage(WorkspaceBorder.anywhere(Path.of("")), null, environment)
                .run(BuildImageRequest.of(playground.examples() + "/model/" + model, image).withCredentialsId(Logins.REGISTRY_ID))
                .image();
    }

    /** The image under a tag. */
    String tagged(String tag) {
        return playground.playground().registry() + "/ml/penguins:" + tag;
    }

    @Override
    protected void after() {
        cluster.close();
    }

    KubernetesClient cluster() {
        return cluster;
    }

    /** The image of a model, by its digest. */
    String image(String model) {
        return images.get(model);
    }

    /** A pipeline that has penguins-v1 as stable version, and rolls out another one in steps of 25 and 50 %. */
    String deliver(String candidate, String body) {
        return """
                mlDeployModel(name: 'penguins', namespace: 'ml', image: '%s', cluster: 'playground', progressDeadline: '1m') {
                    error 'no canary is possible at the first install'
                }
                def rollout = mlDeployModel(name: 'penguins', namespace: 'ml', image: '%s', cluster: 'playground', strategy: canary(steps: [25, 50]), progressDeadline: '1m') {
                %s
                }
                echo "result ${rollout.result} ${rollout.weightHistory}"
                """.formatted(image("penguins-v1"), image(candidate), body);
    }

    /** Fails unless the cluster has this model as its stable version, and nothing else of a rollout. */
    void assertOnlyStable(String model) {
        Deployment stable = cluster.apps().deployments().inNamespace("ml").withName("penguins").get();
        assertEquals(image(model), stable.getSpec().getTemplate().getSpec().getContainers().get(0).getImage());
        assertNull(cluster.apps().deployments().inNamespace("ml").withName("penguins-canary").get());
        assertEquals(Integer.valueOf(3), stable.getStatus().getReadyReplicas());
        assertNull("no lease is left", cluster.leases().inNamespace("ml").list().getItems().stream().findAny().orElse(null));
    }

    /** Takes away what an earlier test left. */
    void reset() {
        cluster.apps().deployments().inNamespace("ml").withName("penguins").delete();
        cluster.apps().deployments().inNamespace("ml").withName("penguins-canary").delete();
        cluster.leases().inNamespace("ml").delete();
    }
}
