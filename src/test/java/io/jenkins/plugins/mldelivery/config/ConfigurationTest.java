package io.jenkins.plugins.mldelivery.config;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.util.ListBoxModel;
import hudson.util.Secret;
import io.jenkins.plugins.casc.ConfigurationAsCode;
import io.jenkins.plugins.mldelivery.steps.FormsRule;
import java.io.ByteArrayOutputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.html.HtmlElement;
import org.htmlunit.html.HtmlForm;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** The global configuration: form, export, and who may see what. */
public class ConfigurationTest {
    @ClassRule
    public static final FormsRule JENKINS = new FormsRule();

    @Before
    public void open() {
        JENKINS.openToAnyone();
        MlDeliveryConfiguration.get().setClusters(List.of());
        MlDeliveryConfiguration.get().setInlineAccess(true);
        MlDeliveryConfiguration.get().setAllowedHosts(null);
    }

    @Test
    public void theFormKeepsTheClusters() throws Exception {
        ApiServerAccess staging = new ApiServerAccess("https://10.0.0.1:6443");
        staging.setCaCertificate("-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----");
        KubeconfigAccess production = new KubeconfigAccess("kube");
        production.setContext("prod");
        MlDeliveryConfiguration.get().setClusters(List.of(new ClusterConfiguration("production", production), new ClusterConfiguration("staging", staging)));
        JENKINS.configRoundtrip();
        List<ClusterConfiguration> clusters = MlDeliveryConfiguration.get().getClusters();
        assertEquals(2, clusters.size());
        JENKINS.assertEqualDataBoundBeans(production, clusters.get(0).getAccess());
        assertEquals("staging", clusters.get(1).getName());
        ApiServerAccess access = (ApiServerAccess) clusters.get(1).getAccess();
        assertEquals(staging.getUrl(), access.getUrl());
        assertEquals(staging.getCaCertificate(), access.getCaCertificate().replace("\r\n", "\n"));
        MlDeliveryConfiguration.get().load();
        assertEquals("it is on disk", 2, MlDeliveryConfiguration.get().getClusters().size());
    }

    @Test
    public void theFormKeepsWhomAClusterIsForAndWhatIsAllowedBeside() throws Exception {
        MlDeliveryConfiguration.get().setClusters(List.of(limited(), new ClusterConfiguration("open", new KubeconfigAccess("kube"))));
        MlDeliveryConfiguration.get().setInlineAccess(false);
        MlDeliveryConfiguration.get().setAllowedHosts("10.0.0.0/8\n*.example.org");
        JENKINS.configRoundtrip();
        MlDeliveryConfiguration saved = MlDeliveryConfiguration.get();
        assertEquals("team-a\n*/release", saved.getClusters().get(0).getFolders());
        assertEquals("ml\nteam-*", saved.getClusters().get(0).getNamespaces());
        assertNull(saved.getClusters().get(1).getFolders());
        assertNull(saved.getClusters().get(1).getNamespaces());
        assertFalse(saved.isInlineAccess());
        assertEquals("10.0.0.0/8\n*.example.org", saved.getAllowedHosts());
        saved.load();
        assertEquals("it is on disk", "team-a\n*/release", saved.getClusters().get(0).getFolders());
    }

    private static ClusterConfiguration limited() {
        ClusterConfiguration limited = new ClusterConfiguration("production", new KubeconfigAccess("kube"));
        limited.setFolders("team-a\n*/release");
        limited.setNamespaces("ml\nteam-*");
        return limited;
    }

    @Test
    public void wrongHostsAreNotSavedByTheForm() throws Exception {
        MlDeliveryConfiguration.get().setAllowedHosts("example.org");
        JenkinsRule.WebClient client = JENKINS.createWebClient();
        client.setThrowExceptionOnFailingStatusCode(false);
        HtmlForm form = client.goTo("configure").getFormByName("config");
        form.getTextAreasByName("_.allowedHosts").get(0).setText("http://x/");
        assertTrue(JENKINS.submit(form).getWebResponse().getStatusCode() >= 400);
        assertEquals("example.org", MlDeliveryConfiguration.get().getAllowedHosts());
    }

