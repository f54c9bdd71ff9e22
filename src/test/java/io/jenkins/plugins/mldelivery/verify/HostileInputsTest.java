package io.jenkins.plugins.mldelivery.verify;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.From;
import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.random.SourceOfRandomness;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.EventSink;
import io.jenkins.plugins.mldelivery.delivery.RolloutFacts;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.testing.HostileText;
import io.jenkins.plugins.mldelivery.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.Test;
import org.junit.runner.RunWith;

/** Whatever people write and pods show, a check ends, with a state or with what is wrong. */
@RunWith(JUnitQuickcheck.class)
public class HostileInputsTest {
    private static final double[] EXTREME = {
        0, -0.0, 1, -1, 2, 0.5, 1e-3, 1.5, 16, 32, 100, 1e15, 1e16, 9.007199254740993e15, 1e99, 1e101, 1e154, 1e155, 1e300, 1e308, Double.MAX_VALUE, -1e308, 1e-100, 1e-101, 1e-154, 1e-300,
        Double.MIN_NORMAL, Double.MIN_VALUE, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Math.nextUp(1.0), Math.nextDown(1.0)
    };

    private final ManualClock clock = new ManualClock();

    private Environment environment() {
        return new Environment((command, lines) -> {
            throw new AssertionError();
        }, clock, Secrets.none(), EventSink.none());
    }

    @Property(trials = 600)
    public void anyFormula(@From(HostileText.class) @HostileText.Like({"errors < 0.01 && p99 < 2 * default(baseline, 0.5)", "!(hasData(a) || isNaN(-b)) && max(abs(a), min(1e3, .5)) != 0 / 0"}) String text) {
        HostileText.survives(text, () -> Formula.parse("pass", text).test(Map.of("errors", 0.5, "p99", 1e308, "a", Double.NaN)), Formula.NoData.class, Formula.NotANumber.class);
    }

    /** It was evaluated three times at each level, so that forty levels took longer than anybody lives. */
    @Test(timeout = 5000)
    public void defaultsOfDefaults() throws Exception {
        String text = "default(".repeat(45) + "gone" + ", 1)".repeat(45) + " == 1";
        assertTrue(Formula.parse("pass", text).test(Map.of()));
        assertTrue(Formula.parse("pass", text).test(Map.of("gone", 1.0)));
    }

    @Property(trials = 400)
    public void anyQuery(@From(HostileText.class) @HostileText.Like({"sum by (a) (rate(x{CANARY, a=\"STABLE\"}[5m])) # TRACK\n / ignoring(b) y{TRACK }", "'{CANARY}'`{STABLE}`"}) String query) {
        HostileText.survives(query, () -> {
            Check.Threshold.of("t", query, 0.0, 1.0).validate();
            return TrackWords.put(query, Map.of(Track.CANARY, "a=\"b\",", Track.STABLE, "c=\"" + "d".repeat(8000) + "\" , "));
        });
    }

    @Property(trials = 400)
    public void anyName(@From(HostileText.class) @HostileText.Like({"http_requests_total", "a:b.c"}) String name) {
        HostileText.survives(name, () -> {
            Check.Gauge.of("g", name, 1.0).validate();
            Check.Distribution.of(name, name).validate();
            return null;
        });
    }

    @Property(trials = 1500)
    public void anyNumbersInAnyCheck(long seed) {
        Random random = new Random(seed);
        Check check = check(random);
        HostileText.survives(check.toString(), () -> {
            VerifyMetricsRequest request = new VerifyMetricsRequest(List.of(check), null, null, null, null, List.of(), List.of(), "15s", "2h", "fail");
            VerifyMetrics verify = new VerifyMetrics(request, pods(random), environment());
            VerifyState state = verify.start(clock.now());
            for (int look = 0; look < 6; look++) {
                clock.sleep(Duration.ofSeconds(15));
                state = VerifyState.fromJson(verify.look(state).state().toJson());
            }
            return state;
        });
    }

    private static double any(Random random, double usual) {
        return random.nextInt(3) > 0 ? usual : EXTREME[random.nextInt(EXTREME.length)];
    }

