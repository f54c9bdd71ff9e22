package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.LocalCommands;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.testing.Certificates;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import io.jenkins.plugins.mldelivery.testing.Told;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Signature;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What a kubeconfig may do. */
public class KubernetesClientsTest {
    private static final String KUBECONFIG =
            """
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
    private static final String TOKEN = "token: abc-token";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private static Config config(ClusterAccess access) throws DeliveryException {
        try (KubernetesClient client = TestEnvironment.open(access)) {
            return client.getConfiguration();
        }
    }

    private static Config config(String text) throws DeliveryException {
        return config(ClusterAccess.kubeconfig(SecretText.of(text), null));
    }

    private ClusterAccess own(String text, Map<String, String> proxies) {
        return new ClusterAccess.Own(
                SecretText.of(text), null, folder.getRoot().toString(), proxies, Duration.ofSeconds(30));
    }

    private static String refused(String text, String context) {
        return refused(ClusterAccess.kubeconfig(SecretText.of(text), context));
    }

    private static String refused(ClusterAccess access) {
        DeliveryException e = assertThrows(DeliveryException.class, () -> config(access));
        assertFalse(
                "a secret is in the message: " + e.getMessage(), e.getMessage().contains("abc-token"));
        assertNull("a cause could quote the file", e.getCause());
        return e.getMessage();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    public void aTokenIsUsed() throws Exception {
        Config config = config(KUBECONFIG.formatted("", TOKEN));
        assertEquals("https://127.0.0.1:6443/", config.getMasterUrl());
        assertEquals("abc-token", config.getOauthToken());
        assertEquals(
                "white space around it is no part of it",
                "abc-token",
                config(KUBECONFIG.formatted("", "token: \"abc-token\\n\"")).getOauthToken());
        assertEquals(
                "JSON is YAML",
                "abc-token",
                config(
                                """
                {"kind": "Config", "clusters": [{"name": "a", "cluster": {"server": "https://127.0.0.1"}}],
                 "current-context": "c",
                 "users": [{"name": "u", "user": {"token": "abc-token"}}],
                 "contexts": [{"name": "c", "context": {"cluster": "a", "user": "u"}}]}
                """)
                        .getOauthToken());
    }

    @Test
    public void aPasswordIsUsed() throws Exception {
        Config config = config(KUBECONFIG.formatted("", "username: jane, password: abc-token"));
        assertEquals("jane", config.getUsername());
        assertEquals("abc-token", config.getPassword());
        assertNull(config.getOauthToken());
        String both = refused(KUBECONFIG.formatted("", "username: jane, password: abc-token, token: abc-token"), null);
        assertEquals("kubeconfig: its user 'robot' has both a token and a password. Remove one of them.", both);
    }

    @Test
    public void noProgramIsStartedUnlessItIsThePersonsOwn() throws Exception {
        Path started = folder.getRoot().toPath().resolve("started");
        Path program = folder.newFile("login.sh").toPath();
        Files.writeString(
                program,
                "#!/bin/sh\ntouch '" + started + "'\n"
                        + "echo '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\","
                        + "\"status\":{\"token\":\"abc-token\"}}'\n");
        assertTrue(program.toFile().setExecutable(true));
        String text = KUBECONFIG.formatted(
                "", "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login.sh, interactiveMode: Never}");
        assertEquals(
                "kubeconfig: its user 'robot' gets credentials by starting a program, which is not allowed here. "
                        + "Use a kubeconfig with a token or a client certificate, for example of a service account.",
                refused(text, null));
        assertFalse("the program was started", Files.exists(started));
        KnownSecrets known = new KnownSecrets();
        Environment environment = new Environment(
                new LocalCommands(), Clock.system(), Secrets.none(), event -> {}, known, HostRules.standard());
        try (KubernetesClient client = KubernetesClients.open(own(text, Map.of()), environment, Event.Stage.DEPLOY)) {
            assertEquals("abc-token", client.getConfiguration().getOauthToken());
        }
        assertTrue(Files.exists(started));
        assertEquals("what it gave is masked", "****", known.mask("abc-token"));
    }

    @Test
    public void theOtherEntriesAreLookedAtAsWell() throws Exception {
        Path started = folder.getRoot().toPath().resolve("started");
        String exec =
                "exec: {apiVersion: client.authentication.k8s.io/v1, command: touch, args: [\"" + started + "\"]}";
        // kubectl takes the first entry of a name, the library the last, and skips those without fields.
        String twice = KUBECONFIG
                .formatted("", TOKEN)
                .replace("contexts:", "- name: robot\n  user: {" + exec + "}\ncontexts:");
        try {
            Config.fromKubeconfig(twice);
        } catch (RuntimeException e) {
            // touch gives no token.
        }
        assertTrue("this is what the library does", Files.deleteIfExists(started));
        assertEquals(
                "kubeconfig: line 9: it has two entries for user 'robot'. Remove one of them; tools differ in which"
                        + " one they take.",
                refused(twice, null));
        assertEquals("the person's own one neither", refused(twice, null), refused(own(twice, Map.of())));
        String unused = twice.replace("- name: robot\n  user: {exec", "- name: other\n  user: {exec");
        assertEquals(
                "kubeconfig: its user 'other' gets credentials by starting a program, which is not allowed here. "
                        + "Remove it; 'kubectl config view --raw --flatten --minify' writes the current context alone.",
                refused(unused, null));
        assertEquals("abc-token", config(own(unused, Map.of())).getOauthToken());
        assertFalse("the program was started", Files.exists(started));
    }

    @Test
    public void noFileIsReadUnlessItIsThePersonsOwn() throws Exception {
        Path file = folder.newFile("secret").toPath();
        Files.writeString(file, "abc-token\n");
        for (String user : new String[] {
            "tokenFile: \"" + file + "\"", "client-certificate: \"" + file + "\"", "client-key: \"" + file + "\""
        }) {
            assertEquals(
                    "kubeconfig: its user 'robot' refers to a file, which is not read here. Put the content into it:"
                            + " 'kubectl config view --raw --flatten'.",
                    refused(KUBECONFIG.formatted("", user), null));
        }
        String authority = KUBECONFIG.formatted(", certificate-authority: \"" + file + "\"", TOKEN);
        assertTrue(refused(authority, null).startsWith("kubeconfig: its cluster 'here' refers to a file"));
        assertEquals(
                "relative paths start from the kubeconfig",
                "abc-token",
                config(own(KUBECONFIG.formatted("", "tokenFile: secret"), Map.of()))
                        .getOauthToken());
        assertEquals(
                "kubeconfig: the tokenFile of its user 'robot', '/dev/zero', can't be used: there is no such file."
                        + " Correct the path.",
                refused(own(KUBECONFIG.formatted("", "tokenFile: /dev/zero"), Map.of())));
    }

    @Test
    public void aClientCertificate() throws Exception {
        Certificates certificates = new Certificates(folder.getRoot().toPath());
        for (String algorithm : new String[] {"EC", "RSA"}) {
            var store = certificates.create("client" + algorithm, algorithm);
            String certificate = Certificates.pem(store, false);
            String plain = Certificates.pem(store, true).substring(certificate.length());
            for (String key : new String[] {plain, older(plain, algorithm)}) {
                String user = "client-certificate-data: " + base64(certificate) + ", client-key-data: " + base64(key);
                Config config =
                        config(KUBECONFIG.formatted(", certificate-authority-data: " + base64(certificate), user));
                assertEquals(algorithm, config.getClientKeyAlgo());
                String given =
                        new String(Base64.getDecoder().decode(config.getClientKeyData()), StandardCharsets.UTF_8);
                assertTrue("in one form, however it was written", given.startsWith("-----BEGIN PRIVATE KEY-----\n"));
                assertSigns(ClientKey.parse(certificate, given));
                assertEquals(
                        text(certificate),
                        text(new String(Base64.getDecoder().decode(config.getCaCertData()), StandardCharsets.UTF_8)));
            }
        }
        String half = refused(KUBECONFIG.formatted("", "client-key-data: " + base64("abc-token")), null);
        assertEquals(
                "kubeconfig: its user 'robot' has a client certificate or a client key without the other. Complete it.",
                half);
        String broken =
                "client-certificate-data: " + base64("-----BEGIN CERTIFICATE-----\nMIIabcde\n-----END CERTIFICATE-----")
                        + ", client-key-data: " + base64("abc-token");
        assertEquals(
                "kubeconfig: the client certificate of its user 'robot' can't be used: its certificate can't be read."
                        + " Correct it.",
                refused(KUBECONFIG.formatted("", broken), null));
    }

    private static void assertSigns(ClientKey key) throws Exception {
        String algorithm = "SHA256with" + (key.key().getAlgorithm().equals("EC") ? "ECDSA" : "RSA");
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key.key());
        signature.update((byte) 1);
        byte[] signed = signature.sign();
        signature.initVerify(key.certificates().get(0));
        signature.update((byte) 1);
        assertTrue("it is another key", signature.verify(signed));
    }

    private static String text(String pem) {
        return pem.replaceAll("\\s", "");
    }

    /** The older form of the same key, PKCS#1 or SEC 1: the last element of PKCS#8. */
    private static String older(String pkcs8, String algorithm) {
        byte[] der = Base64.getMimeDecoder().decode(pkcs8.replaceAll("-----[A-Z ]+-----", ""));
        int start = der.length;
        for (int at = 3; at < der.length; at++) {
            boolean isLast = der[at] == 4 && (der[at + 1] & 0xff) < 0x80 && at + 2 + der[at + 1] == der.length
                    || der[at] == 4
                            && (der[at + 1] & 0xff) == 0x82
                            && at + 4 + ((der[at + 2] & 0xff) << 8 | der[at + 3] & 0xff) == der.length;
            if (isLast) {
                start = at + (der[at + 1] > 0 ? 2 : 4);
                break;
            }
        }
        byte[] inner = Arrays.copyOfRange(der, start, der.length);
        return "-----BEGIN " + algorithm + " PRIVATE KEY-----\n"
                + Base64.getEncoder().encodeToString(inner) + "\n-----END " + algorithm + " PRIVATE KEY-----\n";
    }

    /** What would have the library allocate two GiB, from a length that the key gives. */
    @Test
    public void aKeyThatLiesAboutItsLength() throws Exception {
        var store = new Certificates(folder.getRoot().toPath()).create("client");
        String der = Base64.getEncoder()
                .encodeToString(new byte[] {0x30, (byte) 0x84, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff});
        for (String label : List.of("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY")) {
            String key = "-----BEGIN " + label + "-----\n" + der + "\n-----END " + label + "-----\n";
            String user = "client-certificate-data: " + base64(Certificates.pem(store, false)) + ", client-key-data: "
                    + base64(key);
            assertEquals(
                    "kubeconfig: the client certificate of its user 'robot' can't be used: its key can't be read, or"
                            + " is not the certificate's. Correct it.",
                    refused(KUBECONFIG.formatted("", user), null));
        }
    }

    @Test
    public void aCertificateThatIsNotVerifiedIsNotTakenSilently() throws Exception {
        String text = KUBECONFIG.formatted(", insecure-skip-tls-verify: true", TOKEN);
        assertEquals(
                "kubeconfig: its cluster 'here' has insecure-skip-tls-verify, so the API server's certificate would"
                    + " not be verified. Put the certificate authority into it as certificate-authority-data, or set"
                    + " 'insecure' of the kubeconfig's access.",
                refused(text, null));
        Told told = new Told();
        for (ClusterAccess access :
                List.of(new ClusterAccess.Kubeconfig(SecretText.of(text), null, true), own(text, Map.of()))) {
            try (KubernetesClient client =
                    KubernetesClients.open(access, TestEnvironment.of(told), Event.Stage.DEPLOY)) {
                assertTrue(client.getConfiguration().isTrustCerts());
            }
        }
        String warning =
                "the certificate of the API server is not verified, since the kubeconfig has insecure-skip-tls-verify:"
                        + " whoever is in between can read and change everything";
        assertEquals(List.of(warning, warning), told.warnings());
        assertFalse(
                "it is not asked for",
                config(new ClusterAccess.Kubeconfig(SecretText.of(KUBECONFIG.formatted("", TOKEN)), null, true))
                        .isTrustCerts());
    }

    @Test
    public void secretsAreNotSentInClear() throws Exception {
        String text = KUBECONFIG.replace("https://127.0.0.1:6443", "http://10.1.2.3:8080");
        assertEquals(
                "cluster: the API server's URL is plain HTTP, and the credentials would be sent in clear. Use its"
                        + " https URL.",
                refused(text.formatted("", TOKEN), null));
        assertEquals(
                "cluster: the API server's URL is plain HTTP, and the credentials would be sent in clear. Use its"
                        + " https URL.",
                refused(ClusterAccess.server("http://kubernetes.default.svc", null, SecretText.of("abc-token"))));
        assertEquals("http://10.1.2.3:8080/", config(text.formatted("", "")).getMasterUrl());
        Told told = new Told();
        KubernetesClients.open(own(text.formatted("", TOKEN), Map.of()), TestEnvironment.of(told), Event.Stage.DEPLOY)
                .close();
        assertEquals(List.of("the API server's URL is plain HTTP: the credentials are sent in clear"), told.warnings());
        for (String loopback : List.of("http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1")) {
            assertEquals(
                    "abc-token",
                    config(ClusterAccess.server(loopback, null, SecretText.of("abc-token")))
                            .getOauthToken());
        }
    }

    @Test
    public void theRulesForHostsAreKept() {
        for (String server : List.of(
                "https://169.254.169.254",
                "https://[fd00:ec2::254]:6443",
                "https://0251.0376.0251.0376",
                "https://2852039166")) {
            String message =
                    refused(KUBECONFIG.replace("https://127.0.0.1:6443", server).formatted("", TOKEN), null);
            assertTrue(
                    message,
                    message.startsWith("cluster: '")
                            || message.equals(
                                    "kubeconfig: its cluster 'here' has no valid URL of an API server. Write it like"
                                            + " https://10.0.0.1:6443."));
        }
        String proxied = refused(KUBECONFIG.formatted(", proxy-url: 'http://169.254.169.254:80'", TOKEN), null);
        assertTrue(proxied, proxied.startsWith("cluster: '169.254.169.254' is an address of the local link"));
    }

    /** Asking a name server takes its time, which nothing that waits for its own turn should have to. */
    @Test
    public void aNameIsResolvedAndJudgedOnlyByTheCallThatConnects() throws Exception {
        Environment environment = new Environment(
                new LocalCommands(), Clock.system(), Secrets.none(), event -> {}, new KnownSecrets(),
                HostRules.of("hosts", List.of("10.1.0.0/16")));
        for (String name : List.of("localhost", "cluster.invalid")) {
            ClusterAccess access = ClusterAccess.server("https://" + name + ":6443", null, SecretText.of("abc-token"));
            try (KubernetesClient client = KubernetesClients.open(access, environment, Event.Stage.DEPLOY)) {
                KubernetesClientException e = assertThrows(
                        KubernetesClientException.class, () -> client.pods().inNamespace("ml").withName("x").get());
                assertFalse(KubernetesErrors.isTransient(e));
                DeliveryException refused = KubernetesErrors.explain("read Pod x", e);
                assertEquals(DeliveryException.Kind.REFUSED, refused.kind());
                assertEquals(
                        "cluster: '" + name + ":6443' is not one of the hosts that this Jenkins may send requests to, so no"
                                + " request is sent to it. Ask the administrator to allow it, or run the requests on an agent.",
                        refused.getMessage());
            }
        }
    }

    @Test
    public void aProxy() throws Exception {
        String text = KUBECONFIG.replace("127.0.0.1", "10.0.0.1");
        assertEquals(
                "http://127.0.0.1:3128",
                config(text.formatted(", proxy-url: 'http://127.0.0.1:3128'", TOKEN))
                        .getHttpsProxy());
        for (String bad :
                List.of("socks5://127.0.0.1:1080", "http://jane:abc-token@127.0.0.1:3128", "http://127.0.0.1")) {
            assertEquals(
                    "kubeconfig: its cluster 'here' has a proxy that is not supported. Write it like"
                            + " http://proxy.example.org:3128, without a login.",
                    refused(text.formatted(", proxy-url: '" + bad + "'", TOKEN), null));
        }
        Map<String, String> variables =
                Map.of("HTTPS_PROXY", "127.0.0.1:3128", "NO_PROXY", "example.org, .local,192.168.0.0/16");
        assertEquals(
                "http://127.0.0.1:3128",
                config(own(text.formatted("", TOKEN), variables)).getHttpsProxy());
        for (String direct :
                List.of("192.168.7.7", "api.example.org", "example.org", "x.local", "localhost", "127.0.0.1")) {
            assertNull(
                    direct,
                    config(own(text.replace("10.0.0.1", direct).formatted("", TOKEN), variables))
                            .getHttpsProxy());
        }
        assertEquals(
                "http://127.0.0.1:3128",
                config(own(text.replace("10.0.0.1", "notexample.org").formatted("", TOKEN), variables))
                        .getHttpsProxy());
    }

    @Test
    public void anotherIdentity() throws Exception {
        String text = KUBECONFIG.formatted("", TOKEN + ", as: boss, as-groups: [admins], as-user-extra: {why: [test]}");
        assertEquals(
                "kubeconfig: its user 'robot' acts as somebody else, which is not allowed here. Use the credentials of"
                        + " that user or service account.",
                refused(text, null));
        Config config = config(own(text, Map.of()));
        assertEquals("boss", config.getImpersonateUsername());
        assertEquals("admins", String.join(",", config.getImpersonateGroups()));
        assertEquals(Map.of("why", List.of("test")), config.getImpersonateExtras());
    }

    @Test
    public void nothingIsTakenFromTheMachine() throws Exception {
        List<String> names = List.of(
                Config.KUBERNETES_MASTER_SYSTEM_PROPERTY,
                Config.KUBERNETES_CA_CERTIFICATE_FILE_SYSTEM_PROPERTY,
                Config.KUBERNETES_OAUTH_TOKEN_SYSTEM_PROPERTY,
                Config.KUBERNETES_CLIENT_KEY_FILE_SYSTEM_PROPERTY,
                Config.KUBERNETES_HTTPS_PROXY,
                Config.KUBERNETES_IMPERSONATE_USERNAME);
        names.forEach(name -> System.setProperty(name, "https://127.0.0.1:9"));
        System.setProperty(Config.KUBERNETES_TRUST_CERT_SYSTEM_PROPERTY, "true");
        try {
            Config config = config(KUBECONFIG.formatted("", TOKEN));
            assertEquals("https://127.0.0.1:6443/", config.getMasterUrl());
            assertEquals("abc-token", config.getOauthToken());
            assertNull(config.getCaCertFile());
            assertNull(config.getClientKeyFile());
            assertNull(config.getHttpsProxy());
            assertNull(config.getImpersonateUsername());
            assertFalse(config.isTrustCerts());
        } finally {
            names.forEach(System::clearProperty);
            System.clearProperty(Config.KUBERNETES_TRUST_CERT_SYSTEM_PROPERTY);
        }
    }

    @Test
    public void whatIsWrongIsNamed() {
        String good = KUBECONFIG.formatted("", TOKEN);
        assertEquals("context: the kubeconfig has no context 'moon'. Choose one of: main.", refused(good, "moon"));
        assertEquals(
                "context: the kubeconfig has no current context. Choose one of: main.",
                refused(good.replace("current-context: main", ""), null));
        assertEquals(
                "kubeconfig: the kubeconfig, line 1, can't be read as YAML. Correct it.",
                refused("abc-token: [", null));
        assertEquals(
                "kubeconfig: it is not a kubeconfig. Give the file that kubectl uses.",
                refused("just abc-token", null));
        assertEquals("kubeconfig: it is not a kubeconfig. Give the file that kubectl uses.", refused("", null));
        assertEquals(
                "kubeconfig: it has no cluster. Give the file that kubectl uses.",
                refused("apiVersion: v1\nkind: Config\n", null));
        assertEquals(
                "kubeconfig: it is not a kubeconfig of the version v1. Give the file that kubectl uses.",
                refused(good.replace("kind: Config", "kind: Secret"), null));
        assertEquals(
                "kubeconfig: its context 'main' names a user that it does not have. Complete it, or choose another"
                        + " context.",
                refused(good.replace("user: robot}", "user: x}"), null));
        assertEquals(
                "kubeconfig: its cluster 'here' has no valid URL of an API server. Write it like"
                        + " https://10.0.0.1:6443.",
                refused(good.replace("https://127", "127"), null));
        assertEquals(
                "kubeconfig: its cluster 'here' has no valid URL of an API server: its port is not from 1 to 65535. Write it like"
                        + " https://10.0.0.1:6443.",
                refused(good.replace("127.0.0.1:6443", "127.0.0.1:99999"), null));
        assertEquals(
                "kubeconfig: the field token of its user 'robot' is not a text. Write it in quotes.",
                refused(KUBECONFIG.formatted("", "token: 5"), null));
        assertEquals(
                "kubeconfig: line 8: its user 'robot' has a field that is not known. Remove it; 'kubectl config view"
                        + " --raw' writes the known ones only.",
                refused(KUBECONFIG.formatted("", "\"exec \": {command: abc-token}"), null));
        assertEquals(
                "kubeconfig: line 13: it has a field that is not known. Remove it; 'kubectl config view --raw' writes"
                        + " the known ones only.",
                refused(good + "Users: []\n", null));
        assertEquals(
                "kubeconfig: the kubeconfig, line 13, has a key that stands there before. Remove one of the two.",
                refused(good + "users: []\n", null));
        assertEquals(
                "kubeconfig: the kubeconfig has a second document. Remove it.",
                refused(good + "---\nusers: []\n", null));
        assertEquals(
                "kubeconfig: line 7: an entry of its users has no name. Give it a name, a text, or remove it.",
                refused(good.replace("- name: robot\n  user", "- user"), null));
        assertEquals(
                "kubeconfig: line 7: an entry of its users has no fields. Remove it.",
                refused(good.replace("- name: robot\n  user: {token: abc-token}", "- robot"), null));
        assertEquals(
                "kubeconfig: the entry of its context 'main' has no field 'context' with fields. Complete it, or"
                        + " remove it.",
                refused(good.replace("  context: {cluster: here, user: robot}\n", ""), null));
        DeliveryException none =
                assertThrows(DeliveryException.class, () -> config(ClusterAccess.server(null, null, null)));
        assertEquals("server: no cluster is given. Give a kubeconfig or the API server's URL.", none.getMessage());
        assertEquals(
                "kubeconfig: the token has a character at position 4 that an HTTP header can't hold, such as a line"
                        + " break or a space. Correct the credentials.",
                refused(KUBECONFIG.formatted("", "token: \"abc\\nabc-token\""), null));
    }

    @Test
    public void bombsEndWithOneSentence() {
        String aliases = "a: &a [x,x,x,x,x,x,x,x,x]\n";
        for (char c = 'b'; c < 'k'; c++) {
            char before = (char) (c - 1);
            aliases += c + ": &" + c + " [" + ("*" + before + ",").repeat(9) + "]\n";
        }
        for (String text : List.of(
                aliases,
                "[".repeat(500_000),
                "{a: ".repeat(250_000),
                "- ".repeat(500_000),
                "a: ".repeat(300_000),
                "&a ".repeat(300_000),
                "\"".repeat(1_000_000),
                "x".repeat(1024 * 1024 + 1),
                "[1,".repeat(300_000),
                "%a b\n".repeat(200_000),
                "? ".repeat(500_000),
                "a: b\n".repeat(200_000),
                "- a\n".repeat(250_000),
                "<<: {a: b}",
                "!!javax.script.ScriptEngineManager [x]",
                "a: 1e999999999",
                "clusters: [" + "{name: a},".repeat(90_000) + "]")) {
            long begin = System.nanoTime();
            String message = refused(text, null);
            assertTrue(message, message.startsWith("kubeconfig: ") && message.length() < 200);
            assertTrue("it took long", System.nanoTime() - begin < 10_000_000_000L);
        }
    }

    @Test
    public void allSecretsOfItAreMasked() throws Exception {
        KnownSecrets known = new KnownSecrets();
        Environment environment = new Environment(
                new LocalCommands(), Clock.system(), Secrets.none(), event -> {}, known, HostRules.standard());
        String text = KUBECONFIG
                .formatted("", TOKEN)
                .replace(
                        "contexts:",
                        """
                - name: other
                  user: {username: jane, password: jane-password, client-key-data: %s}
                - name: third
                  user:
                    exec:
                      command: get-login
                      env: [{name: MY_SECRET, value: env-secret}, {name: REGION, value: eu-north-1}]
                contexts:"""
                                .formatted(base64(
                                        "-----BEGIN PRIVATE KEY-----\nkey-line-one\n-----END PRIVATE KEY-----\n")));
        assertThrows(
                DeliveryException.class,
                () -> KubernetesClients.open(
                        ClusterAccess.kubeconfig(SecretText.of(text), null), environment, Event.Stage.DEPLOY));
        for (String secret :
                List.of("abc-token", "jane-password", "key-line-one", "env-secret", base64("robot:abc-token"))) {
            assertFalse(secret, known.mask("x " + secret + " y").contains(secret));
        }
        assertEquals("get-login eu-north-1 jane kind: Config", known.mask("get-login eu-north-1 jane kind: Config"));
    }
}
