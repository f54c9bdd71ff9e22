package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertFalse;

import hudson.model.Result;
import java.util.Map;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.ClassRule;
import org.junit.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** A slip in a name must not deliver with the default of what was meant. */
public class KnownParametersTest {
    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @Test
    public void aParameterThatThereIsNoneOfIsRefusedWithTheNearestOne() throws Exception {
        Map<String, String> scripts = Map.ofEntries(
                Map.entry("mlDeployModel(name: 'm', image: 'i', pauze: 'promotion', dryRunn: true) {}",
                        "pauze: mlDeployModel has no such parameter. Did you mean 'pause'?"),
                Map.entry("mlDeployModel(name: 'm', image: 'i', strategi: canary()) {}",
                        "strategi: mlDeployModel has no such parameter. Did you mean 'strategy'?"),
                Map.entry("mlDeployModel(name: 'm', image: 'i', strategy: canary(step: [5])) {}",
                        "step: canary has no such parameter. Did you mean 'steps'? It has: hold, maxSurge, steps."),
                Map.entry("mlDeployModel(name: 'm', image: 'i', traffic: gateway(rout: 'x')) {}",
                        "rout: gateway has no such parameter."),
                Map.entry("mlDeployModel(name: 'm', image: 'i', autoscale: [maxi: 3]) {}",
                        "maxi: "),
                Map.entry("mlDeployModel(name: 'm', image: 'i', access: kubeconfig(credentialId: 'x')) {}",
                        "credentialId: kubeconfig has no such parameter. Did you mean 'credentialsId'?"),
                Map.entry("mlDeployModel(name: 'm', image: 'i', verify: [errorRate(margn: 9)]) {}",
                        "margn: errorRate has no such parameter. Did you mean 'margin'?"),
                Map.entry("mlVerifyMetrics(checks: [errorRate(margn: 9)])",
                        "margn: errorRate has no such parameter. Did you mean 'margin'?"),
                Map.entry("mlVerifyMetrics(checks: [threshold(name: 'a', query: 'b', wen: 'c')])",
                        "wen: threshold has no such parameter."),
                Map.entry("node { mlBuildImage(modl: 'x', image: 'i', model: 'm') }",
                        "modl: mlBuildImage has no such parameter. Did you mean 'model'?"),
                Map.entry("node { mlProvision(dir: 'x', variable: [a: 'b']) }",
                        "variable: mlProvision has no such parameter. Did you mean 'variables'?"));
        int job = 0;
        for (Map.Entry<String, String> script : scripts.entrySet()) {
            WorkflowRun run = JENKINS.assertBuildStatus(
                    Result.FAILURE, Jobs.pipeline("job" + ++job, script.getKey()).scheduleBuild2(0));
            JENKINS.assertLogContains("ERROR: " + script.getValue(), run);
            String log = JenkinsRule.getLog(run);
            assertFalse(log, log.contains("\tat ") || log.contains("Exception"));
        }
    }
}