    @Test
    public void limitsAreExportedAndImported() throws Exception {
        MlDeliveryConfiguration.get().setClusters(List.of(limited()));
        MlDeliveryConfiguration.get().setInlineAccess(false);
        MlDeliveryConfiguration.get().setAllowedHosts("10.0.0.0/8\n*.example.org");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ConfigurationAsCode.get().export(out);
        String exported = out.toString(StandardCharsets.UTF_8);
        assertTrue(exported, exported.contains("allowedHosts: |-\n      10.0.0.0/8\n      *.example.org"));
        assertTrue(exported, exported.contains("folders: |-\n        team-a\n        */release"));
        assertTrue(exported, exported.contains("inlineAccess: false"));

        open();
        Path yaml = Files.createTempFile("jenkins", ".yaml");
        try {
            Files.writeString(yaml, """
                    unclassified:
                      mlDelivery:
                        inlineAccess: false
                        allowedHosts: |
                          10.0.0.0/8
                        clusters:
                          - name: "production"
                            folders: "team-a"
                            namespaces: |
                              ml
                              team-*
                            access:
                              kubeconfig:
                                credentialsId: "kube"
                    """);
            ConfigurationAsCode.get().configure(yaml.toUri().toString());
        } finally {
            Files.delete(yaml);
        }
        MlDeliveryConfiguration imported = MlDeliveryConfiguration.get();
        assertFalse(imported.isInlineAccess());
        assertEquals("10.0.0.0/8", imported.getAllowedHosts());
        assertEquals("team-a", imported.getClusters().get(0).getFolders());
        assertEquals("ml\nteam-*", imported.getClusters().get(0).getNamespaces());
    }

    @Test
    public void theLastClusterCanBeRemovedInTheForm() throws Exception {
        MlDeliveryConfiguration.get().setClusters(List.of(new ClusterConfiguration("production", new KubeconfigAccess("kube"))));
        HtmlForm form = JENKINS.createWebClient().goTo("configure").getFormByName("config");
        HtmlElement cluster = form.getFirstByXPath("//input[@value='production']/ancestor::div[contains(@class, 'repeated-chunk')]");
        HtmlElement delete = cluster.getFirstByXPath(".//button[contains(@class, 'repeatable-delete')]");
        delete.click();
        JENKINS.submit(form);
        assertTrue("none is left", MlDeliveryConfiguration.get().getClusters().isEmpty());
    }

    @Test
    public void whatWasExportedImportsAgain() throws Exception {
        KubeconfigAccess production = new KubeconfigAccess("kube");
        production.setContext("prod");
        MlDeliveryConfiguration.get().setClusters(List.of(new ClusterConfiguration("production", production)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ConfigurationAsCode.get().export(out);
        String yaml = out.toString(StandardCharsets.UTF_8);
        assertTrue(yaml, yaml.contains("mlDelivery:\n    clusters:\n    - access:\n        kubeconfig:\n          context: \"prod\"\n          credentialsId: \"kube\"\n      name: \"production\""));
    }

    @Test
    public void credentialIdsCanNotBeEnumerated() throws Exception {
        SystemCredentialsProvider.getInstance().getCredentials().add(
                new StringCredentialsImpl(CredentialsScope.GLOBAL, "token-of-production", "", Secret.fromString("x")));
        FreeStyleProject project = JENKINS.createFreeStyleProject("job");
        JENKINS.jenkins.setSecurityRealm(JENKINS.createDummySecurityRealm());
        JENKINS.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ).everywhere().to("reader")
                .grant(Jenkins.READ, Item.READ, Item.CONFIGURE, Item.EXTENDED_READ).everywhere().to("author"));
        ApiServerAccess.DescriptorImpl descriptor = JENKINS.jenkins.getDescriptorByType(ApiServerAccess.DescriptorImpl.class);
        try (var reader = hudson.security.ACL.as2(hudson.model.User.getById("reader", true).impersonate2())) {
            assertFalse(has(descriptor.doFillCredentialsIdItems(project, ""), "token-of-production"));
            assertFalse(has(descriptor.doFillCredentialsIdItems(null, ""), "token-of-production"));
        }
        try (var author = hudson.security.ACL.as2(hudson.model.User.getById("author", true).impersonate2())) {
            assertTrue(has(descriptor.doFillCredentialsIdItems(project, ""), "token-of-production"));
        }
    }

    private static boolean has(ListBoxModel items, String id) {
        return items.stream().anyMatch(o -> o.value.equals(id));
    }

    @Test
    public void formMethodsWantPost() throws Exception {
        JenkinsRule.WebClient client = JENKINS.createWebClient();
        client.setThrowExceptionOnFailingStatusCode(false);
        String root = "descriptorByName/" + ApiServerAccess.class.getName() + "/";
        for (String method : List.of("checkUrl?url=x", "fillCredentialsIdItems")) {
            WebRequest get = new WebRequest(new URL(JENKINS.getURL(), root + method), HttpMethod.GET);
            assertEquals(method, 405, client.getPage(get).getWebResponse().getStatusCode());
        }
        WebRequest post = client.addCrumb(new WebRequest(new URL(JENKINS.getURL(), root + "checkUrl?url=ftp://x"), HttpMethod.POST));
        assertTrue(client.getPage(post).getWebResponse().getContentAsString().contains("Give the URL of the API server"));
    }
}
