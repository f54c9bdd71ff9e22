package io.jenkins.plugins.mldelivery.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.jenkins.plugins.mldelivery.deploy.targets.OldNotes;
import io.jenkins.plugins.mldelivery.deploy.targets.Revision;
import io.jenkins.plugins.mldelivery.playground.kube.ToyCluster;
import io.jenkins.plugins.mldelivery.playground.kube.ToyClusterRule;
import io.jenkins.plugins.mldelivery.testing.Deployers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;

/** The hash of ConfigMaps and Secrets over whole deliveries, by deployers with one key and with several. */
public class ConfigHashTest {
    @ClassRule
    public static final ToyClusterRule CLUSTER = new ToyClusterRule();

    private static final String HASH = "ml-delivery.io/config-hash";
    private static final String VERSIONS = "ml-delivery.io/config-versions";

    private final ToyCluster toy = CLUSTER.toy();
    private Deliveries churn;
    private ModelSettings model = ModelSettings.defaults().withReplicas(1);

    @Before
    public void configure() {
        churn = new Deliveries(toy, "churn");
        toy.client().resource(secret("cGEkJHcwcmQ=")).create();
        toy.client()
                .resource(new ConfigMapBuilder().withNewMetadata().withName("c").withNamespace("ml").endMetadata()
                .addToData("A", "1").build()).create();
    }

    @After
    public void remove() {
        toy.client().apps().deployments().inNamespace("ml").withName("churn").delete();
        toy.client().secrets().inNamespace("ml").delete();
        toy.client().configMaps().inNamespace("ml").delete();
    }

    private static Secret secret(String password) {
        return new SecretBuilder().withNewMetadata().withName("s").withNamespace("ml").endMetadata()
                .addToData("password", password).build();
    }

    private DeployModelRequest request(String image) {
        PodSettings d = PodSettings.defaults();
        PodSettings pods = model.manifests() != null ? d : new PodSettings(
                d.runtime(), null, null, null, null, null, Map.of(), List.of("c"), List.of("s"), null, null, 0,
                        Map.of(), List.of());
        return churn.request(image).withPods(pods).withModel(model);
    }

    private String deploy(String image, int key) throws Exception {
        try (DeployModel deploy =
                new DeployModel(request(image), toy.connections(), churn.access, null, Deployers.of("test", key),
                StateStore.none(), churn.environment())) {
            return deploy.run(io.jenkins.plugins.mldelivery.delivery.Gate.open()).result();
        }
    }

    private String hash() {
        return churn.deployment(false).getSpec().getTemplate().getMetadata().getAnnotations().get(HASH);
    }

    /** As the first releases made it. */
    private static String plainHash(String password) throws Exception {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        for (String text : List.of("ConfigMap c", "data/A", "1", "Secret s", "data/password", password)) {
            sha.update((text.length() + ":" + text).getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(sha.digest()).substring(0, 16);
    }

    private void label(String value) {
        toy.client().secrets().inNamespace("ml").withName("s")
                .edit(s -> new SecretBuilder(s).editMetadata().addToLabels("touched", value).endMetadata().build());
    }

    @Test
    public void nothingInTheClusterTellsASecretsValueToWhoeverTries() throws Exception {
        deploy("v1", 1);
        String all = Serialization.asJson(churn.deployment(false));
        assertFalse("the hash can be computed without the key", all.contains(plainHash("cGEkJHcwcmQ=")));
        assertTrue(hash(), hash().matches("[0-9a-f]{8}:[0-9a-f]{32}"));
        String first = hash();
        assertEquals("the same key, the same data", "unchanged", deploy("v1", 1));
        toy.client().resource(secret("b3RoZXI=")).update();
        assertEquals("promoted", deploy("v1", 1));
        assertNotEquals(first, hash());
        toy.client().resource(secret("cGEkJHcwcmQ=")).update();
        assertEquals("promoted", deploy("v1", 1));
        assertEquals(first, hash());
    }

    @Test
    public void anotherKeyRollsNothing() throws Exception {
        deploy("v1", 1);
        String first = hash();
        for (int key : new int[] {2, 3, 1}) {
            assertEquals("unchanged", deploy("v1", key));
            assertEquals(first, hash());
        }
        toy.client().resource(secret("b3RoZXI=")).update();
        assertEquals("a change is seen with another key too", "promoted", deploy("v1", 2));
        assertEquals("and back again", "unchanged", deploy("v1", 1));
        String second = hash();
        assertEquals("promoted", deploy("v2", 3));
        assertNotEquals("with a new image comes the key of whoever rolls it out", second.substring(0, 8), hash()
                .substring(0, 8));
    }

    @Test
    public void aWriteThatLeavesTheDataIsNoChangeWithTheSameKey() throws Exception {
        deploy("v1", 1);
        label("x");
        assertEquals("unchanged", deploy("v1", 1));
        assertEquals("with another key it can't be told from a change", "promoted", deploy("v1", 2));
    }

    @Test
    public void whatTheFirstReleasesNotedIsStillUnderstood() throws Exception {
        deploy("v1", 1);
        toOldNotes("cGEkJHcwcmQ=");
        assertEquals("an upgrade rolls nothing", "unchanged", deploy("v1", 1));
        assertEquals(plainHash("cGEkJHcwcmQ="), hash());
        assertEquals("promoted", deploy("v2", 1));
        assertTrue("the next rollout leaves it behind", hash().contains(":"));

        toOldNotes("cGEkJHcwcmQ=");
        toy.client().resource(secret("b3RoZXI=")).update();
        assertEquals("a change is seen", "promoted", deploy("v2", 1));
        assertTrue(hash().contains(":"));
    }

    /** The stable version as the first releases have left it: its revision is of a template with the plain hash. */
    private void toOldNotes(String password) throws Exception {
        String plain = plainHash(password);
        DeployModelRequest request = request("v" + churn.stable().charAt(1));
        String revision = OldNotes.revision(request, plain);
        toy.client().apps().deployments().inNamespace("ml").withName("churn").patch(PatchContext.of(PatchType.JSON_MERGE), """
                {"metadata": {"annotations": {"%s": "%s", "%s": null}}, "spec": {"template": {"metadata": {"annotations": {"%s": "%s"}}}}}
                """.formatted(Revision.ANNOTATION, revision, VERSIONS, HASH, plain));
    }

    @Test
    public void theDataOfManifestsAreComparedAsTheClusterHasThem() throws Exception {
        model = manifests("hunter2");
        assertEquals("installed", deploy("v1", 1));
        assertEquals("unchanged", deploy("v1", 1));
        assertEquals("unchanged", deploy("v1", 2));
        model = manifests("hunter3");
        assertEquals("promoted", deploy("v1", 2));
        assertEquals("unchanged", deploy("v1", 1));
    }

    private static ModelSettings manifests(String password) {
        return new ModelSettings(1, null, "none", List.of(), null, Map.of(), """
                apiVersion: v1
                kind: Secret
                metadata: {name: own}
                stringData: {password: %s}
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: churn}
                spec:
                  replicas: 1
                  selector: {matchLabels: {app: churn}}
                  template:
                    metadata: {labels: {app: churn}}
                    spec:
                      containers:
                        - name: model
                          image: none
                          ports: [{name: http, containerPort: 8080}]
                          readinessProbe: {httpGet: {path: /, port: http}}
                          envFrom: [{secretRef: {name: own}}, {configMapRef: {name: maybe, optional: true}}]
                """.formatted(password));
    }
}
