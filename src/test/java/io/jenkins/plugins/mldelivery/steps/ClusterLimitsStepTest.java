package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import hudson.model.Result;
import io.jenkins.plugins.mldelivery.config.ClusterConfiguration;
import io.jenkins.plugins.mldelivery.config.ControllerIdentity;
import io.jenkins.plugins.mldelivery.config.MlDeliveryConfiguration;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Owner;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnection;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterConnections;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.After;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.RuleChain;
import org.junit.rules.TestName;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockFolder;

/** Steps of jobs that may use a cluster, and of others. */
public class ClusterLimitsStepTest {
    private static final PlaygroundRule PLAYGROUND = new PlaygroundRule();
    private static final Penguins PENGUINS = new Penguins(PLAYGROUND);
    private static final JenkinsRule JENKINS = new JenkinsRule();

    @ClassRule
    public static final RuleChain ALL = RuleChain.outerRule(PLAYGROUND).around(PENGUINS).around(JENKINS);

    private static MockFolder team;
    private static MockFolder others;

    @Rule
    public final TestName test = new TestName();

    @BeforeClass
    public static void folders() throws Exception {
        Jobs.configure(PLAYGROUND);
        team = JENKINS.createFolder("team");
        others = JENKINS.createFolder("others");
    }

    @Before
    public void limit() {
        ClusterConfiguration playground = MlDeliveryConfiguration.get().getClusters().get(0);
        ClusterConfiguration limited = new ClusterConfiguration("playground", playground.getAccess());
        limited.setFolders("team");
        limited.setNamespaces("ml");
        MlDeliveryConfiguration.get().setClusters(List.of(limited));
    }

    @After
    public void open() {
        MlDeliveryConfiguration.get().setInlineAccess(true);
        MlDeliveryConfiguration.get().setAllowedHosts(null);
    }

    private WorkflowRun run(MockFolder folder, String script) throws Exception {
        WorkflowJob job = folder.createProject(WorkflowJob.class, test.getMethodName() + folder.getItems().size());
        job.setDefinition(Jobs.flow(script));
        return job.scheduleBuild2(0).get();
    }

    private void fails(MockFolder folder, String script, String error) throws Exception {
        WorkflowRun run = run(folder, script);
        JENKINS.assertBuildStatus(Result.FAILURE, run);
        JENKINS.assertLogContains("ERROR: " + error, run);
        assertFalse(JenkinsRule.getLog(run).contains("\tat "));
    }

    private static String deploy(String parameters) {
        return "mlDeployModel(name: 'churn', image: 'a/b:1', " + parameters + ") { error 'never' }";
    }

    @Test
    public void aRolloutInAJobOfTheFolderAndInANamespaceOfTheCluster() throws Exception {
        PENGUINS.reset();
        WorkflowRun run =
                run(team, "mlDeployModel(name: 'penguins', namespace: 'ml', image: '" + PENGUINS.image("penguins-v1")
                + "', cluster: 'playground', progressDeadline: '1m') { }");
        JENKINS.assertBuildStatus(Result.SUCCESS, run);
        String by = PENGUINS.cluster().apps().deployments().inNamespace("ml").withName("penguins").get().getMetadata()
                .getAnnotations().get("ml-delivery.io/applied-by");
        assertTrue(by, by.matches("Jenkins build team/\\w+#1 step \\d+ of Jenkins http://\\S+/ [0-9a-f]{10}"));
        assertTrue(by, by.endsWith(ControllerIdentity.get().title()));
    }

    /** Its lease has this name already. */
    @Test
    public void aRolloutThatAnEarlierReleaseHasBegunKeepsItsName() {
        assertEquals("Jenkins build churn#7 step 5", RolloutInputs.holder("Jenkins build churn#7 step 5", true));
        assertEquals("Jenkins build churn#7 step 5 of " + ControllerIdentity.get().title(),
                RolloutInputs.holder("Jenkins build churn#7 step 5", false));
    }

    @Test
    public void jobsOfOtherFoldersAreRefused() throws Exception {
        fails(others, deploy("namespace: 'ml', cluster: 'playground'"),
                "cluster: Jenkins has no cluster with the name 'playground' for jobs in 'others'.");
        fails(others, deploy("namespace: 'ml'"),
                "cluster: no cluster is given and none is configured in Jenkins for jobs in 'others'.");
        fails(others, "node { sh 'cp -R \"$EXAMPLES/infra\" .'; mlProvision(dir: 'infra/kubernetes', cluster: 'playground') }",
                "cluster: Jenkins has no cluster with the name 'playground' for jobs in 'others'.");
    }

    @Test
    public void otherNamespacesAndObjectsOfTheWholeClusterAreRefused() throws Exception {
        fails(team, deploy("namespace: 'default', cluster: 'playground'"),
                "namespace: 'default' is not among the namespaces that the cluster 'playground' is for: ml.");
        fails(team,
                "node { writeFile file: 'infra/a.yaml', text: '{apiVersion: v1, kind: ConfigMap, metadata: {name: x, namespace: default}}'; mlProvision(dir: 'infra') }",
                "dir: ConfigMap default/x is not among the namespaces that the cluster 'playground' is for: ml.");
        fails(team,
                "node { writeFile file: 'infra/a.yaml', text: '{apiVersion: v1, kind: Namespace, metadata: {name: mine}}'; mlProvision(dir: 'infra') }",
                "dir: Namespace mine is an object of the whole cluster, and the cluster 'playground' is only for the namespaces ml.");
        assertNull(PENGUINS.cluster().namespaces().withName("mine").get());
    }

    @Test
    public void aRolloutWaitsWhileItsJobUsesAllConnectionsThatItMay() throws Exception {
        PENGUINS.reset();
        WorkflowJob job = team.createProject(WorkflowJob.class, "many");
        String dryRun = "mlDeployModel(name: 'penguins', namespace: 'ml', image: '" + PENGUINS.image("penguins-v1")
                + "', cluster: 'playground', dryRun: true, timeout: 'TIMEOUT') { }";
        Deque<ClusterConnection> used = new ArrayDeque<>();
        try {
            ClusterConnections connections = DeliveryConnections.get().of(Owner.ofJob(job.getFullName()));
            DeliveryException full = assertThrows(DeliveryException.class, () -> {
                while (true) {
                    used.add(connections.connect(
                            ClusterAccess.server("http://127.0.0.1:1/" + used.size(), null, null), TestEnvironment.quiet()));
                }
            });
            job.setDefinition(Jobs.flow(dryRun.replace("TIMEOUT", "1s")));
            WorkflowRun late = job.scheduleBuild2(0).get();
            JENKINS.assertBuildStatus(Result.FAILURE, late);
            JENKINS.assertLogContains("ERROR: " + full.getMessage(), late);
            job.setDefinition(Jobs.flow(dryRun.replace("TIMEOUT", "2m")));
            WorkflowRun waiting = job.scheduleBuild2(0).waitForStart();
            Jobs.awaitLog(full.getMessage() + " The rollout waits for its turn.", waiting);
            used.remove().close();
            JENKINS.assertBuildStatusSuccess(JENKINS.waitForCompletion(waiting));
        } finally {
            used.forEach(ClusterConnection::close);
        }
    }

    @Test
    public void clustersOfTheAuthorsOwnCanBeForbidden() throws Exception {
        MlDeliveryConfiguration.get().setInlineAccess(false);
        fails(team, deploy("namespace: 'ml', access: apiServer(url: 'http://127.0.0.1:1')"),
                "access: steps of this Jenkins may not give a cluster of their own.");
    }
}
