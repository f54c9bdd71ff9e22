package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import io.jenkins.plugins.mldelivery.verify.source.Prometheus;
import io.jenkins.plugins.mldelivery.verify.source.PrometheusAccess;
import io.jenkins.plugins.mldelivery.verify.source.ScrapeSource;
import io.jenkins.plugins.mldelivery.verify.source.SourceNotes;
import io.jenkins.plugins.mldelivery.verify.source.UrlMetrics;
import io.jenkins.plugins.mldelivery.verify.stats.AlphaShares;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The gate on metrics, as a sequence of looks. All evidence is in {@link VerifyState}, which is immutable and small; an adapter persists it between looks,
 * holds no thread while it waits, and goes on after a restart where it was. {@link #run} does the looks in the calling thread.
 */
public final class VerifyMetrics {
    private static final Duration NEVER_ANSWERED = Duration.ofSeconds(30);
    /** How long one look may go on trying, so that a server that starts again costs no look. */
    private static final Duration LOOK_BUDGET = Duration.ofSeconds(10);

    private final VerifyMetricsRequest request;
    private final Environment environment;
    private final MetricSource source;
    private final int waits;
    private final Duration interval;
    private final Duration timeout;
    /** After which a source that has not answered yet is taken for a wrong one. */
    private final Duration neverAnswered;
    private final Set<String> warned = new HashSet<>();

    /**
     * Checks the request; nothing remote is done yet.
     *
     * @param pods reads the pods' own metrics when the request names neither Prometheus nor URLs; null when there is no rollout around
     * @throws DeliveryException when a parameter is wrong, by its name
     */
    public VerifyMetrics(VerifyMetricsRequest request, TrackMetrics pods, Environment environment) throws DeliveryException {
        this(request, pods, environment, 1, null, false);
    }

    /**
     * Likewise, as one of several waits that share the error probability α, such as the traffic steps of a rollout.
     *
     * @param waits how many there are, at least 1
     */
    public VerifyMetrics(VerifyMetricsRequest request, TrackMetrics pods, Environment environment, int waits) throws DeliveryException {
        this(request, pods, environment, waits, null, false);
    }

    /**
     * Likewise, of a rollout, which a server that is away when a traffic step begins does not end: there is the whole time-out for it to come back.
     *
     * @param steps how many traffic steps the rollout has, at least 1
     * @throws DeliveryException when a parameter is wrong, by its name
     */
    public static VerifyMetrics inRollout(VerifyMetricsRequest request, TrackMetrics pods, Environment environment, int steps) throws DeliveryException {
        return new VerifyMetrics(request, pods, environment, steps, null, true);
    }

    /**
     * A wait over recorded data: what a Prometheus server still has of a time that is over.
     *
     * @param environment its clock is the time that is asked about, such as a {@link ReplayClock}
     * @param clock the time of this machine, for retries
     * @throws DeliveryException also when the request names no Prometheus server
     */
    public static VerifyMetrics replay(VerifyMetricsRequest request, Environment environment, Clock clock) throws DeliveryException {
        if (request.prometheus() == null) {
            throw DeliveryException.invalid("prometheus", "only a Prometheus server has recorded data to replay", "Give its URL.");
        }
        return new VerifyMetrics(request, null, environment, 1, clock, false);
    }

    private VerifyMetrics(VerifyMetricsRequest request, TrackMetrics pods, Environment environment, int waits, Clock replaying, boolean rollout) throws DeliveryException {
        this.waits = waits;
        this.request = request;
        this.environment = environment;
        VerifyMetricsChecks.check(request);
        this.interval = Durations.parse("interval", request.interval());
        this.timeout = Durations.parse("timeout", request.timeout());
        this.neverAnswered = rollout ? timeout : NEVER_ANSWERED;
        this.source = source(request, pods, environment, replaying);
    }

    private MetricSource source(VerifyMetricsRequest r, TrackMetrics pods, Environment env, Clock replaying) throws DeliveryException {
        AccessChecks.check(r);
        PrometheusAccess access = r.access().access(r.prometheus(), r.credentialsId());
        boolean compares = r.checks().stream().anyMatch(Check.Comparison.class::isInstance);
        if (r.prometheus() != null) {
            if (compares && (r.canary() == null || r.stable() == null)) {
                throw DeliveryException.invalid(
                        r.canary() == null ? "canary" : "stable", "a comparison must know which series are the canary's and which the stable version's",
                        "Give label matchers for both, or call it inside mlDeployModel, which knows them.");
            }
            VerifyMetricsChecks.selectors(r);
            SourceNotes said = notes("Prometheus says: ");
            return replaying == null
                    ? new Prometheus(access, env.secrets(), env.clock(), r.canary(), r.stable(), said)
                    : new Prometheus(access, env.secrets(), replaying, r.canary(), r.stable(), said, env.clock());
        }
        if (!r.scrapeCanary().isEmpty() || !r.scrapeStable().isEmpty()) {
            if (r.scrapeCanary().isEmpty() || r.scrapeStable().isEmpty()) {
                throw DeliveryException.invalid(
                        r.scrapeCanary().isEmpty() ? "scrapeCanary" : "scrapeStable", "only one of the two tracks has URLs to scrape", "Give URLs for both.");
            }
            return new ScrapeSource(new UrlMetrics(r.scrapeCanary(), r.scrapeStable(), access, env.secrets(), env.clock(), notes("")), "scrapeCanary", env.clock(), notes(""));
        }
        if (pods == null) {
            throw DeliveryException.invalid(
                    "prometheus", "there is no source of metrics", "Give the URL of a Prometheus server, or scrapeCanary and scrapeStable, or call it inside mlDeployModel.");
        }
        return new ScrapeSource(pods, "cluster", env.clock(), notes(""));
    }

    private SourceNotes notes(String who) {
        return new SourceNotes() {
            @Override
            public void warn(String text) {
                if (warned.add(text)) {
                    environment.warn(Event.Stage.VERIFY, who + text);
                }
            }

            @Override
            public void info(String text) {
                if (warned.add(text)) {
                    environment.info(Event.Stage.VERIFY, who + text);
                }
            }
        };
    }

    /** The state before the first look; the time-out counts from now. */
    public VerifyState start(Instant now) {
        List<String> names = request.checks().stream().map(Check::name).toList();
        environment.events().accept(new Event.Started(now, Event.Stage.VERIFY, String.join(", ", names)));
        return new VerifyState(now, false, null, Collections.nCopies(request.checks().size(), CheckState.initial()));
    }

    /** One look: reads the metrics, moves the evidence on and tells what changed. Transient read errors are retried by later looks and told once. */
    public Look look(VerifyState state) throws DeliveryException, InterruptedException {
        if (state.checks().size() != request.checks().size()) {
            throw DeliveryException.invalid(
                    "checks", "the evidence is of " + state.checks().size() + " checks, the request has " + request.checks().size(), "Start the verification again.");
        }
        Instant now = environment.clock().now();
        boolean over = !now.isBefore(state.started().plus(timeout));
        Duration left = Duration.between(now, state.started().plus(timeout));
        source.beginLook(Collections.min(List.of(interval, LOOK_BUDGET, left.isNegative() ? Duration.ZERO : left)));
        List<CheckState> checks = new ArrayList<>(state.checks());
        boolean answered = state.answered();
        MetricSource.Unavailable trouble = null;
        try {
            for (int i = 0; i < checks.size(); i++) {
                if (checks.get(i).verdict() != null) {
                    continue;
                }
                CheckLook one = CheckLooks.of(request.checks().get(i), watch(request.checks().get(i), state.started(), now));
                try {
                    checks.set(i, one.look(checks.get(i)));
                    answered = true;
                } catch (MetricSource.Unavailable e) {
                    trouble = e;
                    checks.set(i, one.unavailable(checks.get(i), e.getMessage()));
                } catch (DeliveryException e) {
                    if (request.checks().get(i).decides()) {
                        throw e;
                    }
                    // A check that is only tried, or only warns, must not end a rollout because it is wrong itself.
                    checks.set(i, checks.get(i).decided(Verdict.INCONCLUSIVE, "it can't be judged: " + e.getMessage()));
                }
            }
        } finally {
            source.endLook();
        }
        // Also at a time-out that is shorter: a server that was never there is an error, not missing evidence that onInconclusive may let pass.
        if (!answered && trouble != null && (over || Duration.between(state.started(), now).compareTo(neverAnswered) >= 0)) {
            throw DeliveryException.unreachable(
                    Objects.requireNonNullElse(trouble.parameter(), source.parameter()), trouble.getMessage(), "Check the address and that the server is up.", trouble);
        }
        String problem = trouble == null ? null : trouble.getMessage();
        for (int i = 0; i < checks.size(); i++) {
            if (state.checks().get(i).verdict() == null) {
                if (over && checks.get(i).verdict() == null) {
                    checks.set(i, atTimeout(request.checks().get(i), checks.get(i), problem));
                }
                tell(request.checks().get(i), checks.get(i), now);
            }
        }
        tellTrouble(state.trouble(), problem);
        VerifyState next = new VerifyState(state.started(), answered, problem, checks);
        VerifyMetricsResult result = result(checks);
        if (result != null) {
            environment.events().accept(new Event.Finished(now, Event.Stage.VERIFY, result.verdict() == Verdict.PASS, result.verdict().word() + ": " + result.reason()));
        }
        Duration wait = answered || interval.compareTo(Duration.ofSeconds(5)) < 0 ? interval : Duration.ofSeconds(5);
        return new Look(next, result, left.isNegative() || left.compareTo(wait) > 0 ? wait : left);
    }

    private Watch watch(Check check, Instant started, Instant now) throws DeliveryException {
        Map<Track, String> matchers = new EnumMap<>(Track.class);
        for (Track track : Track.values()) {
            if (request.selector(track) != null) {
                matchers.put(track, request.selector(track));
            }
        }
        double alpha = check instanceof Check.Comparison comparison ? AlphaShares.ofStep(share(comparison), waits) : Double.NaN;
        return new Watch(source, now, started.plus(Durations.parse("warmUp", check.warmUp())), interval, alpha, matchers, notes(""));
    }

    /** Only what can fail the gate takes part in sharing α. */
    private double share(Check.Comparison check) {
        if (!check.decides()) {
            return check.alpha();
        }
        double weights = request.checks().stream()
                .filter(c -> c.decides() && c instanceof Check.Comparison).mapToDouble(c -> ((Check.Comparison) c).weight()).sum();
        return check.alpha() * (check.weight() / weights);
    }

    private CheckState atTimeout(Check check, CheckState state, String trouble) {
        boolean nothing = check instanceof Check.Measured && state.evidence() == null;
        return state.decided(
                Verdict.INCONCLUSIVE, (nothing ? "nothing measured" : "no verdict") + " within " + Durations.format(timeout) + ": " + (trouble != null ? trouble : state.reason()));
    }

    private void tell(Check check, CheckState s, Instant now) {
        environment.events().accept(new Event.CheckSampled(now, check.name(), s.canary(), s.stable(), s.effect(), s.lower(), s.upper(), s.samples(), s.verdict(), s.reason(), measure(check)));
        if (s.verdict() == null) {
            return;
        }
        String text = check.name() + ": " + s.verdict().word() + ", " + s.reason();
        if (check.decides()) {
            environment.info(Event.Stage.VERIFY, text);
        } else if (s.verdict() == Verdict.FAIL && "warning".equals(check.importance())) {
            environment.warn(Event.Stage.VERIFY, text + "; it is a warning, which does not fail the gate");
        } else {
            environment.info(Event.Stage.VERIFY, text + " (" + ("warning".equals(check.importance()) ? "a warning" : "a dry run") + ", which does not decide)");
        }
    }

    private static Event.Measure measure(Check check) {
        if (check instanceof Check.Distribution) {
            return Event.Measure.INDEX;
        } else if (check instanceof Check.Gauge) {
            return Event.Measure.DIFFERENCE;
        }
        return check instanceof Check.Comparison ? Event.Measure.RATE : Event.Measure.VALUE;
    }

    private void tellTrouble(String before, String now) {
        if (now != null && before == null) {
            environment.warn(Event.Stage.VERIFY, now + "; looking again until the time is over");
        } else if (now == null && before != null) {
            environment.info(Event.Stage.VERIFY, "the metrics can be read again");
        }
    }

    private VerifyMetricsResult result(List<CheckState> checks) {
        boolean anyCritical = request.checks().stream().anyMatch(Check::decides);
        boolean open = false;
        boolean failed = false;
        boolean inconclusive = false;
        for (int i = 0; i < checks.size(); i++) {
            Verdict verdict = checks.get(i).verdict();
            boolean critical = request.checks().get(i).decides();
            // Where nothing is critical, all are waited for; else those that do not decide are not.
            open |= verdict == null && (critical || !anyCritical);
            failed |= verdict == Verdict.FAIL && critical;
            inconclusive |= verdict == Verdict.INCONCLUSIVE && critical;
        }
        if (open && !failed) {
            return null;
        }
        List<VerifyMetricsResult.Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < checks.size(); i++) {
            CheckState s = checks.get(i);
            Check check = request.checks().get(i);
            // A check that another one's failure cut short has shown nothing, so it is inconclusive, never a pass.
            Verdict verdict = Objects.requireNonNullElse(s.verdict(), Verdict.INCONCLUSIVE);
            outcomes.add(new VerifyMetricsResult.Outcome(check.name(), verdict, check.importance(), s.reason(), s.canary(), s.stable(), s.effect(), s.lower(), s.upper(), s.samples()));
        }
        Verdict whole = failed ? Verdict.FAIL : inconclusive ? Verdict.INCONCLUSIVE : Verdict.PASS;
        String reason = outcomes.stream().filter(o -> o.verdict() == whole && (o.decides() || !anyCritical)).map(this::deciding).findFirst()
                .orElse("none of the checks decides");
        return new VerifyMetricsResult(whole, reason, outcomes);
    }

    /** Of several checks the one is named, since a rollout tells nothing else of them when it ends. */
    private String deciding(VerifyMetricsResult.Outcome check) {
        return request.checks().size() == 1 || check.reason().startsWith(check.name() + " ") ? check.reason() : check.name() + ": " + check.reason();
    }

    /** Looks until there is a result, in the calling thread. */
    public VerifyMetricsResult run() throws DeliveryException, InterruptedException {
        VerifyState state = start(environment.clock().now());
        while (true) {
            Look look = look(state);
            if (look.result() != null) {
                return look.result();
            }
            state = look.state();
            environment.clock().sleep(look.nextLook());
        }
    }

    /**
     * What a look gave.
     *
     * @param state the new state, to be persisted
     * @param result null while there is none
     * @param nextLook after how long to look again, when there is no result
     */
    public record Look(VerifyState state, VerifyMetricsResult result, Duration nextLook) {}
}
