package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import hudson.ExtensionList;
import hudson.model.Result;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.DynamicContext;
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

    /** By the method of this plugin that asks Jenkins for something: how often that fails. */
    private static final Map<String, AtomicInteger> FAILURES = new ConcurrentHashMap<>();

    /** Fails where it is asked, as what is short of memory does. */
    private static final class Faults implements DynamicContext {
        @Override
        public <T> T get(Class<T> key, DynamicContext.DelegatedContext context) {
            StackWalker.getInstance().forEach(frame -> {
                AtomicInteger left = FAILURES.get(frame.getMethodName());
                if (left != null && frame.getClassName().contains(".mldelivery.") && left.getAndDecrement() > 0) {
                    throw new OutOfMemoryError("unable to create native thread");
                }
            });
            return null;
        }
    }

    private final Faults faults = new Faults();

    @Before
    public void configure() throws Exception {
        Jobs.configure(PLAYGROUND);
        PENGUINS.reset();
        ExtensionList.lookup(DynamicContext.class).add(faults);
    }

    @After
    public void noMoreFailures() {
        FAILURES.clear();
        ExtensionList.lookup(DynamicContext.class).remove(faults);
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
        FAILURES.put("startBody", new AtomicInteger(2));
        WorkflowRun run = deliver("over", Result.SUCCESS);
        assertEquals("told once", 1, count("An unexpected failure: java.lang.OutOfMemoryError: unable to create native thread.", run));
        assertEquals("each step's body once", 2, count("\nin the body", run));
        JENKINS.assertLogContains("result promoted [25, 50, 100]", run);
        PENGUINS.assertOnlyStable("penguins-v2");
    }

    @Test
    public void whatLastsRollsTheRolloutBack() throws Exception {
        FAILURES.put("startBody", new AtomicInteger(1_000_000));
        WorkflowRun run = deliver("lasts", Result.FAILURE);
        assertTrue("it was waited out before", FAILURES.get("startBody").get() <= 1_000_000 - UnexpectedFailures.TOO_MANY);
        Jobs.assertRolledBack("an unexpected failure: java.lang.OutOfMemoryError: unable to create native thread", run);
        JENKINS.assertLogContains("ERROR: penguins was rolled back: an unexpected failure: ", run);
        PENGUINS.assertOnlyStable("penguins-v1");
    }

    @Test
    public void whatCanNotBeUndoneEitherIsNamed() throws Exception {
        FAILURES.put("startBody", new AtomicInteger(1_000_000));
        WorkflowRun run = Jobs.pipeline("left", PENGUINS.deliver("penguins-v2", "echo 'in the body'")).scheduleBuild2(0).waitForStart();
        Jobs.awaitLog("An unexpected failure", run);
        // From now on it does not even come to look at the cluster.
        FAILURES.put("reopen", new AtomicInteger(1_000_000));
        JENKINS.waitForCompletion(run);
        JENKINS.assertBuildStatus(Result.FAILURE, run);
        JENKINS.assertLogContains("ERROR: The rollout could not be undone, because of an unexpected failure: java.lang.OutOfMemoryError", run);
        JENKINS.assertLogContains("The rollout of ml/penguins was left in the phase analysing. Run the same deployment again", run);
    }
}
