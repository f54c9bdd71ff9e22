package io.jenkins.plugins.mldelivery.config;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SecretBytes;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.BaseStandardCredentials;
import com.cloudbees.plugins.credentials.impl.CertificateCredentialsImpl;
import hudson.FilePath;
import hudson.model.FreeStyleBuild;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.KubernetesClients;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import io.jenkins.plugins.mldelivery.testing.Told;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import jenkins.authentication.tokens.api.AuthenticationTokenSource;
import org.jenkinsci.plugins.kubernetes.auth.KubernetesAuth;
import org.jenkinsci.plugins.kubernetes.auth.KubernetesAuthException;
import org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;

/** The kinds of credentials and identities that reach a cluster. */
public class ClusterAccessTest {
    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private RunCredentials credentials;

    @Before
    public void build() throws Exception {
        FreeStyleBuild build = JENKINS.buildAndAssertSuccess(JENKINS.createFreeStyleProject());
        credentials = new RunCredentials(build);
    }

    private static void addFile(String id, String text) throws Exception {
        SecretBytes bytes = SecretBytes.fromBytes(text.getBytes(StandardCharsets.UTF_8));
        add(new FileCredentialsImpl(CredentialsScope.GLOBAL, id, "", "kubeconfig", bytes));
    }

    private static void add(Credentials c) {
        SystemCredentialsProvider.getInstance().getCredentials().add(c);
    }

