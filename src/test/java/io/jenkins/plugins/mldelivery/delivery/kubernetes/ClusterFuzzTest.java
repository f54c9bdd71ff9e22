package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import static org.junit.Assert.assertThrows;

import com.pholser.junit.quickcheck.From;
import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.testing.HostileText;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Map;
import org.junit.Test;
import org.junit.runner.RunWith;

/** What is read of clusters and for them: kubeconfigs, addresses, keys, manifests, events of watches. */
@RunWith(JUnitQuickcheck.class)
public class ClusterFuzzTest {
    private static final int TRIALS = 1_000;

    private static CheckedAccess check(ClusterAccess access) throws Exception {
        CheckedAccess checked = new AccessCheck(TestEnvironment.quiet(), Event.Stage.DEPLOY).check(access);
        KubernetesClients.config(checked);
        return checked;
    }

    @Property(trials = TRIALS)
    public void kubeconfigs(
            @From(HostileText.class)
                    @HostileText.Like({
                        "apiVersion: v1\n"
                                + "kind: Config\n"
                                + "current-context: c\n"
                                + "contexts: [{name: c, context: {cluster: k, user: u}}]\n"
                                + "clusters: [{name: k, cluster: {server: 'https://127.0.0.1:2'}}]\n"
                                + "users: [{name: u, user: {token: t}}]\n",
                        "{\"clusters\":[{\"name\":\"k\",\"cluster\":{\"server\":\"https://127.0.0.1\"}}],"
                            + "\"contexts\":[{\"name\":\"c\",\"context\":{\"cluster\":\"k\"}}],"
                            + "\"current-context\":\"c\"}"
                    })
                    String text) {
        HostileText.survives(text, () -> check(ClusterAccess.kubeconfig(SecretText.of(text), null)));
    }

    @Property(trials = TRIALS)
    public void addresses(
            @From(HostileText.class)
                    @HostileText.Like({
                        "https://127.0.0.1:6443",
                        "http://[::1]:80/k8s/clusters/c-1",
                        "https://localhost/"
                    })
                    String text) {
        HostileText.survives(text, () -> ServerAddress.server("server", "the access", text));
        HostileText.survives(text, () -> ServerAddress.proxy("server", "the access", text));
        HostileText.survives(
                text,
                () -> ProxyVariables.choose(
                        Map.of("HTTPS_PROXY", text, "NO_PROXY", text), java.net.URI.create("https://10.0.0.1")));
    }

    @Property(trials = TRIALS)
    public void keys(
            @From(HostileText.class)
                    @HostileText.Like({
                        "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUZ0==\n-----END CERTIFICATE-----\n",
                        "-----BEGIN PRIVATE KEY-----\n"
                                + "MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCA=\n"
                                + "-----END PRIVATE KEY-----\n"
                    })
                    String text) {
        HostileText.survives(text, () -> ClientKey.parse(text, text), GeneralSecurityException.class);
    }

    /** Found by the properties above, in one of many runs. */
    @Test(timeout = 5_000)
    public void foundBefore() throws Exception {
        String overlapping = "-----BEGIN CERTIFICATE-----END CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
        assertThrows(GeneralSecurityException.class, () -> ClientKey.parse(overlapping, overlapping));
        assertThrows(DeliveryException.class, () -> ProxyVariables.choose(
                Map.of("HTTPS_PROXY", "x y", "NO_PROXY", ":".repeat(200_000)), java.net.URI.create("https://10.0.0.1")));
    }

    @Property(trials = TRIALS)
    public void manifests(
            @From(HostileText.class)
                    @HostileText.Like({
                        "apiVersion: v1\n"
                                + "kind: ConfigMap\n"
                                + "metadata: {name: a, labels: {a: b}}\n"
                                + "data: {a: '1'}\n"
                                + "---\n"
                                + "apiVersion: v1\n"
                                + "kind: List\n"
                                + "items: []\n",
                        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  replicas: 1\n"
                    })
                    String text) {
        HostileText.survives(text, () -> new ManifestReader("manifests").read("'a.yaml'", text));
    }

    @Property(trials = TRIALS)
    public void watches(
            @From(HostileText.class)
                    @HostileText.Like({
                        "{\"type\":\"MODIFIED\",\"object\":{\"kind\":\"Pod\","
                            + "\"metadata\":{\"labels\":{\"ml-delivery.io/model\":\"churn\"},"
                            + "\"resourceVersion\":\"7\"}}}",
                        "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410}}"
                    })
                    String text) {
        HostileText.survives(text, () -> WatchEvent.parse(text.getBytes(StandardCharsets.UTF_8)));
    }
}
