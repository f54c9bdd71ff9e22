package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.NearestName;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import io.jenkins.plugins.mldelivery.delivery.report.DeliveryRecord;
import io.jenkins.plugins.mldelivery.delivery.report.HtmlReport;
import io.jenkins.plugins.mldelivery.deploy.DeployModelResult;
import io.jenkins.plugins.mldelivery.playground.PenguinRequests;
import io.jenkins.plugins.mldelivery.playground.Playground;
import io.jenkins.plugins.mldelivery.playground.traffic.LoadGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** <code>demo</code>: a whole delivery of a good model, and one of a bad model, on the embedded cluster. */
@Command(name = "demo", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Delivers a real model on an embedded cluster, under real requests: a good candidate is promoted, a bad one is caught and rolled back.")
final class DemoCommand implements Callable<Integer> {
    private static final int REQUESTS_PER_SECOND = 400;

    /** Which candidates the demo delivers. */
    enum Candidate {
        /** only the one that is promoted */
        GOOD,
        /** only the one that is rolled back; exit code 3 */
        BAD,
        /** one after the other; exit code 0 when each ended as it should */
        BOTH
    }

    /** Its error has the words of the help, not the constants. */
    static final class ByWord implements ITypeConverter<Candidate> {
        @Override
        public Candidate convert(String word) {
            for (Candidate candidate : Candidate.values()) {
                if (candidate.name().equalsIgnoreCase(word)) {
                    return candidate;
                }
            }
            String hint = NearestName.hint(word, List.of("good", "bad", "both")).strip();
            throw new TypeConversionException("expected good, bad or both but was '" + word + "'" + (hint.isEmpty() ? "" : ". " + hint));
        }
    }

    private final Main.World world;

    @Mixin
    private OutputOptions output;

    @Option(names = "--candidate", defaultValue = "both", converter = ByWord.class, description = "good, bad or both. Default: both")
    Candidate candidate;

    @Option(names = "--report", paramLabel = "FILE", defaultValue = "ml-delivery-demo.html", description = "The HTML report. Default: ${DEFAULT-VALUE}")
    Path report;

    DemoCommand(Main.World world) {
        this.world = world;
    }

    @Override
    public Integer call() throws Exception {
        SafePath.check("report", world.directory(), report);
        PrintStream err = world.err();
        List<DeliveryRecord> records = new ArrayList<>();
        boolean asExpected = true;
        DeployModelResult last = null;
        try (DemoFiles files = DemoFiles.unpack(); Playground playground = Playground.start()) {
            err.println("Embedded cluster at " + playground.server() + ", registry at " + playground.registry() + ". Nothing leaves this machine.");
            DemoDelivery delivery = new DemoDelivery(playground, files, output.console(world));
            delivery.provision(record(records, "Infrastructure"));
            try (LoadGenerator load = new LoadGenerator(() -> target(playground), PenguinRequests.bodies(), REQUESTS_PER_SECOND)) {
                headline(err, "Version 1: the first install");
                delivery.deliver("penguins-v1", "1", record(records, "penguins 1, the first version"));
                // Before the first version was ready the Service had nobody to answer.
                Map<String, Long> before = load.answers();
                if (candidate != Candidate.BAD) {
                    headline(err, "Version 2: a better model");
                    last = delivery.deliver("penguins-v2", "2", record(records, "penguins 2, a good candidate"));
                    asExpected &= last.ok();
                }
                if (candidate != Candidate.GOOD) {
                    headline(err, "Version 3: a model that fails on real inputs");
                    last = delivery.deliver("penguins-bad", "3", record(records, "penguins 3, a bad candidate"));
                    asExpected &= !last.ok();
                }
                output.console(world).finish();
                err.println();
                Map<String, Long> answers = new TreeMap<>(load.answers());
                before.forEach((status, count) -> answers.merge(status, -count, Long::sum));
                answers.values().removeIf(count -> count == 0);
                err.println("HTTP answers since the first version was ready, by status: " + answers + " (500: the model had no answer for the input)");
            }
        } catch (IOException e) {
            throw DeliveryException.failed("demo", "the playground could not run (" + FileProblems.text(e) + ")", "Check the free space and the loopback network of this machine.", e);
        } finally {
            write(records);
        }
        output.result(world, last.toMap());
        if (candidate == Candidate.BOTH) {
            return asExpected ? 0 : DeliveryException.Kind.FAILED.exitCode();
        }
        return last.ok() ? 0 : DeliveryException.Kind.ROLLED_BACK.exitCode();
    }

    private static String target(Playground playground) {
        String url = playground.serviceUrl(DemoDelivery.NAMESPACE, DemoDelivery.MODEL);
        return url == null ? null : url + "/v2/models/" + DemoDelivery.MODEL + "/infer";
    }

    private static DeliveryRecord record(List<DeliveryRecord> records, String title) {
        DeliveryRecord record = new DeliveryRecord(title);
        records.add(record);
        return record;
    }

    private void headline(PrintStream err, String text) {
        output.console(world).finish();
        err.println();
        err.println("== " + text);
    }

    private void write(List<DeliveryRecord> records) throws DeliveryException {
        String html = HtmlReport.render(
                "ML Delivery demo",
                "A penguin classifier, packed into images, provisioned for, rolled out as a canary on the embedded cluster"
                        + " under real requests (up to " + REQUESTS_PER_SECOND
                        + " a second), and judged by its error rate.",
                records);
        Path written = OutputFile.write("report", world.directory(), report, html, "Give another file with --report.");
        world.err().println("Report: " + Printable.line(written.toString()));
    }
}
