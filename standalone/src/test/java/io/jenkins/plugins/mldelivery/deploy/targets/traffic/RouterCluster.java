package io.jenkins.plugins.mldelivery.deploy.targets.traffic;

import static org.junit.Assume.assumeTrue;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import io.jenkins.plugins.mldelivery.deploy.TrafficSplit;
import io.jenkins.plugins.mldelivery.deploy.TrafficStatus;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.rules.ExternalResource;
import org.junit.rules.TemporaryFolder;

/** A cluster with a namespace of its own for each class: the embedded one, or the one that -Dkubeconfig=FILE names, which has to have the kinds of the Gateway API and of Istio. */
public final class RouterCluster extends ExternalResource {
    static final String MODEL = "churn";

    private final TemporaryFolder folder = new TemporaryFolder();
    private ToyCluster toy;
    private KubernetesClient client;
    private String namespace;
    private GatewaySimulation gateway;

    @Override
    protected void before() throws Throwable {
        String kubeconfig = System.getProperty("kubeconfig");
        namespace = "router-" + UUID.randomUUID().toString().substring(0, 8);
        if (kubeconfig == null) {
            folder.create();
            toy = new ToyCluster(folder.getRoot().toPath());
            client = toy.client();
        } else {
            SecretText text = SecretText.of(Files.readString(Path.of(kubeconfig)));
            client = TestEnvironment.open(ClusterAccess.kubeconfig(text, null));
            assumeTrue("the cluster has no Gateway API", client.getApiResources("gateway.networking.k8s.io/v1") != null);
            assumeTrue("the cluster has no Istio", client.getApiResources("networking.istio.io/v1") != null);
        }
        client.resource(new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build()).create();
        gateway = new GatewaySimulation(client, namespace);
        service(MODEL);
        service(MODEL + "-canary");
        service("fraud");
    }

    @Override
    protected void after() {
        gateway.close();
        client.namespaces().withName(namespace).delete();
        if (toy == null) {
            client.close();
        } else {
            toy.close();
            folder.delete();
        }
    }

    KubernetesClient client() {
        return client;
    }

    String namespace() {
        return namespace;
    }

    GatewaySimulation gateway() {
        return gateway;
    }

    /** The embedded cluster; null when it is a real one. */
    ToyCluster toy() {
        return toy;
    }

    boolean isReal() {
        return toy == null;
    }

    void service(String name) {
        client.resource(new ServiceBuilder()
                        .withNewMetadata().withName(name).withNamespace(namespace).endMetadata()
                        .withNewSpec().addToSelector("ml-delivery.io/model", name).addNewPort().withName("http").withPort(80).endPort().endSpec().build())
                .create();
    }

    ClusterRouter router(Strategy strategy, TrafficKind kind) {
        return router(client, MODEL, strategy, kind);
    }

    ClusterRouter router(KubernetesClient as, String model, Strategy strategy, TrafficKind kind) {
        return TrafficRouters.of(DeployModelRequest.of(model, "registry.test/ml/churn:1").withNamespace(namespace).withStrategy(strategy, kind), as);
    }

    /** Creates an object from YAML, whose <code>NAMESPACE</code> stands for the namespace. */
    GenericKubernetesResource create(ResourceDefinitionContext type, String yaml) {
        GenericKubernetesResource object = Serialization.unmarshal(yaml.replace("NAMESPACE", namespace), GenericKubernetesResource.class);
        return client.genericKubernetesResources(type).inNamespace(namespace).resource(object).create();
    }

    GenericKubernetesResource read(ResourceDefinitionContext type, String name) {
        return client.genericKubernetesResources(type).inNamespace(namespace).withName(name).get();
    }

    /** Routes; again when the controller has written its status in between, as a rollout does it at its next tick. */
    static void route(ClusterRouter router, TrafficSplit split) throws Exception {
        while (true) {
            try {
                router.route(split);
                return;
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                    throw e;
                }
            }
        }
    }

    static TrafficStatus await(ClusterRouter router, Predicate<TrafficStatus> wanted) throws Exception {
        TrafficStatus status = router.observe();
        for (int i = 0; i < 500 && !wanted.test(status); i++) {
            Thread.sleep(20);
            status = router.observe();
        }
        return status;
    }
}
