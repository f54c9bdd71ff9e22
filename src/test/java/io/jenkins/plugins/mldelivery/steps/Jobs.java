package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertTrue;

import hudson.model.ParametersAction;
import hudson.model.Result;
import hudson.model.StringParameterValue;
import hudson.slaves.EnvironmentVariablesNodeProperty;
import io.jenkins.plugins.casc.ConfigurationAsCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jvnet.hudson.test.JenkinsRule;

/** Pipelines for the tests. */
final class Jobs {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Jobs() {}

    /** Configures this Jenkins with the example of the documentation. */
    static void configure(PlaygroundRule playground) throws Exception {
        Path yaml = Files.createTempFile("jenkins", ".yaml");
        try {
            Files.writeString(yaml, playground.example("jenkins.yaml"));
            ConfigurationAsCode.get().configure(yaml.toUri().toString());
        } finally {
            Files.delete(yaml);
        }
        EnvironmentVariablesNodeProperty variables = new EnvironmentVariablesNodeProperty(
                new EnvironmentVariablesNodeProperty.Entry("EXAMPLES", playground.examples().toString()));
        Jenkins.get().getGlobalNodeProperties().replace(variables);
    }

    /** A Pipeline in the sandbox. */
    static WorkflowJob pipeline(String name, String script) throws IOException {
        WorkflowJob job = Jenkins.get().createProject(WorkflowJob.class, name);
        job.setDefinition(flow(script));
        return job;
    }

    static CpsFlowDefinition flow(String script) {
        try {
            return new CpsFlowDefinition(script, true);
        } catch (hudson.model.Descriptor.FormException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Starts a build with the parameter MODEL. */
    static WorkflowRun start(WorkflowJob job, String model) throws Exception {
        return job.scheduleBuild2(0, new ParametersAction(new StringParameterValue("MODEL", model))).waitForStart();
    }

    /** That the log tells, behind some words, that the canary was shown to have more errors: by how much at least, where that is shown as well. */
    static void assertMoreErrors(String before, WorkflowRun run) throws IOException {
        String log = JenkinsRule.getLog(run);
        Pattern wanted = Pattern.compile(Pattern.quote(before) + "(errors at least \\d+\\.\\d times the stable version's|more errors than the stable version), 99\\.?\\d* % sure, after ");
        assertTrue(log, wanted.matcher(log).find());
    }

    /** That the verdict names both versions and this beginning of the reason. */
    static void assertRolledBack(String reason, WorkflowRun run) throws IOException {
        String log = JenkinsRule.getLog(run);
        assertTrue(log, Pattern.compile("ROLLED BACK: revision [0-9a-f]+, back to [0-9a-f]+: " + Pattern.quote(reason)).matcher(log).find());
    }

    /** Waits until the log has a text, and fails when the build ends without it. */
    static void awaitLog(String text, WorkflowRun run) throws Exception {
        Instant end = Instant.now().plus(PATIENCE);
        while (!JenkinsRule.getLog(run).contains(text)) {
            if (!run.isBuilding() && !JenkinsRule.getLog(run).contains(text) || Instant.now().isAfter(end)) {
                throw new AssertionError("the log never had '" + text + "':\n" + JenkinsRule.getLog(run));
            }
            Thread.sleep(50);
        }
    }

    /** Aborts a build as the button does, and waits for its end. */
    static void abort(WorkflowRun run, JenkinsRule jenkins) throws Exception {
        run.getExecutor().doStop();
        jenkins.waitForCompletion(run);
        jenkins.assertBuildStatus(Result.ABORTED, run);
    }
}
