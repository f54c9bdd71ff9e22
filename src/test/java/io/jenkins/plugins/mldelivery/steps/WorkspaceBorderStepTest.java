package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import hudson.FilePath;
import hudson.model.Result;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.Before;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.jvnet.hudson.test.BuildWatcher;
import org.jvnet.hudson.test.JenkinsRule;

/** No path that a job's author gives, and no link in a workspace, leads a step out of the workspace, on the controller and on an agent. */
public class WorkspaceBorderStepTest {
    private static final String SCALAR = "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"0.25\"]}}";

    @ClassRule
    public static final JenkinsRule JENKINS = new JenkinsRule();

    @ClassRule
    public static final BuildWatcher WATCHER = new BuildWatcher();

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Path outside;

    @Before
    public void folder() throws Exception {
        outside = temporary.newFolder("outside").toPath().toRealPath();
        Files.writeString(outside.resolve("model.onnx"), "secret");
        Files.writeString(outside.resolve("main.tf"), "");
        Files.writeString(outside.resolve("secret.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: s}\n");
    }

    /** Runs steps in a workspace that has the link 'out', with an own model and code. */
    private WorkflowRun run(String node, String steps) throws Exception {
        WorkflowJob job = Jobs.pipeline("border" + System.nanoTime(), "node('" + node + "') {\n"
                + "writeFile file: 'm/model.onnx', text: 'w'\n"
                + "writeFile file: 'infra/main.tf', text: ''\n"
                + "sh 'ln -s " + outside + " out; ln -s " + outside + "/model.onnx file.onnx; ln -s " + outside + "/report.json report.json'\n" + steps + "\n}");
        WorkflowRun run = job.scheduleBuild2(0).get();
        JENKINS.assertLogNotContains("\tat ", run);
        return run;
    }

    private static String verify(String report) {
        return "mlVerifyMetrics(scrapeCanary: ['http://127.0.0.1:1/a'], scrapeStable: ['http://127.0.0.1:1/b'], interval: '1s', timeout: '1s', onInconclusive: 'pass', " + report + ")";
    }

    private void assertNothingLeadsOut(String node) throws Exception {
        List<String> before = content();
        String image = ", image: 'churn:1', push: false, layout: 'layout')";
        String[][] steps = {
            {"model", "mlBuildImage(model: 'out'" + image},
            {"model", "mlBuildImage(model: 'file.onnx'" + image},
            {"model", "mlBuildImage(model: '" + outside + "'" + image},
            {"model", "mlBuildImage(model: '../../../..'" + image},
            {"layout", "mlBuildImage(model: 'm', image: 'churn:1', push: false, layout: 'out/layout')"},
            {"layout", "mlBuildImage(model: 'm', image: 'churn:1', push: false, layout: '" + outside + "/layout')"},
            {"dir", "mlProvision(dir: 'out')"},
            {"dir", "mlProvision(dir: '" + outside + "')"},
            {"varFiles", "mlProvision(dir: 'infra', varFiles: ['../out/prod.tfvars'])"},
            {"manifests", "mlDeployModel(name: 'churn', image: 'a/b:1', access: apiServer('https://127.0.0.1:1'), manifests: 'out/secret.yaml') { echo 'body' }"},
            {"reportJson", verify("reportJson: 'out/report.json'")},
            {"reportJunit", verify("reportJunit: '" + outside + "/report.xml'")},
            {"reportJson", verify("reportJson: 'report.json'")},
        };
        for (String[] step : steps) {
            WorkflowRun run = run(node, step[1]);
            JENKINS.assertBuildStatus(Result.FAILURE, run);
            String log = JenkinsRule.getLog(run);
            assertTrue(step[1] + "\n" + log, log.contains("ERROR: " + step[0] + ": '") && (log.contains("leads out of the workspace") || log.contains("link")));
            assertEquals(step[1], before, content());
        }
    }

    private List<String> content() throws Exception {
        try (Stream<Path> all = Files.walk(outside)) {
            return all.map(Path::toString).sorted().toList();
        }
    }

    @Test
    public void onTheController() throws Exception {
        assertNothingLeadsOut("built-in");
    }

    @Test
    public void onAnAgent() throws Exception {
        DumbSlave agent = JENKINS.createOnlineSlave();
        assertNothingLeadsOut(agent.getNodeName());
    }

    @Test
    public void whatIsInsideWorksAndNothingIsLeftBehind() throws Exception {
        DumbSlave agent = JENKINS.createOnlineSlave();
        try (LoopbackServer prometheus = LoopbackServer.start(request -> new LoopbackServer.Answer(200, SCALAR))) {
            insideWorks(agent, prometheus.url());
        }
    }

    private void insideWorks(DumbSlave agent, String prometheus) throws Exception {
        WorkflowJob job = Jobs.pipeline("inside", "node('" + agent.getNodeName() + "') {\n"
                + "writeFile file: 'm/model.onnx', text: 'w'\nwriteFile file: 'm/.env', text: 'PASSWORD=x'\nsh 'ln -s m linked; mkdir -p -m 0777 \"$PWD@tmp\"'\n"
                + "mlBuildImage(model: 'linked', image: 'churn:1', push: false, layout: \"${env.WORKSPACE}/layout\")\n"
                + "mlVerifyMetrics(checks: [threshold(name: 'p99', query: 'latency', max: 0.5, count: 1)], prometheus: '" + prometheus + "', "
                + "interval: '1s', timeout: '5s', reportJson: \"${env.WORKSPACE}/out/report.json\")\n}");
        WorkflowRun run = job.scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.SUCCESS, run);
        JENKINS.assertLogContains("Left out 1 file or folder that do not belong in an image (include keeps them): .env", run);
        FilePath workspace = agent.getWorkspaceFor(job);
        assertTrue(workspace.child("layout/index.json").exists());
        assertTrue(workspace.child("out/report.json").readToString().contains("pass"));
        FilePath temporaryFiles = workspace.sibling(workspace.getName() + "@tmp");
        assertTrue("the layers were there", temporaryFiles.exists());
        assertFalse(temporaryFiles.list().stream().anyMatch(f -> f.getName().startsWith("ml-delivery")));
    }

    @Test
    public void theLinesOfAnAgentComeBeforeThoseOfTheNextStep() throws Exception {
        DumbSlave agent = JENKINS.createOnlineSlave();
        WorkflowRun run = Jobs.pipeline("lines", "node('" + agent.getNodeName() + "') {\n"
                + "writeFile file: 'm/model.onnx', text: 'w'\n"
                + "for (int i = 0; i < 15; i++) {\n"
                + "mlBuildImage(model: 'm', image: 'churn:1', push: false, layout: \"layout-${i}\")\necho \"after ${i}\"\n"
                + "}\n}").scheduleBuild2(0).get();
        JENKINS.assertBuildStatus(Result.SUCCESS, run);
        int begun = 0;
        int ended = 0;
        for (String line : JenkinsRule.getLog(run).lines().toList()) {
            if (line.startsWith("[mlBuildImage] Build the image")) {
                begun++;
            } else if (line.startsWith("[mlBuildImage] ")) {
                ended++;
            } else if (line.startsWith("after ")) {
                int builds = 1 + Integer.parseInt(line.substring(6));
                assertEquals(line, builds + " begun, " + builds + " ended", begun + " begun, " + ended + " ended");
            }
        }
        assertEquals(15, ended);
    }
}
