package io.jenkins.plugins.mldelivery.hostile;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.verify.Check;
import io.jenkins.plugins.mldelivery.verify.PrometheusOptions;
import io.jenkins.plugins.mldelivery.verify.VerifyMetrics;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import io.jenkins.plugins.mldelivery.verify.VerifyState;
import io.jenkins.plugins.mldelivery.verify.source.SharedReads;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Looks at a {@link DenseSamplesServer}, as many at once as the plugin makes. Prints what each ended with. */
final class DenseSamplesTrial {
    /** Longer than what is answered goes back: all of it counts. */
    private static final int AGO_SECONDS = 20 * 60;

    private DenseSamplesTrial() {}

    /** @param args the server's URL, how many looks, the time between two looks, and the metrics */
    public static void main(String[] args) throws Exception {
        SharedReads shared = new SharedReads();
        ExecutorService threads = Executors.newFixedThreadPool(Integer.parseInt(args[1]));
        List<Future<String>> looks = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            String metric = args[3 + i % (args.length - 3)];
            looks.add(threads.submit(() -> metric + ": " + look(args[0], metric, args[2], shared)));
        }
        for (Future<String> look : looks) {
            System.out.println(look.get());
        }
        System.out.println("ALL");
        System.exit(0);
    }

    private static String look(String url, String metric, String interval, SharedReads shared) throws Exception {
        VerifyMetrics verify = verify(url, metric, interval, shared);
        VerifyState state = new VerifyState(Instant.now().minusSeconds(AGO_SECONDS), true, null, verify.start(Instant.now()).checks());
        try {
            return said(verify.read(state));
        } catch (DeliveryException e) {
            return e.getMessage();
        }
    }

    static String said(VerifyState after) {
        return after.trouble() == null ? "looked" : after.trouble();
    }

    /** A wait for one metric, whose name says what it is. */
    static VerifyMetrics verify(String url, String metric, String interval, SharedReads shared) throws DeliveryException {
        boolean counter = metric.matches("(?:n|spaced|many|long|target|page|fresh|brief)_.*");
        Check check = counter ? new Check.ErrorRate("errors", metric, "code=~\"5..\"", 1.5, 0.01, 0.05, 0, 1) : Check.Distribution.of("drift", metric);
        PrometheusOptions access = new PrometheusOptions(null, Map.of(), Map.of(), null, null, false, null, List.of(), "60s");
        VerifyMetricsRequest request = metric.startsWith("page")
                ? new VerifyMetricsRequest(
                        List.of(check), null, null, access, null, null, List.of(url + "/canary/" + metric), List.of(url + "/stable/" + metric), interval, "1h", "fail")
                : new VerifyMetricsRequest(
                        List.of(check), url, null, access, "track=\"canary\"", "track=\"stable\"", List.of(), List.of(), interval, "1h", "fail");
        Environment environment = new Environment((command, lines) -> {
            throw new AssertionError("no program is run here");
        }, Clock.system(), Secrets.none(), EventSink.none());
        return new VerifyMetrics(request, null, environment, shared);
    }
}
