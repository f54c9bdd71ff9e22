package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import hudson.ExtensionList;
import hudson.console.LineTransformationOutputStream;
import hudson.model.Result;
import io.jenkins.plugins.mldelivery.config.ClusterConfiguration;
import io.jenkins.plugins.mldelivery.config.MlDeliveryConfiguration;
import io.jenkins.plugins.mldelivery.delivery.BackgroundGate;
import io.jenkins.plugins.mldelivery.deploy.DeployModel;
import io.jenkins.plugins.mldelivery.deploy.UnexpectedFailures;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.log.TaskListenerDecorator;
import org.junit.After;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.RuleChain;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** mlDeployModel when a tick fails in a way that nobody foresaw, such as for want of memory: no canary is left alone. */
public class DeployModelFailuresTest {
    private static final PlaygroundRule PLAYGROUND = new PlaygroundRule();
    private static final Penguins PENGUINS = new Penguins(PLAYGROUND);

    @ClassRule
    public static final RuleChain CLUSTER = RuleChain.outerRule(PLAYGROUND).around(PENGUINS);

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    static {
        // The time of the whole class.
        JENKINS.timeout = 400;
    }

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    private final Faults faults = new Faults();

    @Before
    public void configure() throws Exception {
        Jobs.configure(PLAYGROUND);
        PENGUINS.reset();
        ExtensionList.lookup(TaskListenerDecorator.Factory.class).add(faults);
    }

    @After
    public void noMoreFailures() {
        ExtensionList.lookup(TaskListenerDecorator.Factory.class).remove(faults);
    }

    /**
     * Ticks of a rollout fail from the end of its first step on, between the save of the new state and what is done
     * for it, and then wherever they say something.
     */
    private static final class Faults implements TaskListenerDecorator.Factory {
        private final AtomicInteger left = new AtomicInteger();
        private final AtomicBoolean begun = new AtomicBoolean();
        /** Looks at metrics fail. */
        private final AtomicBoolean looks = new AtomicBoolean();

        @Override
        public TaskListenerDecorator of(FlowExecutionOwner owner) {
            return new Decorator(this);
        }

        private void see(String line) {
            boolean looking = StackWalker.getInstance().walk(frames ->
                    frames.anyMatch(frame -> frame.getClassName().startsWith(BackgroundGate.class.getName())));
            if (looking && looks.get()) {
                throw new OutOfMemoryError("Java heap space");
            }
            boolean ticks = StackWalker.getInstance().walk(frames -> frames.anyMatch(frame ->
                    frame.getClassName().equals(DeployModel.class.getName()) && frame.getMethodName().equals("tick")));
            if (ticks && (begun.get() || line.contains("step 1 of 2 passed")) && left.getAndDecrement() > 0) {
                begun.set(true);
                throw new OutOfMemoryError("unable to create native thread");
            }
        }
    }

    private static final class Decorator extends TaskListenerDecorator {
        private static final long serialVersionUID = 1L;

        private final transient Faults faults;

        Decorator(Faults faults) {
            this.faults = faults;
        }

        @Override
        public OutputStream decorate(OutputStream logger) {
            return new LineTransformationOutputStream.Delegating(logger) {
                @Override
                protected void eol(byte[] bytes, int length) throws IOException {
                    if (faults != null) {
                        faults.see(new String(bytes, 0, length, StandardCharsets.UTF_8));
                    }
                    out.write(bytes, 0, length);
                }
            };
        }
    }

    private static WorkflowRun deliver(String name, Result result) throws Exception {
        WorkflowRun run = Jobs.pipeline(name, PENGUINS.deliver("penguins-v2", "echo 'in the body'")).scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(result, run);
        return run;
    }

    private static int count(String text, WorkflowRun run) throws Exception {
        return JenkinsRule.getLog(run).split(Pattern.quote(text), -1).length - 1;
    }

