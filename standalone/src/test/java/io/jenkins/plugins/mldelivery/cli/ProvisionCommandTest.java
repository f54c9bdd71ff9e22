package io.jenkins.plugins.mldelivery.cli;

import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException.Kind;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class ProvisionCommandTest {
    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private Cli cli;

    @Before
    public void folders() throws Exception {
        cli = new Cli(temporary.getRoot().toPath());
        Files.createDirectories(cli.folder.resolve("infra"));
    }

    @Test
    public void aMissingFolder() {
        cli.failsWithTraceIfVerbose(Kind.INVALID_INPUT, "--dir: there is no folder 'nope'. Give the folder of the infrastructure code", "provision", "--dir", "nope");
    }

    @Test
    public void aFolderWithNothingToApply() {
        cli.fails(Kind.INVALID_INPUT, "--dir: the folder 'infra' has neither *.tf files nor *.yaml manifests. ", "provision", "--dir", "infra");
    }

    @Test
    public void wrongWords() {
        cli.fails(Kind.INVALID_INPUT, "--tool: 'pulumi' is none of ", "provision", "--dir", "infra", "--tool", "pulumi");
        cli.fails(Kind.INVALID_INPUT, "--action: 'aply' is none of ", "provision", "--dir", "infra", "--action", "aply");
        cli.fails(Kind.INVALID_INPUT, "--lock-timeout: 'long' is not a valid duration. Write it like 90s", "provision", "--dir", "infra", "--lock-timeout", "long");
    }

    @Test
    public void manifestsWithoutAKubeconfig() throws Exception {
        manifest();
        cli.fails(Kind.INVALID_INPUT, "--kubeconfig: no kubeconfig is given and there is none at '", "provision", "--dir", "infra");
        cli.fails(Kind.INVALID_INPUT, "--kubeconfig: could not read '", "provision", "--dir", "infra", "--kubeconfig", "nope");
        cli.variables.put("KUBECONFIG", "gone" + File.pathSeparator + "other");
        cli.fails(Kind.INVALID_INPUT, "--kubeconfig: could not read '", "provision", "--dir", "infra");
    }

    @Test
    public void filesOfKubeconfigThatAreNotThereAreSkippedAsKubectlDoes() throws Exception {
        manifest();
        Kubeconfigs.write(cli.folder.resolve("kube"), LoopbackServer.closedPort());
        for (String names : new String[] {":kube", "gone:kube", "::gone: :kube:other", "kube:"}) {
            cli.variables.put("KUBECONFIG", names.replace(":", File.pathSeparator));
            cli.fails(Kind.UNREACHABLE, "--kubeconfig: could not plan ConfigMap settings: ", "provision", "--dir", "infra");
        }
        cli.variables.put("KUBECONFIG", File.pathSeparator);
        cli.fails(Kind.INVALID_INPUT, "--kubeconfig: no kubeconfig is given and there is none at '", "provision", "--dir", "infra");
    }

    @Test
    public void anUnreachableCluster() throws Exception {
        manifest();
        Kubeconfigs.write(cli.folder.resolve("kube"), LoopbackServer.closedPort());
        String error = cli.fails(Kind.UNREACHABLE, "--kubeconfig: could not plan ConfigMap settings: ", "provision", "--dir", "infra", "--kubeconfig", "kube");
        assertTrue(error, error.contains("Check the kubeconfig's server address, and that the cluster is up. It is the cluster of '"));
    }

    @Test
    public void aTerraformErrorLeavesNoPlanBehind() throws Exception {
        requireTerraform();
        Files.writeString(cli.folder.resolve("infra/main.tf"), "output \"x\" {\n  value = var.nobody_declared_this\n}\n");
        String error = cli.fails(Kind.FAILED, "--dir: 'terraform ", "provision", "--dir", "infra");
        assertTrue(error, error.contains("nobody_declared_this") || error.contains("undeclared"));
        assertFalse(cli.files().toString(), cli.files().stream().anyMatch(f -> f.contains("plan")));
    }

    @Test
    public void aTerraformThatIsNotThere() throws Exception {
        Files.writeString(cli.folder.resolve("infra/main.tf"), "output \"x\" {\n  value = 1\n}\n");
        String error = cli.fails(Kind.UNREACHABLE, "--executable: ", "provision", "--dir", "infra", "--executable", "no-such-terraform");
        assertTrue(error, error.contains("no-such-terraform"));
    }

    private void manifest() throws Exception {
        Files.writeString(cli.folder.resolve("infra/settings.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n");
    }

    /** Terraform is no Debian package, so its absence only skips. */
    private static void requireTerraform() {
        assumeTrue("terraform is missing", Arrays.stream(System.getenv("PATH").split(File.pathSeparator)).anyMatch(folder -> Files.isExecutable(Path.of(folder, "terraform"))));
    }
}