    @Test
    public void aClientCertificateWithItsKey() throws Exception {
        for (String algorithm : new String[] {"RSA", "EC"}) {
            Path store = temporary.getRoot().toPath().resolve(algorithm);
            Process keytool = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-keyalg", algorithm, "-dname", "CN=deployer", "-alias", "k", "-storetype", "PKCS12",
                    "-keystore", store.toString(), "-storepass", "secret-password").inheritIO().start();
            assertEquals(0, keytool.waitFor());
            add(new CertificateCredentialsImpl(
                    CredentialsScope.GLOBAL, "cert" + algorithm, "", "secret-password", new CertificateCredentialsImpl.UploadedKeyStoreSource(SecretBytes.fromBytes(Files.readAllBytes(store)))));
            ApiServerAccess access = new ApiServerAccess("https://127.0.0.1:1");
            access.setCredentialsId("cert" + algorithm);
            ClusterAccess resolved = access.resolve("access", credentials);
            assertFalse("nothing readable is printed", resolved.toString().contains("PRIVATE"));
            try (KubernetesClient client = TestEnvironment.open(resolved)) {
                assertEquals("https://127.0.0.1:1/", client.getConfiguration().getMasterUrl());
                String key = new String(Base64.getDecoder().decode(client.getConfiguration().getClientKeyData()), StandardCharsets.UTF_8);
                assertTrue(key.startsWith("-----BEGIN PRIVATE KEY-----"));
            }
        }
    }

    @Test
    public void whatThePluginKubernetesCredentialsUnderstands() throws Exception {
        String kubeconfig = """
                apiVersion: v1
                kind: Config
                current-context: c
                contexts: [{name: c, context: {cluster: k, user: u}}]
                clusters: [{name: k, cluster: {server: 'https://127.0.0.1:2'}}]
                users: [{name: u, user: {token: t}}]
                """;
        add(new FileCredentialsImpl(CredentialsScope.GLOBAL, "file", "", "kubeconfig", SecretBytes.fromBytes(kubeconfig.getBytes(StandardCharsets.UTF_8))));
        ApiServerAccess access = new ApiServerAccess("https://127.0.0.1:1");
        access.setCredentialsId("file");
        try (KubernetesClient client = TestEnvironment.open(access.resolve("access", credentials))) {
            assertEquals("t", client.getConfiguration().getOauthToken());
        }
    }

    /** Credentials of a plugin that this one does not know. */
    private static final class OddCredentials extends BaseStandardCredentials {
        private static final long serialVersionUID = 1L;

        OddCredentials() {
            super("odd", "");
        }
    }

    /** Their plugin, which can't make a kubeconfig of them, and says why with all that it knows. */
    @TestExtension
    public static final class OddSource extends AuthenticationTokenSource<KubernetesAuth, OddCredentials> {
        public OddSource() {
            super(KubernetesAuth.class, OddCredentials.class);
        }

        @Override
        public KubernetesAuth convert(OddCredentials credentials) {
            return (KubernetesAuth) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {KubernetesAuth.class}, (proxy, method, args) -> {
                        throw new KubernetesAuthException("no login with the password hunter2-of-odd");
                    });
        }
    }

    @Test
    public void whatAnotherPluginSaysOfItsCredentialsIsNotTold() {
        DeliveryException e = assertThrows(DeliveryException.class,
                () -> KubernetesCredentials.access("access", "https://127.0.0.1:1", null, new OddCredentials()));
        StringWriter all = new StringWriter();
        e.printStackTrace(new PrintWriter(all));
        assertTrue(all.toString(), all.toString().contains("access: the credentials 'odd' can't be used. Correct them."));
        assertFalse(all.toString(), all.toString().contains("hunter2"));
    }

    @Test
    public void aKubeconfigOfAnotherPluginHasTheSameLimit() throws Exception {
        addFile("long", "x".repeat(1024 * 1024 + 1));
        ApiServerAccess access = new ApiServerAccess("https://127.0.0.1:1");
        access.setCredentialsId("long");
        assertEquals("access: the kubeconfig of the credentials 'long' has more than 1 MiB. Use the right one.",
                assertThrows(DeliveryException.class, () -> access.resolve("access", credentials)).getMessage());
    }

    /** Whoever may store a secret file must not run programs on the controller, by whichever way the file comes. */
    @Test
    public void noSecretFileStartsAProgramOnTheController() throws Exception {
        Path started = temporary.getRoot().toPath().resolve("started");
        String kubeconfig = """
                apiVersion: v1
                kind: Config
                current-context: c
                contexts: [{name: c, context: {cluster: k, user: u}}]
                clusters: [{name: k, cluster: {server: 'https://127.0.0.1:2'}}]
                users:
                - {name: u, user: {token: the-token}}
                - {name: %s, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: touch, args: ['%s']}}}
                """;
        for (String name : new String[] {"u", "other"}) {
            addFile("hostile-" + name, kubeconfig.formatted(name, started));
            ApiServerAccess server = new ApiServerAccess("https://127.0.0.1:1");
            server.setCredentialsId("hostile-" + name);
            for (KubernetesAccess access : new KubernetesAccess[] {new KubeconfigAccess("hostile-" + name), server}) {
                ClusterAccess resolved = access.resolve("access", credentials);
                DeliveryException e = assertThrows(DeliveryException.class, () -> TestEnvironment.open(resolved));
                assertEquals("kubeconfig", e.parameter());
                assertFalse(e.getMessage(), e.getMessage().contains("the-token"));
                assertFalse("a program was started", Files.exists(started));
            }
        }
    }

    @Test
    public void theCertificateIsVerifiedUnlessTheAccessSaysOtherwise() throws Exception {
        String kubeconfig = """
                {"clusters": [{"name": "k",
                    "cluster": {"server": "https://127.0.0.1:2", "insecure-skip-tls-verify": true}}],
                 "contexts": [{"name": "c", "context": {"cluster": "k"}}], "current-context": "c"}""";
        addFile("insecure", kubeconfig);
        KubeconfigAccess access = new KubeconfigAccess("insecure");
        ClusterAccess strict = access.resolve("access", credentials);
        DeliveryException refused = assertThrows(DeliveryException.class, () -> TestEnvironment.open(strict));
        assertEquals(DeliveryException.Kind.REFUSED, refused.kind());
        access.setInsecure(true);
        Told told = new Told();
        ClusterAccess insecure = access.resolve("access", credentials);
        KubernetesClients.open(insecure, TestEnvironment.of(told), Event.Stage.DEPLOY).close();
        assertEquals(1, told.warnings().size());
    }

    @Test
    public void theServiceAccountOfTheAgentIsReadThereAnew() throws Exception {
        Path folder = temporary.newFolder("serviceaccount").toPath();
        InClusterAccess access = new InClusterAccess();
        assertEquals("access", assertThrows(DeliveryException.class, () -> access.resolve("access", credentials)).parameter());
        RunCredentials onAgent = credentials.on(new FilePath(JENKINS.createOnlineSlave().getRootPath(), "workspace"));
        String missing = assertThrows(DeliveryException.class, () -> access.resolve("access", onAgent, folder.toString())).getMessage();
        assertTrue(missing, missing.startsWith("access: the agent has no service account: there is no " + folder + "/token"));

        Files.writeString(folder.resolve("token"), "first-token\n");
        Files.writeString(folder.resolve("ca.crt"), "CA");
        ClusterAccess.Server first = (ClusterAccess.Server) access.resolve("access", onAgent, folder.toString());
        assertEquals("https://kubernetes.default.svc", first.url());
        assertEquals("CA", first.caCertificate());
        assertEquals("first-token", first.token().reveal());
        assertFalse("it is masked", credentials.mask("the first-token").contains("first-token"));
        Files.writeString(folder.resolve("token"), "second-token");
        ClusterAccess.Server second = (ClusterAccess.Server) access.resolve("access", onAgent, folder.toString());
        assertNotEquals("the kubelet renews it", first.token(), second.token());
    }
}
