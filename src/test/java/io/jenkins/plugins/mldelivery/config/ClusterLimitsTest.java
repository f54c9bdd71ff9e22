package io.jenkins.plugins.mldelivery.config;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider;
import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.CredentialsStore;
import com.cloudbees.plugins.credentials.SecretBytes;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.domains.DomainCredentials;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Items;
import hudson.model.User;
import hudson.security.ACL;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import hudson.util.Secret;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.MockFolder;

/** Whom a configured cluster is for, and what authors of jobs may reach beside. */
public class ClusterLimitsTest {
    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private static MockFolder teamA;
    private static MockFolder teamB;

    private final ApiServerAccess access = new ApiServerAccess("https://127.0.0.1:1");

    @Before
    public void clusters() throws Exception {
        if (teamA == null) {
            teamA = JENKINS.createFolder("team-a");
            teamB = JENKINS.createFolder("team-b");
        }
        MlDeliveryConfiguration.get().setInlineAccess(true);
        MlDeliveryConfiguration.get().setAllowedHosts(null);
        MlDeliveryConfiguration.get().setClusters(List.of(
                cluster("prod-of-a", "team-a", null),
                cluster("hidden", "nobody\nteam-*/release", null),
                cluster("shared", null, "ml\nteam-*")));
    }

    private ClusterConfiguration cluster(String name, String folders, String namespaces) {
        ClusterConfiguration cluster = new ClusterConfiguration(name, access);
        cluster.setFolders(folders);
        cluster.setNamespaces(namespaces);
        return cluster;
    }

    private static RunCredentials build(FreeStyleProject job) throws Exception {
        return new RunCredentials(JENKINS.buildAndAssertSuccess(job));
    }

    private static FreeStyleProject job(MockFolder folder, String name) throws Exception {
        Item present = folder.getItem(name);
        return present != null ? (FreeStyleProject) present : folder.createProject(FreeStyleProject.class, name);
    }

    private static String refused(Kind kind, String name, RunCredentials credentials) {
        DeliveryException e = assertThrows(DeliveryException.class, () -> Clusters.resolve(name, null, credentials));
        assertEquals(kind, e.kind());
        return e.getMessage();
    }

    private static String unknown(String name, String rest) {
        return "cluster: Jenkins has no cluster with the name '" + name + "' for " + rest
                + ". Correct the name, or ask the administrator to configure it under Manage Jenkins » System » ML Delivery.";
    }

    @Test
    public void aClusterIsForItsFoldersAlone() throws Exception {
        RunCredentials a = build(job(teamA, "churn"));
        RunCredentials b = build(job(teamB, "churn"));
        RunCredentials top = build(JENKINS.createFreeStyleProject("team-a2"));
        assertEquals("https://127.0.0.1:1", ((ClusterAccess.Server) Clusters.resolve("prod-of-a", null, a).access()).url());
        assertEquals(
                unknown("prod-of-a", "jobs in 'team-b', but shared"), refused(Kind.INVALID_INPUT, "prod-of-a", b));
        assertEquals(
                unknown("prod-of-a", "the job 'team-a2', but shared"), refused(Kind.INVALID_INPUT, "prod-of-a", top));
        assertTrue(Clusters.resolve("shared", null, top).access() != null);
        assertTrue(Clusters.resolve("hidden", null, build(job(teamB, "release"))).access() != null);
    }

    @Test
    public void noErrorNamesClustersThatTheJobMayNotUse() throws Exception {
        RunCredentials a = build(job(teamA, "churn"));
        RunCredentials b = build(job(teamB, "churn"));
        for (String name : new String[] {"moon", null}) {
            String ofA = refused(Kind.INVALID_INPUT, name, a);
            assertTrue(ofA, ofA.contains("prod-of-a, shared") && !ofA.contains("hidden"));
        }
        String ofB = refused(Kind.INVALID_INPUT, "moon", b);
        assertEquals(
                "a name that there is not, as one that is another job's", unknown("moon", "jobs in 'team-b', but shared"), ofB);
        assertEquals("the only one that this job may use", "https://127.0.0.1:1",
                ((ClusterAccess.Server) Clusters.resolve(null, null, b).access()).url());

        MlDeliveryConfiguration.get().setClusters(List.of(cluster("prod-of-a", "team-a", null)));
        assertEquals(unknown("prod-of-a", "jobs in 'team-b'"), refused(Kind.INVALID_INPUT, "prod-of-a", b));
        String none = refused(Kind.INVALID_INPUT, null, b);
        assertTrue(none,
                none.startsWith("cluster: no cluster is given and none is configured in Jenkins for jobs in 'team-b'. ")
                && !none.contains("prod-of-a"));
        assertEquals(unknown("moon", "jobs in 'team-b'"), refused(Kind.INVALID_INPUT, "moon", b));
    }

