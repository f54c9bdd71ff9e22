package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SecretBytes;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.CertificateCredentialsImpl;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.model.FreeStyleBuild;
import hudson.model.Item;
import hudson.model.Result;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.security.AccessDeniedException3;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import hudson.util.Secret;
import io.jenkins.plugins.mldelivery.config.RunCredentials;
import io.jenkins.plugins.mldelivery.delivery.ClientIdentity;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.testing.Certificates;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** mlVerifyMetrics and a Prometheus server that wants more than a password: with credentials of Jenkins, none of which gets into the log or the build's files. */
public class PrometheusAccessStepTest {
    private static final String OK = "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"0.25\"]}}";
    private static final String SECRET = "s3cret-w0rd";

    @ClassRule
    public static final FormsRule JENKINS = new FormsRule();

    @ClassRule
    public static final TemporaryFolder TEMPORARY = new TemporaryFolder();

    private static KeyStore server;
    private static KeyStore client;

    @BeforeClass
    public static void credentials() throws Exception {
        Certificates certificates = new Certificates(TEMPORARY.getRoot().toPath());
        server = certificates.create("server");
        client = certificates.create("client");
        add(new CertificateCredentialsImpl(
                CredentialsScope.GLOBAL, "me", "", Certificates.PASSWORD, new CertificateCredentialsImpl.UploadedKeyStoreSource(SecretBytes.fromBytes(Files.readAllBytes(certificates.file("client"))))));
        add(new StringCredentialsImpl(CredentialsScope.GLOBAL, "pem", "", Secret.fromString(Certificates.pem(client, true))));
        add(new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, "client", "", "ann", SECRET));
        add(new StringCredentialsImpl(CredentialsScope.GLOBAL, "key", "", Secret.fromString(SECRET + "-key")));
    }

    @Before
    public void open() {
        JENKINS.openToAnyone();
    }

    private static void add(Credentials credentials) throws IOException {
        SystemCredentialsProvider.getInstance().getCredentials().add(credentials);
        SystemCredentialsProvider.getInstance().save();
    }

    private WorkflowRun verify(String name, String url, String more) throws Exception {
        String ca = Certificates.pem(server, false).replace("\r", "");
        return Jobs.pipeline(name, "mlVerifyMetrics(checks: [threshold(name: 'p99', query: 'latency', max: 0.5, count: 1)], prometheus: '" + url + "', interval: '1s', timeout: '5s', caCertificate: '''" + ca + "'''" + more + ")")
                .scheduleBuild2(0).get();
    }

    @Test
    public void everySecretReachesTheServerAndNothingElse() throws Exception {
        try (LoopbackServer tokens = LoopbackServer.startTls(Certificates.context(server, client), false, r -> new LoopbackServer.Answer(200, "{\"access_token\":\"" + SECRET + "-t\",\"expires_in\":300}"));
                LoopbackServer prometheus = LoopbackServer.startTls(Certificates.context(server, client), true, r -> new LoopbackServer.Answer(200, OK))) {
            WorkflowRun oauth2 = verify("oauth2", prometheus.url(),
                    ", auth: oauth2(tokenUrl: '" + tokens.url() + "', credentialsId: 'client', scopes: ['read']), clientCertificateId: 'me', headers: ['X-Scope-OrgID': 'team'], secretHeaders: ['X-Key': 'key'], queryTimeout: '7s'");
            JENKINS.assertBuildStatus(Result.SUCCESS, oauth2);
            LoopbackServer.Request request = prometheus.requests().get(0);
            assertEquals("Bearer " + SECRET + "-t", request.authorization());
            assertEquals("team", request.header("X-Scope-OrgID"));
            assertEquals(SECRET + "-key", request.header("X-Key"));
            assertEquals("query=latency&timeout=7000ms&limit=50001", request.body());
            assertEquals("grant_type=client_credentials&scope=read", tokens.requests().get(0).body());
            nothingSecretIn(oauth2);

            WorkflowRun sigV4 = verify("sigV4", prometheus.url(), ", auth: sigV4(region: 'eu-central-1', credentialsId: 'client', sessionTokenId: 'key'), clientCertificateId: 'pem'");
            JENKINS.assertBuildStatus(Result.SUCCESS, sigV4);
            LoopbackServer.Request signed = prometheus.requests().get(prometheus.requests().size() - 1);
            assertTrue(signed.authorization(), signed.authorization().startsWith("AWS4-HMAC-SHA256 Credential=ann/"));
            assertEquals(SECRET + "-key", signed.header("X-Amz-Security-Token"));
            nothingSecretIn(sigV4);
        }
    }

    @Test
    public void whatAServerRepeatsIsMasked() throws Exception {
        try (LoopbackServer prometheus = LoopbackServer.startTls(Certificates.context(server, client), false, r -> new LoopbackServer.Answer(
                400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"you sent " + r.authorization() + " " + r.header("X-Key") + "\"}"))) {
            WorkflowRun run = verify("echo", prometheus.url(), ", credentialsId: 'client', secretHeaders: ['X-Key': 'key']");
            JENKINS.assertBuildStatus(Result.FAILURE, run);
            JENKINS.assertLogContains("(you sent Basic **** ****)", run);
            nothingSecretIn(run);
        }
    }

    private void nothingSecretIn(WorkflowRun run) throws Exception {
        String key = Base64.getEncoder().encodeToString(client.getKey("client", Certificates.PASSWORD.toCharArray()).getEncoded()).substring(0, 40);
        String basic = Base64.getEncoder().encodeToString(("ann:" + SECRET).getBytes(StandardCharsets.UTF_8));
        try (Stream<Path> files = Files.walk(run.getRootDir().toPath())) {
            List<Path> all = files.filter(Files::isRegularFile).toList();
            assertTrue("the build has files", all.size() > 2);
            for (Path file : all) {
                String content = Files.readString(file, StandardCharsets.ISO_8859_1);
                for (String secret : List.of(SECRET, key, basic, Certificates.PASSWORD)) {
                    assertFalse(file + " has '" + secret + "'", content.contains(secret));
                }
            }
        }
    }

    @Test
    public void whatIsWrongIsNamed() throws Exception {
        String[][] wrong = {
            {", clientCertificateId: 'nobody'", "ERROR: clientCertificateId: there are no credentials with the id 'nobody'"},
            {", clientCertificateId: 'key'", "ERROR: clientCertificateId: the client certificate 'key' can't be used ("},
            {", auth: oauth2(tokenUrl: 'login', credentialsId: 'client')", "ERROR: auth: the tokenUrl 'login' is not an http or https URL"},
            {", auth: sigV4(region: 'eu-central-1', credentialsId: 'key')", "ERROR: auth: the credentials 'key' are a token"},
            {", auth: sigV4(region: 'eu-central-1', credentialsId: 'client'), credentialsId: 'client'", "ERROR: credentialsId: auth says already how to log in"},
            {", headers: [Authorization: 'x']", "ERROR: headers: the value of 'Authorization' is a secret"},
            {", insecure: true", "ERROR: caCertificate: it has no effect, since insecure takes any certificate"},
            {", noProxy: ['a']", "ERROR: noProxy: there is no proxy to go without"},
            {", queryTimeout: '1h'", "ERROR: queryTimeout: it is not from 1s to 10m"},
        };
        for (int i = 0; i < wrong.length; i++) {
            WorkflowRun run = verify("wrong" + i, "https://127.0.0.1:1", wrong[i][0]);
            JENKINS.assertBuildStatus(Result.FAILURE, run);
            JENKINS.assertLogContains(wrong[i][1], run);
            JENKINS.assertLogNotContains("\tat ", run);
            nothingSecretIn(run);
        }
    }

    @Test
    public void aCertificateIsLookedUpTrackedAndMasked() throws Exception {
        FreeStyleBuild build = JENKINS.buildAndAssertSuccess(JENKINS.createFreeStyleProject());
        RunCredentials credentials = new RunCredentials(build);
        ClientIdentity identity = credentials.certificate("clientCertificateId", "me");
        String pem = identity.content().reveal();
        assertTrue(pem.startsWith("-----BEGIN CERTIFICATE-----") && pem.contains("-----BEGIN PRIVATE KEY-----"));
        assertFalse("nothing readable is printed", identity.toString().contains("PRIVATE"));
        String keyLine = pem.substring(pem.indexOf("PRIVATE KEY-----") + 17).lines().findFirst().orElseThrow();
        assertEquals("a line of the key", "****", credentials.mask(keyLine));
        assertEquals("the whole", "<****>", credentials.mask("<" + pem + ">"));
        assertEquals("****", credentials.mask(Certificates.PASSWORD));
        Credentials stored = SystemCredentialsProvider.getInstance().getCredentials().get(0);
        assertTrue("the use is tracked", CredentialsProvider.getFingerprintOf(stored).getJobs().contains(build.getParent().getFullName()));
        assertTrue(credentials.certificate("clientCertificateId", "pem").content().reveal().contains("PRIVATE KEY"));
        DeliveryException missing = assertThrows(DeliveryException.class, () -> credentials.certificate("clientCertificateId", "nobody"));
        assertEquals("clientCertificateId", missing.parameter());
    }

    @Test
    public void onlyWhoMayConfigureSeesIdsAndChecksFields() throws Exception {
        WorkflowJob job = Jobs.pipeline("job", "");
        JENKINS.jenkins.setSecurityRealm(JENKINS.createDummySecurityRealm());
        JENKINS.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ).everywhere().to("reader")
                .grant(Jenkins.READ, Item.READ, Item.CONFIGURE, Item.EXTENDED_READ).everywhere().to("author"));
        VerifyMetricsStep.DescriptorImpl step = JENKINS.jenkins.getDescriptorByType(VerifyMetricsStep.DescriptorImpl.class);
        VerifySettings.DescriptorImpl settings = JENKINS.jenkins.getDescriptorByType(VerifySettings.DescriptorImpl.class);
        OAuth2Auth.DescriptorImpl oauth2 = JENKINS.jenkins.getDescriptorByType(OAuth2Auth.DescriptorImpl.class);
        SigV4Auth.DescriptorImpl sigV4 = JENKINS.jenkins.getDescriptorByType(SigV4Auth.DescriptorImpl.class);
        try (ACLContext reader = ACL.as2(User.getById("reader", true).impersonate2())) {
            for (Item item : new Item[] {job, null}) {
                assertEquals(List.of(""), values(step.doFillClientCertificateIdItems(item, "")));
                assertEquals(List.of(""), values(settings.doFillClientCertificateIdItems(item, "")));
                assertEquals(List.of(""), values(oauth2.doFillCredentialsIdItems(item, "")));
                assertEquals(List.of(""), values(sigV4.doFillCredentialsIdItems(item, "")));
                assertEquals(List.of(""), values(sigV4.doFillSessionTokenIdItems(item, "")));
                assertThrows(AccessDeniedException3.class, () -> step.doCheckPrometheus(item, "x"));
                assertThrows(AccessDeniedException3.class, () -> step.doCheckCaCertificate(item, "x"));
                assertThrows(AccessDeniedException3.class, () -> settings.doCheckProxy(item, "x"));
                assertThrows(AccessDeniedException3.class, () -> settings.doCheckQueryTimeout(item, "x"));
                assertThrows(AccessDeniedException3.class, () -> oauth2.doCheckTokenUrl(item, "x"));
                assertThrows(AccessDeniedException3.class, () -> sigV4.doCheckRegion(item, "x"));
            }
        }
        try (ACLContext author = ACL.as2(User.getById("author", true).impersonate2())) {
            assertTrue(values(step.doFillClientCertificateIdItems(job, "")).containsAll(List.of("me", "pem")));
            assertTrue(values(settings.doFillClientCertificateIdItems(job, "")).containsAll(List.of("me", "pem")));
            assertTrue(values(oauth2.doFillCredentialsIdItems(job, "")).contains("client"));
            assertFalse("a token is no client", values(oauth2.doFillCredentialsIdItems(job, "")).contains("key"));
            assertTrue(values(sigV4.doFillCredentialsIdItems(job, "")).contains("client"));
            assertTrue(values(sigV4.doFillSessionTokenIdItems(job, "")).contains("key"));
            for (FormValidation wrong : List.of(step.doCheckPrometheus(job, "prom"), settings.doCheckPrometheus(job, "prom"), step.doCheckCaCertificate(job, "x"), settings.doCheckCaCertificate(job, "x"),
                    step.doCheckProxy(job, "x"), settings.doCheckProxy(job, "x"), step.doCheckQueryTimeout(job, "x"), settings.doCheckQueryTimeout(job, "1h"), oauth2.doCheckTokenUrl(job, "x"), sigV4.doCheckRegion(job, "EU central"))) {
                assertEquals(FormValidation.Kind.ERROR, wrong.kind);
            }
            for (FormValidation right : List.of(step.doCheckPrometheus(job, ""), settings.doCheckPrometheus(job, "http://prom:9090"), step.doCheckCaCertificate(job, ""), step.doCheckCaCertificate(job, Certificates.pem(server, false)),
                    step.doCheckProxy(job, ""), settings.doCheckProxy(job, "proxy:3128"), step.doCheckQueryTimeout(job, "5s"), oauth2.doCheckTokenUrl(job, "https://t"), sigV4.doCheckRegion(job, "eu-central-1"))) {
                assertEquals(right.getMessage(), FormValidation.Kind.OK, right.kind);
            }
            assertEquals("the tokenUrl &#039;x&#039; is not an http or https URL. Give the URL of the token endpoint, such as https://login.example.org/oauth2/token.", oauth2.doCheckTokenUrl(job, "x").getMessage());
        }
    }

    private static List<String> values(ListBoxModel items) {
        return items.stream().map(o -> o.value).toList();
    }

    @Test
    public void formMethodsWantPost() throws Exception {
        JenkinsRule.WebClient client = JENKINS.createWebClient();
        client.setThrowExceptionOnFailingStatusCode(false);
        for (Class<?> type : List.of(VerifyMetricsStep.class, VerifySettings.class)) {
            for (String method : List.of("checkPrometheus?prometheus=x", "checkCaCertificate?caCertificate=x", "checkProxy?proxy=x", "checkQueryTimeout?queryTimeout=x", "fillClientCertificateIdItems")) {
                assertEquals(method, 405, status(client, type, method));
            }
        }
        for (String method : List.of("checkTokenUrl?tokenUrl=x", "fillCredentialsIdItems")) {
            assertEquals(method, 405, status(client, OAuth2Auth.class, method));
        }
        for (String method : List.of("checkRegion?region=x", "fillCredentialsIdItems", "fillSessionTokenIdItems")) {
            assertEquals(method, 405, status(client, SigV4Auth.class, method));
        }
    }

    private int status(JenkinsRule.WebClient client, Class<?> type, String method) throws Exception {
        URL url = new URL(JENKINS.getURL(), "descriptorByName/" + type.getName() + "/" + method);
        return client.getPage(new WebRequest(url, HttpMethod.GET)).getWebResponse().getStatusCode();
    }
}
