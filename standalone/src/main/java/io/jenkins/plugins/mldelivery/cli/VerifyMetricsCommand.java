package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.verify.ReplayClock;
import io.jenkins.plugins.mldelivery.verify.VerifyMetrics;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsReport;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsResult;
import io.jenkins.plugins.mldelivery.verify.source.SharedReads;
import java.nio.file.Path;
import java.time.Instant;
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

    @Option(names = "--replay", paramLabel = "START[/END]",
            description = "Judge recorded data instead: what the Prometheus server has from a time on, such as 2026-10-03T12:00:00Z or 2026-10-03T12:00:00Z/2026-10-03T12:30:00Z. It takes no time.")
    String replay;

    @Option(names = "--report-json", paramLabel = "FILE", description = "Write the result as JSON.")
    Path reportJson;

    @Option(names = "--report-junit", paramLabel = "FILE", description = "Write the result in the form of a JUnit report, a test case a check.")
    Path reportJunit;

    VerifyMetricsCommand(Main.World world) {
        this.world = world;
    }

    @Override
    public Integer call() throws Exception {
        VerifyMetricsRequest request = request();
        SafePath.check("report-json", world.directory(), reportJson);
        SafePath.check("report-junit", world.directory(), reportJunit);
        Environment environment = output.environment(world, EventSink.none());
        Clock clock = environment.clock();
        VerifyMetrics verify;
        if (replay == null) {
            verify = new VerifyMetrics(request, null, environment);
        } else {
            ReplayTime time = ReplayTime.parse(replay, clock.now());
            request = request.withTimeout(time.timeout(request.timeout()));
            clock = new ReplayClock(time.start());
            verify = VerifyMetrics.replay(request, environment.withClock(clock), new SharedReads(), environment.clock());
        }
        Instant started = clock.now();
        VerifyMetricsResult result = verify.run().masked(environment.known());
        VerifyMetricsReport report = new VerifyMetricsReport(result, started, clock.now());
        write("report-json", reportJson, report.toJson());
        write("report-junit", reportJunit, report.toJUnit(request.onInconclusive()));
        output.result(world, result.toMap());
        if (result.verdict() == Verdict.FAIL) {
            return DeliveryException.Kind.ROLLED_BACK.exitCode();
        }
        return result.verdict() == Verdict.INCONCLUSIVE && !request.onInconclusive().equals("pass") ? DeliveryException.Kind.INCONCLUSIVE.exitCode() : 0;
    }

    private void write(String option, Path file, String text) throws DeliveryException {
        if (file != null) {
            OutputFile.write(option, world.directory(), file, text, "Give a file in a folder that may be written to.");
        }
    }

    VerifyMetricsRequest request() throws DeliveryException, InterruptedException {
        return verify.request(timeout, world.directory());
    }
}
