package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What a kubeconfig may do. */
public class KubernetesClientsTest {
    private static final String KUBECONFIG = """
            apiVersion: v1
            kind: Config
            clusters:
            - name: here
              cluster: {server: "https://127.0.0.1:6443"%s}
            users:
            - name: robot
              user: {%s}
            contexts:
            - name: main
              context: {cluster: here, user: robot}
            current-context: main
            """;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private static String refused(String text, String context) {
        DeliveryException e = assertThrows(
                DeliveryException.class, () -> KubernetesClients.open(ClusterAccess.kubeconfig(SecretText.of(text), context)).close());
        assertFalse("a secret is in the message: " + e.getMessage(), e.getMessage().contains("abc-token"));
        return e.getMessage();
    }

    @Test
    public void aTokenIsUsed() throws Exception {
        String text = KUBECONFIG.formatted("", "token: abc-token");
        try (KubernetesClient client = KubernetesClients.open(ClusterAccess.kubeconfig(SecretText.of(text), null))) {
            assertEquals("https://127.0.0.1:6443/", client.getMasterUrl().toString());
            assertEquals("abc-token", client.getConfiguration().getAutoOAuthToken());
        }
    }

    @Test
    public void noProgramIsStartedUnlessTheKubeconfigIsTrusted() throws Exception {
        Path started = folder.getRoot().toPath().resolve("started");
        Path program = folder.newFile("login.sh").toPath();
        Files.writeString(program, "#!/bin/sh\ntouch '" + started + "'\n"
                + "echo '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"abc-token\"}}'\n");
        assertTrue(program.toFile().setExecutable(true));
        String text = KUBECONFIG.formatted(
                "", "exec: {apiVersion: client.authentication.k8s.io/v1, command: \"" + program + "\", interactiveMode: Never}");
        assertEquals(
                "kubeconfig: its user 'robot' gets credentials by starting a program, which is not allowed here. "
                        + "Use a kubeconfig with a token or a client certificate, for example of a service account.",
                refused(text, null));
        assertFalse("the program was started", Files.exists(started));
        try (KubernetesClient client = KubernetesClients.open(new ClusterAccess(SecretText.of(text), null, null, null, null, true))) {
            assertEquals("abc-token", client.getConfiguration().getAutoOAuthToken());
        }
        assertTrue(Files.exists(started));
    }

    @Test
    public void noFileIsReadUnlessTheKubeconfigIsTrusted() throws Exception {
        Path file = folder.newFile("secret").toPath();
        Files.writeString(file, "abc-token");
        for (String user : new String[] {"tokenFile: \"" + file + "\"", "client-certificate: \"" + file + "\"", "client-key: \"" + file + "\""}) {
            assertTrue(refused(KUBECONFIG.formatted("", user), null).startsWith("kubeconfig: it refers to files"));
        }
        assertTrue(refused(KUBECONFIG.formatted(", certificate-authority: \"" + file + "\"", "token: abc-token"), null).startsWith("kubeconfig: it refers to files"));
    }

    @Test
    public void whatIsWrongIsNamed() {
        String good = KUBECONFIG.formatted("", "token: abc-token");
        assertEquals("context: the kubeconfig has no context 'moon'. Choose one of: main.", refused(good, "moon"));
        assertEquals("context: the kubeconfig has no current context. Choose one of: main.", refused(good.replace("current-context: main", ""), null));
        assertEquals("kubeconfig: it is no YAML of a kubeconfig. Give the file that kubectl uses.", refused("abc-token: [", null));
        assertEquals("kubeconfig: it is no YAML of a kubeconfig. Give the file that kubectl uses.", refused("just abc-token", null));
        assertEquals("kubeconfig: it names no cluster. Give the file that kubectl uses.", refused("apiVersion: v1\nkind: Config\n", null));
        DeliveryException none = assertThrows(DeliveryException.class, () -> KubernetesClients.open(ClusterAccess.server(null, null, null)).close());
        assertEquals("server: no cluster is given. Give a kubeconfig or the API server's URL.", none.getMessage());
    }
}