    private static Check check(Random random) {
        double alpha = any(random, 0.01);
        double beta = any(random, 0.05);
        double weight = any(random, 1);
        long least = random.nextInt(5) == 0 ? Long.MAX_VALUE : 1;
        return switch (random.nextInt(4)) {
            case 0 -> new Check.ErrorRate("c", "auto", "n_total", null, "code=~\"5..\"", any(random, 1.5), alpha, beta, any(random, 0.001), least, weight, "critical", "0s");
            case 1 -> new Check.Latency("c", "auto", "h", null, random.nextBoolean() ? null : any(random, 0.9), random.nextBoolean() ? null : any(random, 1), any(random, 1.5), alpha, beta, any(random, 0.001), least, weight, "critical", "0s");
            case 2 -> new Check.Distribution("c", "h", null, any(random, 0.1), alpha, beta, least, weight, "critical", "0s");
            default -> {
                boolean bounded = random.nextBoolean();
                yield new Check.Gauge(
                        "c", "g", null, null, random.nextBoolean() ? "higher" : "lower", any(random, 0.5), bounded ? any(random, -5) : null, bounded ? any(random, 5) : null, alpha, beta, least, weight, "critical", "0s");
            }
        };
    }

    private TrackMetrics pods(Random random) {
        Map<String, Double> counts = new HashMap<>();
        return track -> {
            StringBuilder page = new StringBuilder();
            for (String code : List.of("200", "500")) {
                page.append("n_total{code=\"").append(code).append("\"} ").append(next(counts, track + code, random)).append('\n');
            }
            for (String le : List.of("-0", "0", "0.5", "1", String.valueOf(EXTREME[random.nextInt(EXTREME.length)]), "+Inf")) {
                page.append("h_bucket{le=\"").append(le).append("\"} ").append(next(counts, track + le, random)).append(stamp(random)).append('\n');
            }
            page.append("g ").append(any(random, random.nextDouble())).append(stamp(random)).append('\n');
            return List.of(new TrackMetrics.Page("pod of " + track, page.toString()));
        };
    }

    private static double next(Map<String, Double> counts, String name, Random random) {
        return counts.merge(name, random.nextInt(12) == 0 ? EXTREME[random.nextInt(EXTREME.length)] : random.nextInt(1000), Double::sum);
    }

    private static String stamp(Random random) {
        return random.nextInt(10) == 0 ? " " + EXTREME[random.nextInt(EXTREME.length)] : "";
    }

    /** A state from an agent, or from a damaged disk. */
    @Property(trials = 600)
    public void anyState(long seed) throws Exception {
        Random random = new Random(seed);
        Check check = check(new Random(seed % 40));
        VerifyMetricsRequest request = new VerifyMetricsRequest(List.of(check), null, null, null, null, List.of(), List.of(), "15s", "2h", "fail");
        String valid;
        VerifyMetrics verify;
        try {
            verify = new VerifyMetrics(request, pods(random), environment());
            VerifyState state = verify.start(clock.now());
            for (int look = 0; look < 4; look++) {
                clock.sleep(Duration.ofSeconds(15));
                state = verify.look(state).state();
            }
            valid = state.toJson();
            assertEquals(valid, VerifyState.fromJson(valid).toJson());
        } catch (DeliveryException e) {
            return; // The numbers are refused, which another test is about.
        }
        for (int i = 0; i < 5; i++) {
            String damaged = damaged(valid, random);
            HostileText.survives(damaged, () -> {
                VerifyState state = VerifyState.fromJson(damaged);
                for (int look = 0; look < 3; look++) {
                    state = verify.look(state).state();
                }
                return state.toJson();
            });
        }
    }

    private static String damaged(String valid, Random random) {
        SourceOfRandomness source = new SourceOfRandomness(random);
        if (random.nextInt(3) == 0) {
            return HostileText.generate(source, List.of(valid));
        }
        // A number, or a byte of what is packed, is another one.
        StringBuilder text = new StringBuilder(valid);
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(text.length());
            if (Character.isLetterOrDigit(text.charAt(at))) {
                text.setCharAt(at, Character.isDigit(text.charAt(at)) ? (char) ('0' + random.nextInt(10)) : (char) ((Character.isUpperCase(text.charAt(at)) ? 'A' : 'a') + random.nextInt(26)));
            }
        }
        return text.toString();
    }

    @Property(trials = 300)
    public void anyGatesEvidence(@From(HostileText.class) @HostileText.Like({"{\"version\":1,\"step\":0,\"state\":null,\"verdict\":\"PASS\",\"reason\":\"r\",\"unstable\":null,\"answered\":true}"}) String evidence) {
        HostileText.survives(evidence, () -> {
            MetricsGate gate = new MetricsGate(VerifyMetricsRequest.of(List.of(Check.ErrorRate.defaults())), pods(new Random(1)), environment());
            gate.restore(evidence);
            gate.look(new RolloutFacts("m", "ns", "r", "r", 0, 1, 10, 0, false, Instant.EPOCH, "a", "b"));
            return gate.evidence();
        });
    }
}
