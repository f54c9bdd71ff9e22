package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.provision.LocalWorkspace;
import io.jenkins.plugins.mldelivery.provision.Provision;
import io.jenkins.plugins.mldelivery.provision.ProvisionRequest;
import io.jenkins.plugins.mldelivery.provision.ProvisionResult;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** <code>provision</code>: the step <code>mlProvision</code>. */
@Command(name = "provision", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Plans, guards and applies infrastructure as code: Terraform, OpenTofu or Kubernetes manifests.")
final class ProvisionCommand implements Callable<Integer> {
    private final Main.World world;

    @Mixin
    private OutputOptions output;

    @Mixin
    private ClusterOptions cluster;

    @Option(names = "--dir", required = true, description = "Folder of the infrastructure code.")
    String dir;

    @Option(names = "--tool", defaultValue = ProvisionRequest.DEFAULT_TOOL, description = "auto, terraform, tofu or kubernetes. Default: ${DEFAULT-VALUE}")
    String tool;

    @Option(names = "--action", defaultValue = ProvisionRequest.DEFAULT_ACTION, description = "apply, plan or destroy. Default: ${DEFAULT-VALUE}")
    String action;

    @Option(names = "--variables", paramLabel = "NAME=VALUE", description = "Terraform variable; may be repeated.")
    Map<String, String> variables = Map.of();

    @Option(names = "--var-files", split = ",", description = "Terraform variable files, relative to --dir.")
    List<String> varFiles = List.of();

    @Option(names = "--backend-config", paramLabel = "NAME=VALUE", description = "Terraform backend setting; may be repeated.")
    Map<String, String> backendConfig = Map.of();

    @Option(names = "--allow-destroy", description = "Allow a plan to delete or replace resources.")
    boolean allowDestroy;

    @Option(names = "--executable", description = "Path or name of the tool.")
    String executable;

    @Option(names = "--namespace", defaultValue = ProvisionRequest.DEFAULT_NAMESPACE, description = "Namespace of manifests that name none. Default: ${DEFAULT-VALUE}")
    String namespace;

    @Option(names = "--lock-timeout", defaultValue = ProvisionRequest.DEFAULT_LOCK_TIMEOUT, description = "How long to wait for the state's lock. Default: ${DEFAULT-VALUE}")
    String lockTimeout;

    @Option(names = "--timeout", defaultValue = ProvisionRequest.DEFAULT_TIMEOUT, description = "For the whole step. Default: ${DEFAULT-VALUE}")
    String timeout;

    ProvisionCommand(Main.World world) {
        this.world = world;
    }

    @Override
    public Integer call() throws Exception {
        ProvisionRequest request = request();
        LocalWorkspace workspace = LocalWorkspace.anywhere(world.directory());
        Provision provision = new Provision(workspace, output.environment(world, EventSink.none()));
        ClusterAccess access =
                provision.tool(request).equals("kubernetes") ? cluster.access(world, timeout) : null;
        ProvisionResult result = provision.run(request, access);
        output.result(world, result.toMap());
        return 0;
    }

    ProvisionRequest request() {
        return new ProvisionRequest(
                dir, tool, action, variables, varFiles, backendConfig, allowDestroy, executable, namespace,
                lockTimeout, timeout);
    }
}
