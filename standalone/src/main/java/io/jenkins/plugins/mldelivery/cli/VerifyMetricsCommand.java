package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.verify.VerifyMetrics;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsResult;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** <code>verify-metrics</code>: the step <code>mlVerifyMetrics</code>. */
@Command(name = "verify-metrics", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Judges a canary by its metrics: exit code 0 pass, 3 fail, 4 inconclusive.")
final class VerifyMetricsCommand implements Callable<Integer> {
    private final Main.World world;

    @Mixin
    private OutputOptions output;

    @Mixin
    private VerifyOptions verify;

    @Option(names = "--timeout", defaultValue = VerifyMetricsRequest.DEFAULT_TIMEOUT, description = "After which a check without a verdict is inconclusive. Default: ${DEFAULT-VALUE}")
    String timeout;

    VerifyMetricsCommand(Main.World world) {
        this.world = world;
    }

    @Override
    public Integer call() throws Exception {
        VerifyMetricsRequest request = request();
        VerifyMetricsResult result = new VerifyMetrics(request, null, output.environment(world, EventSink.none())).run();
        output.result(world, result.toMap());
        if (result.verdict() == Verdict.FAIL) {
            return DeliveryException.Kind.ROLLED_BACK.exitCode();
        }
        return result.verdict() == Verdict.INCONCLUSIVE && !request.onInconclusive().equals("pass") ? DeliveryException.Kind.INCONCLUSIVE.exitCode() : 0;
    }

    VerifyMetricsRequest request() throws DeliveryException {
        return verify.request(timeout, world.directory());
    }
}
