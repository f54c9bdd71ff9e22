package io.jenkins.plugins.mldelivery.config;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotSame;
import static org.junit.Assert.assertSame;

import hudson.ExtensionList;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Items;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import java.util.concurrent.CountDownLatch;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockFolder;
import org.jvnet.hudson.test.TestBuilder;

/** A job that is moved while it builds. */
public class RunSecretsTest {
    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    private static final String SECRET = "hunter2-hunter2";

    @Test(timeout = 180_000)
    public void aMoveUnlearnsNothingAndLeavesNothing() throws Exception {
        MockFolder from = JENKINS.createFolder("from");
        MockFolder to = JENKINS.createFolder("to");
        FreeStyleProject job = from.createProject(FreeStyleProject.class, "job");
        CountDownLatch moved = new CountDownLatch(1);
        job.getBuildersList().add(new Waiting(moved));
        RunSecrets secrets = ExtensionList.lookupSingleton(RunSecrets.class);
        int before = secrets.size();
        FreeStyleBuild run = job.scheduleBuild2(0).waitForStart();
        try {
            KnownSecrets known = new RunCredentials(run).known();
            known.learn(SecretText.of(SECRET));
            assertEquals("from/job#1", run.getExternalizableId());

            FreeStyleProject there = Items.move(job, to);
            assertEquals("to/job#1", run.getExternalizableId());
            assertSame(known, new RunCredentials(run).known());
            assertSame("as Jenkins finds it", known, new RunCredentials(there.getBuildByNumber(1)).known());
            assertEquals("it is ****", new RunCredentials(run).mask("it is " + SECRET));

            FreeStyleProject another = from.createProject(FreeStyleProject.class, "job");
            FreeStyleBuild other = JENKINS.buildAndAssertSuccess(another);
            assertEquals("it has the name of the one that was moved", "from/job#1", other.getExternalizableId());
            assertNotSame(known, RunSecrets.of(other));
            secrets.onFinalized(other);
        } finally {
            moved.countDown();
        }
        JENKINS.waitForCompletion(run);
        while (secrets.size() > before) {
            Thread.sleep(10); // Jenkins tells it after the end.
        }
    }

    /** Works until the test lets it end. */
    private static final class Waiting extends TestBuilder {
        private final transient CountDownLatch until;

        Waiting(CountDownLatch until) {
            this.until = until;
        }

        @Override
        public boolean perform(
                hudson.model.AbstractBuild<?, ?> build, hudson.Launcher launcher, hudson.model.BuildListener listener)
                throws InterruptedException {
            until.await();
            return true;
        }
    }
}
