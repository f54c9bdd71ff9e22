package io.jenkins.plugins.mldelivery.deploy.targets;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.deploy.Autoscale;
import io.jenkins.plugins.mldelivery.deploy.DeployModelRequest;
import io.jenkins.plugins.mldelivery.deploy.ModelSettings;
import io.jenkins.plugins.mldelivery.deploy.PodSettings;
import io.jenkins.plugins.mldelivery.house.Repository;
import io.jenkins.plugins.mldelivery.deploy.targets.traffic.Right;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Assume;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The Role that the documentation prints is enough for all objects of a model. Needs a real cluster, named with <code>-Dkubeconfig</code>: the embedded one has no authorization. */
public class DocumentedRoleTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Before
    public void needsARealCluster() {
        Assume.assumeNotNull(System.getProperty("kubeconfig"));
    }

    @Test
    public void theDocumentedRoleIsEnough() throws Exception {
        try (Surround cluster = new Surround(folder.getRoot().toPath()); KubernetesClient client = restricted(cluster)) {
            cluster.create(new ConfigMapBuilder().withNewMetadata().withName("cfg").endMetadata().addToData("A", "1").build());
            PodSettings pods = new PodSettings("v2", null, null, null, null, null, Map.of(), List.of("cfg"), List.of(), "1", null, 0, Map.of(), List.of());
            for (Autoscale autoscale : List.of(Autoscale.defaults(), new Autoscale(1, 2, null, null, Map.of(), "http://p:9090", Map.of("up", "1")))) {
                DeployModelRequest request = DeployModelRequest.of("churn", "churn:1").withPods(pods)
                        .withModel(new ModelSettings(1, autoscale, "1", List.of("ingress"), "serving", Map.of("a/b", "c"), null));
                Surround.Model model = new Surround.Model(client, request, cluster.namespace, "build 1");
                List<Right> rights = new ArrayList<>(Permissions.ofRollout("churn", "churn-canary"));
                rights.addAll(model.around.rights());
                rights.addAll(new PodConfig(client, model.request, model.objects).rights());
                assertEquals("", new Permissions(client, cluster.namespace).missing(rights));
                assertEquals("create statefulsets", new Permissions(client, cluster.namespace).missing(List.of(new Right("apps", "statefulsets", List.of("create"), List.of()))));
                model.admission.check();
                model.around.apply();
                model.around.applyAutoscaler(1);
                model.applyStable(1);
                assertTrue(model.admission.autoscaled(model.stable()));
                assertTrue(model.diff(1), model.diff(1).isEmpty());
                model.around.prune();
                model.around.removeAll();
                assertEquals(List.of(), cluster.names("services", "churn"));
                client.resource(model.objects.deployment(Track.STABLE, 1, false, Map.of())).delete();
            }
        }
    }

    /** A client of a ServiceAccount that has the documented Role and nothing else. */
    private static KubernetesClient restricted(Surround cluster) throws Exception {
        String page = Files.readString(Repository.root().resolve("docs/reference/deploy-model.md"));
        Matcher yaml = Pattern.compile("(?s)### Rights.*?```yaml\\n(.*?)```").matcher(page);
        assertTrue("no Role is printed", yaml.find());
        Role role = Serialization.unmarshal(yaml.group(1), Role.class);
        cluster.create(role);
        cluster.create(new ServiceAccountBuilder().withNewMetadata().withName("deployer").endMetadata().build());
        cluster.create(new RoleBindingBuilder().withNewMetadata().withName("deployer").endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "Role", role.getMetadata().getName()).addNewSubject().withKind("ServiceAccount").withName("deployer").withNamespace(cluster.namespace).endSubject().build());
        TokenRequest token = cluster.client.serviceAccounts().inNamespace(cluster.namespace).withName("deployer").tokenRequest();
        String ca = cluster.client.getConfiguration().getCaCertData();
        String pem = ca.startsWith("-----") ? ca : new String(Base64.getDecoder().decode(ca), StandardCharsets.UTF_8);
        SecretText secret = SecretText.of(token.getStatus().getToken());
        return TestEnvironment.open(ClusterAccess.server(cluster.client.getMasterUrl().toString(), pem, secret));
    }
}