    @Test
    public void whatIsOverAfterAWhileIsWaitedOut() throws Exception {
        faults.left.set(2);
        WorkflowRun run = deliver("over", Result.SUCCESS);
        assertTrue("both came about", faults.left.get() <= 0);
        assertEquals("told once", 1, count("An unexpected failure: java.lang.OutOfMemoryError: unable to create native thread.", run));
        assertEquals("each step's body once", 2, count("\nin the body", run));
        JENKINS.assertLogContains("result promoted [25, 50, 100]", run);
        PENGUINS.assertOnlyStable("penguins-v2");
    }

    @Test
    public void whatLastsRollsTheRolloutBack() throws Exception {
        faults.left.set(UnexpectedFailures.TOO_MANY);
        WorkflowRun run = deliver("lasts", Result.FAILURE);
        Jobs.assertRolledBack("an unexpected failure: java.lang.OutOfMemoryError: unable to create native thread", run);
        JENKINS.assertLogContains("ERROR: penguins was rolled back: an unexpected failure: ", run);
        PENGUINS.assertOnlyStable("penguins-v1");
    }

    @Test
    public void whatCanNotBeUndoneEitherIsNamed() throws Exception {
        faults.left.set(Integer.MAX_VALUE);
        WorkflowRun run = deliver("left", Result.FAILURE);
        assertEquals("as many attempts to undo it", 2 * UnexpectedFailures.TOO_MANY, Integer.MAX_VALUE - faults.left.get());
        JENKINS.assertLogContains("ERROR: The rollout could not be undone, because of an unexpected failure: java.lang.OutOfMemoryError", run);
        JENKINS.assertLogContains("The rollout of ml/penguins was left in the phase ", run);
    }

    /** Each look fails; the ticks in between, which only begin the next one, do not. */
    @Test
    public void looksThatAlwaysFailRollTheRolloutBack() throws Exception {
        faults.looks.set(true);
        WorkflowRun run = begin("looks");
        JENKINS.assertBuildStatus(Result.FAILURE, JENKINS.waitForCompletion(run));
        JENKINS.assertLogContains("ERROR: penguins was rolled back: an unexpected failure: java.lang.OutOfMemoryError: Java heap space", run);
        PENGUINS.assertOnlyStable("penguins-v1");
    }

    /** With a body that is done, and a metrics server that is away: nothing is decided before the test does something. */
    private static WorkflowRun begin(String name) throws Exception {
        String script = """
                mlDeployModel(name: 'penguins', namespace: 'ml', image: '%s', cluster: 'playground', progressDeadline: '1m') { echo 'first' }
                mlDeployModel(name: 'penguins', namespace: 'ml', image: '%s', cluster: 'playground', strategy: canary(steps: [50]), progressDeadline: '1m',
                    verify: metrics(checks: [errorRate()], prometheus: 'http://127.0.0.1:9', interval: '1s', timeout: '10m')) { echo 'in the body' }
                """.formatted(PENGUINS.image("penguins-v1"), PENGUINS.image("penguins-v2"));
        WorkflowRun run = Jobs.pipeline(name, script).scheduleBuild2(0).waitForStart();
        Jobs.awaitLog("in the body", run);
        return run;
    }

    /** As by a reload of Configuration as Code, while an unexpected failure has the engine opened anew. */
    @Test
    public void aConfigurationThatIsAwayForAMomentLeavesNoCanary() throws Exception {
        WorkflowRun run = begin("reload");
        List<ClusterConfiguration> clusters = MlDeliveryConfiguration.get().getClusters();
        MlDeliveryConfiguration.get().setClusters(List.of());
        faults.looks.set(true);
        Jobs.awaitLog("An unexpected failure: java.lang.OutOfMemoryError", run);
        faults.looks.set(false);
        Jobs.awaitLog("cluster: Jenkins has no cluster with the name 'playground'", run);
        MlDeliveryConfiguration.get().setClusters(clusters);
        run.getExecutor().doStop();
        JENKINS.assertBuildStatus(Result.ABORTED, JENKINS.waitForCompletion(run));
        Jobs.assertRolledBack("the build was aborted", run);
        PENGUINS.assertOnlyStable("penguins-v1");
    }
}
