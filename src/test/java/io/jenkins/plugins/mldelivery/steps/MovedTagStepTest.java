package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;

import hudson.model.Result;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.RuleChain;
import org.jvnet.hudson.test.JenkinsRule;

/** An image by a tag in mlDeployModel: looked up from the controller, with the job's credentials. */
public class MovedTagStepTest {
    private static final PlaygroundRule PLAYGROUND = new PlaygroundRule();
    private static final Penguins PENGUINS = new Penguins(PLAYGROUND);

    @ClassRule
    public static final RuleChain CLUSTER = RuleChain.outerRule(PLAYGROUND).around(PENGUINS);

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    static {
        JENKINS.timeout = 600;
    }

    @Before
    public void configure() throws Exception {
        Jobs.configure(PLAYGROUND);
    }

    private static WorkflowJob job(String name, String more) throws Exception {
        return Jobs.pipeline(name, "mlDeployModel(name: 'penguins', namespace: 'ml', image: '" + PENGUINS.tagged("moving")
                + "', cluster: 'playground', replicas: 1, strategy: canary(steps: [50]), progressDeadline: '1m'" + more
                + ") { echo \"judged ${env.ML_DELIVERY_REVISION}\" }");
    }

    private static WorkflowRun build(WorkflowJob job, Result result) throws Exception {
        return JENKINS.assertBuildStatus(result, job.scheduleBuild2(0).get());
    }

    private static String image() {
        return PENGUINS.cluster().apps().deployments().inNamespace("ml").withName("penguins").get()
                .getSpec().getTemplate().getSpec().getContainers().get(0).getImage();
    }

    @Test
    public void aTagPushedAnewRollsOut() throws Exception {
        WorkflowJob job = job("moving", ", registryCredentialsId: 'playground-registry'");
        for (String model : new String[] {"penguins-v1", "penguins-v2"}) {
            String digest = PENGUINS.push(model, PENGUINS.tagged("moving")).replaceAll(".*@", "");
            WorkflowRun run = build(job, Result.SUCCESS);
            JENKINS.assertLogContains("image " + PENGUINS.tagged("moving") + " is " + digest.substring(0, 19) + "\u2026 now", run);
            JENKINS.assertLogContains("PROMOTED", run);
            assertEquals(PENGUINS.tagged("moving") + "@" + digest, image());
            JENKINS.assertLogContains("unchanged", build(job, Result.SUCCESS));
        }
        WorkflowRun anonymous = build(job("anonymous", ""), Result.SUCCESS);
        JENKINS.assertLogContains("asks for a login (HTTP 401", anonymous);
        JENKINS.assertLogContains("so only the tag is compared", anonymous);
        WorkflowRun off = build(job("off", ", resolveTag: false"), Result.SUCCESS);
        JENKINS.assertLogNotContains("asks for a login", off);
        JENKINS.assertLogContains("unchanged", off);
        WorkflowRun wrong = build(job("wrong", ", registryCredentialsId: 'nobody'"), Result.FAILURE);
        JENKINS.assertLogContains("ERROR: registryCredentialsId: there are no credentials with the id 'nobody'", wrong);
    }
}