    @Test
    public void aJobIsJudgedByTheNameThatItHasNow() throws Exception {
        FreeStyleProject moved = job(teamB, "moved");
        RunCredentials credentials = build(moved);
        refused(Kind.INVALID_INPUT, "prod-of-a", credentials);
        FreeStyleProject inA = Items.move(moved, teamA);
        assertEquals("team-a/moved", inA.getFullName());
        Clusters.resolve("prod-of-a", null, new RunCredentials(inA.getLastBuild()));
        inA.renameTo("renamed");
        MlDeliveryConfiguration.get().setClusters(List.of(cluster("prod-of-a", "team-a/moved", null)));
        refused(Kind.INVALID_INPUT, "prod-of-a", new RunCredentials(inA.getLastBuild()));
        MlDeliveryConfiguration.get().setClusters(List.of(cluster("prod-of-a", "Team-A", null)));
        refused(Kind.INVALID_INPUT, "prod-of-a", new RunCredentials(inA.getLastBuild()));
        inA.delete();
    }

    @Test
    public void formsOfferWhatTheJobMayUse() throws Exception {
        assertEquals(List.of("", "prod-of-a", "shared"), values(Clusters.names(job(teamA, "churn"))));
        assertEquals(List.of("", "shared"), values(Clusters.names(job(teamB, "churn"))));
        assertEquals(List.of("", "prod-of-a", "hidden", "shared"), values(Clusters.names(null)));
        JENKINS.jenkins.setSecurityRealm(JENKINS.createDummySecurityRealm());
        JENKINS.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy().grant(Jenkins.READ, Item.READ)
                .everywhere().to("reader").grant(Jenkins.ADMINISTER).everywhere().to("admin"));
        try (var reader = ACL.as2(User.getById("reader", true).impersonate2())) {
            assertEquals(List.of(""), values(Clusters.names(job(teamA, "churn"))));
            assertEquals(List.of(""), values(Clusters.names(null)));
        } finally {
            JENKINS.jenkins.setAuthorizationStrategy(hudson.security.AuthorizationStrategy.UNSECURED);
            JENKINS.jenkins.setSecurityRealm(hudson.security.SecurityRealm.NO_AUTHENTICATION);
        }
    }

    private static List<String> values(ListBoxModel items) {
        return items.stream().map(o -> o.value).toList();
    }

    @Test
    public void aClusterIsForItsNamespacesAlone() throws Exception {
        ClusterGrant shared = Clusters.resolve("shared", null, build(job(teamA, "churn")));
        assertEquals(shared.access(), shared.in("ml"));
        shared.in("team-red");
        DeliveryException e = assertThrows(DeliveryException.class, () -> shared.in("kube-system"));
        assertEquals(
                "namespace: 'kube-system' is not among the namespaces that the cluster 'shared' is for: ml, team-*. Ask the administrator, or use one of these.", e.getMessage());
        assertThrows(DeliveryException.class, () -> shared.in("ML"));
        Clusters.resolve("prod-of-a", null, build(job(teamA, "churn"))).in("anything");
    }

    @Test
    public void anAdministratorCanForbidClustersOfTheAuthorsOwn() throws Exception {
        RunCredentials a = build(job(teamA, "churn"));
        Clusters.resolve(null, access, a).in("anywhere");
        MlDeliveryConfiguration.get().setInlineAccess(false);
        DeliveryException e = assertThrows(DeliveryException.class, () -> Clusters.resolve(null, access, a));
        assertEquals(
                "access: steps of this Jenkins may not give a cluster of their own. Give 'cluster', the name of a configured one.", e.getMessage());
        assertEquals(Kind.REFUSED, e.kind());
        Clusters.resolve("prod-of-a", null, a);
    }

    /** So that nobody gets round the limits with credentials that the job sees as well. */
    @Test
    public void theCredentialsOfALimitedClusterNeedNotBeSeenByItsJobs() throws Exception {
        String kubeconfig = """
                apiVersion: v1
                kind: Config
                current-context: c
                contexts: [{name: c, context: {cluster: k, user: u}}]
                clusters: [{name: k, cluster: {server: 'https://127.0.0.1:2'}}]
                users: [{name: u, user: {token: token-of-production}}]
                """;
        SystemCredentialsProvider.getInstance().getCredentials().add(
                new FileCredentialsImpl(CredentialsScope.SYSTEM, "of-system", "", "kubeconfig",
                        SecretBytes.fromBytes(kubeconfig.getBytes(StandardCharsets.UTF_8))));
        KubeconfigAccess kube = new KubeconfigAccess("of-system");
        ClusterConfiguration limited = new ClusterConfiguration("limited", kube);
        limited.setFolders("team-a");
        MlDeliveryConfiguration.get().setClusters(List.of(limited, new ClusterConfiguration("open", kube)));
        RunCredentials a = build(job(teamA, "churn"));
        Clusters.resolve("limited", null, a);
        for (String message : List.of(refused(Kind.INVALID_INPUT, "open", a),
                assertThrows(DeliveryException.class, () -> Clusters.resolve(null, kube, a)).getMessage())) {
            assertTrue(message,
                    message.contains("there is no secret file with the id 'of-system' that this build may use"));
        }
        refused(Kind.INVALID_INPUT, "limited", build(job(teamB, "churn")));
    }

    /** A folder may so have a login of its own; who may add credentials to it chooses the server too, which a line of the docs says. */
    @Test
    public void ofAClusterForAllTheFoldersOwnCredentialsComeFirst() throws Exception {
        SystemCredentialsProvider.getInstance().getCredentials().add(kubeconfig("same", "https://127.0.0.1:3"));
        Folder folder = JENKINS.jenkins.createProject(Folder.class, "has-its-own");
        FolderCredentialsProvider.FolderCredentialsProperty own =
                new FolderCredentialsProvider.FolderCredentialsProperty(new DomainCredentials[0]);
        folder.addProperty(own);
        CredentialsStore store = own.getStore();
        store.addCredentials(Domain.global(), kubeconfig("same", "https://127.0.0.1:4"));
        KubeconfigAccess kube = new KubeconfigAccess("same");
        ClusterConfiguration all = new ClusterConfiguration("all", kube);
        all.setFolders("**");
        MlDeliveryConfiguration.get().setClusters(List.of(new ClusterConfiguration("open", kube), all));
        RunCredentials inside =
                new RunCredentials(JENKINS.buildAndAssertSuccess(folder.createProject(FreeStyleProject.class, "churn")));
        RunCredentials elsewhere = build(job(teamA, "churn"));
        assertEquals("https://127.0.0.1:4", server("open", inside));
        assertEquals("https://127.0.0.1:3", server("open", elsewhere));
        assertEquals("with folders: '**' the controller's own do", "https://127.0.0.1:3", server("all", inside));
        assertEquals("https://127.0.0.1:3", server("all", elsewhere));
    }

    /** Whatever their kind: else a folder's user and password would be found before the secret text of Jenkins. */
    @Test
    public void noKindOfAFoldersCredentialsStandsInForThoseOfJenkins() throws Exception {
        List<Credentials> ofJenkins = SystemCredentialsProvider.getInstance().getCredentials();
        ofJenkins.add(text("token-here", "of-jenkins"));
        ofJenkins.add(login("login-here", "of-jenkins"));
        ofJenkins.add(text("no-file-here", "of-jenkins"));
        Folder folder = JENKINS.jenkins.createProject(Folder.class, "stands-in");
        FolderCredentialsProvider.FolderCredentialsProperty own =
                new FolderCredentialsProvider.FolderCredentialsProperty(new DomainCredentials[0]);
        folder.addProperty(own);
        CredentialsStore store = own.getStore();
        for (Credentials one : List.of(
                login("token-here", "of-folder"), text("login-here", "of-folder"), kubeconfig("no-file-here", "https://127.0.0.1:4"),
                login("of-folder-alone", "of-folder"))) {
            store.addCredentials(Domain.global(), one);
        }
        RunCredentials inside =
                new RunCredentials(JENKINS.buildAndAssertSuccess(folder.createProject(FreeStyleProject.class, "churn")));
        for (String id : List.of("token-here", "login-here")) {
            access.setCredentialsId(id);
            assertEquals(id, "of-jenkins", ((ClusterAccess.Server) access.resolve("cluster", inside.ofController())).token().reveal());
            assertEquals(
                    "a folder's own come first elsewhere, of any kind too", "of-folder",
                    ((ClusterAccess.Server) access.resolve("cluster", inside)).token().reveal());
        }
        access.setCredentialsId("of-folder-alone");
        assertEquals("of-folder", ((ClusterAccess.Server) access.resolve("cluster", inside.ofController())).token().reveal());
        KubeconfigAccess file = new KubeconfigAccess("no-file-here");
        assertEquals(
                "cluster: there is no secret file with the id 'no-file-here' that this build may use. "
                        + "Create credentials of the kind 'Secret file', or correct the id.",
                assertThrows(DeliveryException.class, () -> file.resolve("cluster", inside.ofController())).getMessage());
        assertEquals(
                "of-jenkins",
                inside.ofController().certificate("certificate", "token-here").content().reveal());
    }

    private static Credentials text(String id, String secret) {
        return new StringCredentialsImpl(CredentialsScope.GLOBAL, id, "", Secret.fromString(secret));
    }

    private static Credentials login(String id, String password) throws Exception {
        return new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, id, "", "user", password);
    }

    private static FileCredentialsImpl kubeconfig(String id, String server) {
        String text = """
                apiVersion: v1
                kind: Config
                current-context: c
                contexts: [{name: c, context: {cluster: k, user: u}}]
                clusters: [{name: k, cluster: {server: '%s'}}]
                users: [{name: u, user: {token: token-of-%s}}]
                """.formatted(server, id);
        return new FileCredentialsImpl(
                CredentialsScope.GLOBAL, id, "", "kubeconfig", SecretBytes.fromBytes(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String server(String cluster, RunCredentials credentials) throws DeliveryException {
        ClusterAccess.Kubeconfig found = (ClusterAccess.Kubeconfig) Clusters.resolve(cluster, null, credentials).access();
        return found.text().reveal().replaceAll("(?s).*server: '([^']*)'.*", "$1");
    }

    @Test
    public void hostsAreRefusedWhenTheyAreNotListed() throws Exception {
        MlDeliveryConfiguration configuration = MlDeliveryConfiguration.get();
        configuration.hostRules().checkAddress("url", URI.create("http://127.0.0.1:9090"));
        assertThrows(DeliveryException.class, () -> configuration.hostRules()
                .checkAddress("url", URI.create("http://169.254.169.254/")));
        configuration.setAllowedHosts("127.0.0.1:9090\r\n*.example.org\r\n");
        assertEquals("127.0.0.1:9090\n*.example.org", configuration.getAllowedHosts());
        HostRules rules = configuration.hostRules();
        rules.checkAddress("url", URI.create("http://127.0.0.1:9090"));
        assertThrows(DeliveryException.class, () -> rules.checkAddress("url", URI.create("http://127.0.0.1:9091")));
        for (String wrong : List.of("http://prometheus", "10.0.0.0/99", "a b")) {
            assertThrows(wrong, IllegalArgumentException.class, () -> configuration.setAllowedHosts(wrong));
            FormValidation check = configuration.doCheckAllowedHosts("ok.example.org\n" + wrong);
            assertEquals(wrong, FormValidation.Kind.ERROR, check.kind);
        }
        assertEquals("what was there stays", "127.0.0.1:9090\n*.example.org", configuration.getAllowedHosts());
        assertEquals(FormValidation.Kind.OK, configuration.doCheckAllowedHosts("").kind);
    }

    @Test
    public void theFormChecksFoldersAndNamespaces() {
        ClusterConfiguration.DescriptorImpl descriptor =
                JENKINS.jenkins.getDescriptorByType(ClusterConfiguration.DescriptorImpl.class);
        assertEquals(FormValidation.Kind.OK, descriptor.doCheckFolders("team-a\n*/x\n").kind);
        assertEquals(FormValidation.Kind.WARNING, descriptor.doCheckFolders("team-a\nteam-c").kind);
        assertEquals(FormValidation.Kind.OK, descriptor.doCheckNamespaces("ml\nteam-*\n").kind);
        assertEquals(FormValidation.Kind.ERROR, descriptor.doCheckNamespaces("ML").kind);
        assertEquals(FormValidation.Kind.ERROR, descriptor.doCheckNamespaces("a/b").kind);
    }
}
