package io.jenkins.plugins.mldelivery.deploy.targets;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.ModelSettings;
import io.jenkins.plugins.mldelivery.deploy.Strategy;
import io.jenkins.plugins.mldelivery.deploy.TrafficKind;
import java.util.List;
import java.util.Map;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.TestName;

/** Models of the user's own manifests, of which only image, labels and traffic are managed, on a cluster. */
public class ModelManifestsTest {
    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: server, labels: {team: ml}}
            spec:
              replicas: 4
              selector: {matchLabels: {app: NAME}}
              strategy: {type: Recreate}
              template:
                metadata: {labels: {app: NAME}, annotations: {note: kept}}
                spec:
                  containers:
                    - name: proxy
                      image: registry.test/proxy:1
                    - name: model
                      image: placeholder
                      args: ["--weights", "/w"]
                      ports: [{containerPort: 9001}]
                      envFrom: [{configMapRef: {name: NAME-cfg}}]
                      env: [{name: KEY, valueFrom: {secretKeyRef: {name: NAME-key, key: k, optional: true}}}]
            """;
    private static final String CONFIG = """
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: NAME-cfg}
            data: {LEVEL: info}
            """;
    private static final String SERVICE = """
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: NAME, annotations: {cloud/lb: internal}}
            spec:
              type: NodePort
              selector: {app: NAME}
              ports: [{name: rest, port: 8501, targetPort: 9001}]
            """;
    private static final String SCALER = """
            ---
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: NAME-scaler}
            spec:
              scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: server}
              minReplicas: 2
              maxReplicas: 4
              metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}]
            """;

    private static Surround cluster;

    @Rule
    public final TestName test = new TestName();

    private String name;

    @BeforeClass
    public static void start() throws Exception {
        cluster = new Surround(FOLDER.getRoot().toPath());
    }

    @AfterClass
    public static void stop() {
        cluster.close();
    }

    @Before
    public void newModel() {
        name = "m" + Integer.toHexString(test.getMethodName().hashCode());
    }

    @Test
    public void imageLabelsAndReplicasAreManagedAndTheRestStays() throws Exception {
        KubernetesObjects objects = KubernetesObjects.of(request(DEPLOYMENT), Surround.DEADLINE);
        assertEquals(4, objects.replicas());
        Deployment canary = objects.withConfigHash("cafe").deployment(Track.CANARY, 1, false, Map.of("a", "b"));
        assertEquals(name + "-canary", canary.getMetadata().getName());
        assertEquals("ml", canary.getMetadata().getLabels().get("team"));
        assertEquals(objects.selector(Track.CANARY), canary.getSpec().getSelector().getMatchLabels());
        assertEquals(1, canary.getSpec().getReplicas().intValue());
        assertEquals("Recreate", canary.getSpec().getStrategy().getType());
        var template = canary.getSpec().getTemplate();
        assertEquals(name, template.getMetadata().getLabels().get("app"));
        assertEquals("canary", template.getMetadata().getLabels().get(KubernetesObjects.TRACK_LABEL));
        assertEquals(Map.of("note", "kept", PodTemplates.CONFIG_HASH, "cafe"), template.getMetadata().getAnnotations());
        assertEquals("registry.test/proxy:1", template.getSpec().getContainers().get(0).getImage());
        assertEquals("registry.test/ml/v1", template.getSpec().getContainers().get(1).getImage());
        assertEquals(List.of("--weights", "/w"), template.getSpec().getContainers().get(1).getArgs());
        assertEquals("the parameter counts where the manifest is silent", 7,
                KubernetesObjects.of(request(DEPLOYMENT.replace("  replicas: 4\n", "")), Surround.DEADLINE).replicas());
    }

    @Test
    public void theOrderOfKeysMakesNoNewRevision() throws Exception {
        String other = DEPLOYMENT.replace("{labels: {app: NAME}, annotations: {note: kept}}", "{annotations: {note: kept}, labels: {a: b, app: NAME}}");
        String again = other.replace("{a: b, app: NAME}", "{app: NAME, a: b}");
        assertNotEquals(revision(DEPLOYMENT), revision(other));
        assertEquals(revision(other), revision(again));
    }

    private String revision(String manifests) throws Exception {
        return Revision.of(KubernetesObjects.of(request(manifests), Surround.DEADLINE).template(Track.STABLE));
    }

    @Test
    public void everyObjectIsAppliedAndGoesWhenItLeavesTheManifests() throws Exception {
        Surround.Model model = model(DEPLOYMENT + CONFIG + SERVICE + SCALER);
        model.admission.check();
        model.around.apply();
        Service service = service(name);
        assertEquals("internal", service.getMetadata().getAnnotations().get("cloud/lb"));
        assertEquals(Map.of("app", name), service.getSpec().getSelector());
        assertEquals("NodePort", service.getSpec().getType());
        assertEquals(List.of(name + "-cfg"), cluster.names("configmaps", name));
        assertEquals(name, cluster.client.autoscaling().v2().horizontalPodAutoscalers().inNamespace(cluster.namespace).withName(name + "-scaler").get().getSpec().getScaleTargetRef().getName());
        model.applyStable(4);
        assertTrue(model.admission.autoscaled(model.stable()));

        Surround.Model less = model(DEPLOYMENT.replace("envFrom: [{configMapRef: {name: NAME-cfg}}]", ""));
        less.around.apply();
        less.around.prune();
        assertEquals(List.of(), cluster.names("configmaps", name));
        assertEquals(List.of(), cluster.names("horizontalpodautoscalers", name));
        assertEquals("ours now", name, service(name).getSpec().getSelector().get(KubernetesObjects.MODEL_LABEL));
        assertEquals(List.of(name), cluster.names("services", name));
        assertFalse(less.admission.autoscaled(less.stable()));
    }

    @Test
    public void aRouterGetsAServiceForEachVersionFromTheUsersOwn() throws Exception {
        Surround.Model model = cluster.model(request(DEPLOYMENT + CONFIG + SERVICE).withStrategy(Strategy.Canary.defaults(), new TrafficKind.Gateway("route")));
        model.admission.check();
        model.around.apply();
        assertEquals(Map.of("app", name, KubernetesObjects.TRACK_LABEL, "stable"), service(name).getSpec().getSelector());
        Service canary = service(name + "-canary");
        assertEquals(Map.of("app", name, KubernetesObjects.TRACK_LABEL, "canary"), canary.getSpec().getSelector());
        assertEquals(8501, canary.getSpec().getPorts().get(0).getPort().intValue());
        assertNotEquals("NodePort", canary.getSpec().getType());
    }

    @Test
    public void withoutAServiceOneIsMadeForTheContainersPort() throws Exception {
        model(DEPLOYMENT + CONFIG).around.apply();
        assertEquals(new IntOrString(9001), service(name).getSpec().getPorts().get(0).getTargetPort());
    }

    @Test
    public void whatThePodsReadIsHashedEvenBeforeItIsApplied() throws Exception {
        String info = model(DEPLOYMENT + CONFIG).revision();
        assertNotEquals(info, model(DEPLOYMENT + CONFIG.replace("info", "debug")).revision());
        assertEquals("a label is no data", info, model(DEPLOYMENT + CONFIG.replace("{name: NAME-cfg}", "{name: NAME-cfg, labels: {x: y}}")).revision());
        DeliveryException e = assertThrows(DeliveryException.class, () -> model(DEPLOYMENT));
        assertEquals("manifests", e.parameter());
        assertTrue(e.getMessage(), e.getMessage().contains("ConfigMap '" + name + "-cfg'"));
    }

    @Test
    public void kindsThatTheClusterDoesNotKnowAreNamed() throws Exception {
        Surround.Model model = model(DEPLOYMENT + CONFIG + "---\napiVersion: x.example.com/v1\nkind: Widget\nmetadata: {name: w}\n");
        DeliveryException e = assertThrows(DeliveryException.class, () -> model.around.rights());
        assertEquals("manifests", e.parameter());
        assertTrue(e.getMessage(), e.getMessage().contains("Widget"));
    }

    @Test
    public void theDataOfSecretsAreNotShown() throws Exception {
        String secret = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: NAME-key}\nstringData: {k: hunter2, other: same}\n";
        Surround.Model model = model(DEPLOYMENT + CONFIG + secret);
        String made = model.diff(4);
        assertTrue(made, made.contains("create Secret") && made.contains("(hidden)"));
        assertFalse(made, made.contains("hunter2"));
        model.around.apply();
        model.applyStable(4);
        String changed = model(DEPLOYMENT + CONFIG + secret.replace("hunter2", "hunter3")).diff(4);
        assertTrue(changed, changed.contains("change Secret") && changed.contains("(hidden, changed)"));
        assertFalse(changed, changed.contains("hunter") || changed.contains("aHVudGVy"));
    }

    @Test
    public void whatTheStepCouldNotLookAfterIsRefused() throws Exception {
        refused("Namespace x belongs", DEPLOYMENT + "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n");
        refused("Job x makes pods", DEPLOYMENT + "---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\n");
        refused("namespace 'other'", DEPLOYMENT + CONFIG.replace("{name: NAME-cfg}", "{name: NAME-cfg, namespace: other}"));
        refused("more than one Deployment", DEPLOYMENT + "---\n" + DEPLOYMENT.replace("name: server", "name: second"));
        refused("no Deployment", CONFIG.replace("---\n", ""));
        refused("none is named 'model'", DEPLOYMENT.replace("name: model", "name: main"));
        refused("is there twice", DEPLOYMENT + CONFIG + CONFIG);
        refused("alias", DEPLOYMENT.replace("{team: ml}", "&a {team: ml}").replace("annotations: {note: kept}", "annotations: *a"));
        refused("can't be read as YAML", "a: [");
        refused("without apiVersion", "a: b");
        refused("asks for no replicas", DEPLOYMENT.replace("replicas: 4", "replicas: 0"));
        refused("can't be read", DEPLOYMENT.replace("replicas: 4", "replicas: many"));
        refused("no pod template", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n");
    }

    private void refused(String words, String manifests) {
        DeliveryException e = assertThrows(words, DeliveryException.class, () -> ModelManifests.of(request(manifests)));
        assertEquals("manifests", e.parameter());
        assertTrue(e.getMessage(), e.getMessage().contains(words));
    }

    @Test
    public void withoutManifestsThereIsNothing() throws Exception {
        ModelManifests none = ModelManifests.of(DeployModelRequest.of("churn", "churn:1"));
        assertNull(none.deployment());
        assertNull(none.replicas());
        assertEquals(List.of(), none.others());
    }

    private Surround.Model model(String manifests) throws Exception {
        return cluster.model(request(manifests));
    }

    private DeployModelRequest request(String manifests) {
        ModelSettings model = new ModelSettings(7, null, "none", List.of(), null, Map.of(), manifests.replace("NAME", name));
        return DeployModelRequest.of(name, "registry.test/ml/v1").withNamespace(cluster.namespace).withModel(model);
    }

    private static Service service(String of) {
        return cluster.client.services().inNamespace(cluster.namespace).withName(of).get();
    }
}
