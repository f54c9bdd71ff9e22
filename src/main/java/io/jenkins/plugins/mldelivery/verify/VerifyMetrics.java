package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Durations;
import io.jenkins.plugins.mldelivery.delivery.Environment;
import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Track;
import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.verify.source.LookBudget;
import io.jenkins.plugins.mldelivery.verify.source.MetricSource;
import io.jenkins.plugins.mldelivery.verify.source.Prometheus;
import io.jenkins.plugins.mldelivery.verify.source.PrometheusAccess;
import io.jenkins.plugins.mldelivery.verify.source.ReadLimits;
import io.jenkins.plugins.mldelivery.verify.source.ScrapeSource;
import io.jenkins.plugins.mldelivery.verify.source.SharedReads;
import io.jenkins.plugins.mldelivery.verify.source.SourceContext;
import io.jenkins.plugins.mldelivery.verify.source.SourceNotes;
import io.jenkins.plugins.mldelivery.verify.stats.AlphaShares;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The gate on metrics, as a sequence of looks. All evidence is in {@link VerifyState}, which is immutable and small; an adapter persists it between looks,
 * holds no thread while it waits, and goes on after a restart where it was. {@link #run} does the looks in the calling thread.
 */
public final class VerifyMetrics {
    private static final Duration NEVER_ANSWERED = Duration.ofSeconds(30);
    /** The time between looks until the source has answered for the first time, unless the interval is shorter. */
    private static final Duration FIRST_LOOKS = Duration.ofSeconds(5);
    /** How long one look may go on repeating what failed, so that a server that starts again costs no look. */
    private static final Duration MAX_RETRIES = Duration.ofSeconds(10);
    /** How long one look may take in all; where a query may take more than half of it, twice as long as a query. */
    private static final Duration MAX_LOOK = Duration.ofMinutes(1);
    /** How long the look takes at most that is due at the time-out, and so by how much a wait may exceed it. */
    private static final Duration LAST_LOOK = Duration.ofSeconds(5);

    private final VerifyMetricsRequest request;
    private final Environment environment;
    private final MetricSource source;
    private final int waits;
    private final Duration interval;
    private final Duration timeout;
    private final Duration queryTimeout;
    /** After which a source that has not answered yet is taken for a wrong one. */
    private final Duration neverAnswered;
    private final NotesOnce notes;
    /** The check that the next look begins with: the one for which the last look had no time. */
    private int first;

    /**
     * Checks the request; nothing remote is done yet.
     *
     * @param pods reads the pods' own metrics when the request names neither Prometheus nor URLs; null when there is no rollout around
     * @param shared what all looks of the process share
     * @throws DeliveryException when a parameter is wrong, by its name
     */
    public VerifyMetrics(VerifyMetricsRequest request, TrackMetrics pods, Environment environment, SharedReads shared) throws DeliveryException {
        this(request, pods, environment, shared, 1, null, false);
    }

    /** The same in a process that has no other one. */
    public VerifyMetrics(VerifyMetricsRequest request, TrackMetrics pods, Environment environment) throws DeliveryException {
        this(request, pods, environment, new SharedReads());
    }

    /**
     * Likewise, as one of several waits that share the error probability α, such as the traffic steps of a rollout; one which a
     * server that is away when a traffic step begins does not end: there is the whole time-out for it to come back.
     *
     * @param steps how many traffic steps the rollout has, at least 1
     * @throws DeliveryException when a parameter is wrong, by its name
     */
    public static VerifyMetrics inRollout(VerifyMetricsRequest request, TrackMetrics pods, Environment environment, SharedReads shared, int steps) throws DeliveryException {
        return new VerifyMetrics(request, pods, environment, shared, steps, null, true);
    }

    /**
     * A wait over recorded data: what a Prometheus server still has of a time that is over.
     *
     * @param environment its clock is the time that is asked about, such as a {@link ReplayClock}
     * @param clock the time of this machine, for retries
     * @throws DeliveryException also when the request names no Prometheus server
     */
    public static VerifyMetrics replay(VerifyMetricsRequest request, Environment environment, SharedReads shared, Clock clock) throws DeliveryException {
        if (request.prometheus() == null) {
            throw DeliveryException.invalid("prometheus", "only a Prometheus server has recorded data to replay", "Give its URL.");
        }
        return new VerifyMetrics(request, null, environment, shared, 1, clock, false);
    }

    private VerifyMetrics(
            VerifyMetricsRequest request, TrackMetrics pods, Environment environment, SharedReads shared, int waits, Clock replaying, boolean rollout)
            throws DeliveryException {
        this.waits = waits;
        this.request = request;
        this.environment = environment;
        VerifyMetricsChecks.check(request);
        this.interval = Durations.parse("interval", request.interval());
        this.timeout = Durations.parse("timeout", request.timeout());
        this.queryTimeout = Durations.parse("queryTimeout", request.access().queryTimeout());
        this.neverAnswered = rollout ? timeout : NEVER_ANSWERED;
        this.notes = new NotesOnce(environment);
        this.source = source(request, pods, shared, replaying);
    }

    private MetricSource source(VerifyMetricsRequest r, TrackMetrics pods, SharedReads shared, Clock replaying) throws DeliveryException {
        AccessChecks.check(r);
        PrometheusAccess access = r.access().access(r.prometheus(), r.credentialsId());
        SourceContext context = SourceContext.of(environment, r.prometheus() == null ? notes : notes.of("Prometheus says: "), shared);
        boolean compares = r.checks().stream().anyMatch(Check.Comparison.class::isInstance);
        if (r.prometheus() != null) {
            if (compares && (r.canary() == null || r.stable() == null)) {
                throw DeliveryException.invalid(
                        r.canary() == null ? "canary" : "stable", "a comparison must know which series are the canary's and which the stable version's",
                        "Give label matchers for both, or give the checks to `mlDeployModel`, which knows them.");
            }
            VerifyMetricsChecks.selectors(r);
            boolean acceptsPartial = VerifyMetricsRequest.ON_PARTIAL_ACCEPT.equals(r.onPartial());
            return replaying == null
                    ? new Prometheus(access, r.canary(), r.stable(), context, null, acceptsPartial)
                    : new Prometheus(access, r.canary(), r.stable(), context.with(replaying), environment.clock(), acceptsPartial);
        }
        if (!r.scrapeCanary().isEmpty() || !r.scrapeStable().isEmpty()) {
            if (r.scrapeCanary().isEmpty() || r.scrapeStable().isEmpty()) {
                throw DeliveryException.invalid(
                        r.scrapeCanary().isEmpty() ? "scrapeCanary" : "scrapeStable", "only one of the two tracks has URLs to scrape", "Give URLs for both.");
            }
            return ScrapeSource.ofUrls(r.scrapeCanary(), r.scrapeStable(), ReadMetrics.of(r.checks()), access, context);
        }
        if (pods == null) {
            throw DeliveryException.invalid(
                    "prometheus", "there is no source of metrics", "Give the URL of a Prometheus server, or `scrapeCanary` and `scrapeStable`, or give the checks to `mlDeployModel`.");
        }
        return ScrapeSource.ofPods(pods, ReadMetrics.of(r.checks()), context);
    }

    /** The state before the first look; the time-out counts from now. */
    public VerifyState start(Instant now) {
        List<String> names = request.checks().stream().map(Check::name).toList();
        environment.events().accept(new Event.Started(now, Event.Stage.VERIFY, String.join(", ", names)));
        return new VerifyState(now, false, null, Collections.nCopies(request.checks().size(), CheckState.initial()));
    }

    /** One look: {@linkplain #read reads} the metrics, and {@linkplain #told tells} what changed. */
    public Look look(VerifyState state) throws DeliveryException, InterruptedException {
        return told(state, read(state));
    }

    /**
     * The first half of a look, which may be made in another process: reads the metrics and moves the evidence on. Transient read
     * errors are retried by later looks. It ends within a minute, or twice as long as one query may take, whatever the servers do;
     * at the time-out within some seconds.
     */
    public VerifyState read(VerifyState state) throws DeliveryException, InterruptedException {
        if (state.checks().size() != request.checks().size()) {
            throw DeliveryException.invalid(
                    "checks", "the evidence is of " + state.checks().size() + " checks, the request has " + request.checks().size(), "Start the verification again.");
        }
        Instant now = environment.clock().now();
        boolean over = !now.isBefore(state.started().plus(timeout));
        Duration left = Duration.between(now, state.started().plus(timeout));
        Duration allowed = Collections.min(List.of(longestLook(), left.compareTo(LAST_LOOK) > 0 ? left : LAST_LOOK));
        Deadline deadline = Deadline.in(allowed);
        source.beginLook(Collections.min(List.of(interval, MAX_RETRIES, left.isNegative() ? Duration.ZERO : left)), deadline);
        List<CheckState> checks = new ArrayList<>(state.checks());
        boolean answered = state.answered();
        MetricSource.Unavailable trouble = null;
        boolean incomplete = false;
        int begin = first;
        first = 0;
        try {
            for (int k = 0; k < checks.size(); k++) {
                int i = (begin + k) % checks.size();
                if (checks.get(i).verdict() != null) {
                    continue;
                }
                CheckLook one = CheckLooks.of(request.checks().get(i), watch(request.checks().get(i), state.started(), now, deadline));
                try {
                    checks.set(i, look(one, checks.get(i)));
                    answered = true;
                } catch (MetricSource.Unavailable e) {
                    first = deadline.isOver() && first == 0 ? i : first;
                    trouble = deadline.isEnded() ? gaveWay(e) : e;
                    incomplete |= e.isPartial();
                    answered |= e.isPartial();
                    // It answered, so this is no error of which a check has a policy of its own.
                    checks.set(i, e.isPartial() ? checks.get(i).decided(null, trouble.getMessage())
                            : one.unavailable(checks.get(i), trouble.getMessage()));
                } catch (Deadline.Over e) {
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                    first = first == 0 ? i : first;
                    trouble = deadline.isEnded() ? gaveWay(e) : new MetricSource.Unavailable("the metrics were not read within " + Durations.format(allowed) + "; ask for fewer, or narrow them with labels", e);
                    checks.set(i, one.unavailable(checks.get(i), trouble.getMessage()));
                } catch (DeliveryException e) {
                    if (request.checks().get(i).decides()) {
                        throw e;
                    }
                    // A check that is only tried, or only warns, must not end a rollout because it is wrong itself.
                    checks.set(i, checks.get(i).decided(Verdict.INCONCLUSIVE, "it can't be judged: " + e.getMessage()));
                }
            }
            incomplete |= source.isIncomplete();
        } finally {
            source.endLook();
        }
        // Also at a time-out that is shorter: a server that was never there is an error, not missing evidence that onInconclusive may let pass.
        if (!answered && trouble != null && (over || Duration.between(state.started(), now).compareTo(neverAnswered) >= 0)) {
            throw trouble.failure(source.parameter());
        }
        String problem = trouble == null ? null : trouble.getMessage();
        for (int i = 0; i < checks.size(); i++) {
            if (over && checks.get(i).verdict() == null) {
                checks.set(i, atTimeout(request.checks().get(i), checks.get(i), problem));
            }
        }
        return new VerifyState(state.started(), answered, problem, state.incomplete() + (incomplete ? 1 : 0), checks).withReasonsOf(VerifyState.MAX_REASON);
    }

    /** One check's part of a look, of which only its evidence stays. */
    private CheckState look(CheckLook one, CheckState state) throws MetricSource.Unavailable, DeliveryException, InterruptedException {
        try {
            return one.look(state);
        } catch (LookBudget.Full e) {
            throw e.trouble();
        } finally {
            source.budget().forgetMade();
        }
    }

    /** What a look says that was ended for others, whatever it was waiting for. */
    private static MetricSource.Unavailable gaveWay(Exception e) {
        return new MetricSource.Unavailable(
                "a look that kept more than " + ReadLimits.bytes(ReadLimits.MAX_SMALL_LOOK_BYTES) + " of metrics for "
                        + Durations.format(ReadLimits.MAX_LARGE_TIME) + " was ended, since others waited for their turn; narrow the checks with labels",
                e);
    }

    /** How long {@link #read} takes at most. */
    public Duration longestLook() {
        return queryTimeout.multipliedBy(2).compareTo(MAX_LOOK) > 0 ? queryTimeout.multipliedBy(2) : MAX_LOOK;
    }

    /**
     * What a look means that could not be made at all, such as one on an agent that does not answer: the evidence stays, until the
     * time-out.
     */
    public VerifyState unread(VerifyState state, String trouble) {
        boolean over = !environment.clock().now().isBefore(state.started().plus(timeout));
        List<CheckState> checks = new ArrayList<>(state.checks());
        for (int i = 0; i < checks.size(); i++) {
            if (over && checks.get(i).verdict() == null) {
                checks.set(i, atTimeout(request.checks().get(i), checks.get(i), trouble));
            }
        }
        return new VerifyState(state.started(), state.answered(), trouble, state.incomplete(), checks);
    }

    /** The second half: tells what a look changed, a trouble once, and sums it up. */
    public Look told(VerifyState before, VerifyState after) {
        Instant now = environment.clock().now();
        VerifyMetricsResult result = Conclusion.of(request, after);
        tellTrouble(before.trouble(), after.trouble(), result != null);
        for (int i = 0; i < after.checks().size(); i++) {
            if (before.checks().get(i).verdict() == null) {
                tell(request.checks().get(i), after.checks().get(i), now);
            }
        }
        if (result != null) {
            environment.events().accept(new Event.Finished(now, Event.Stage.VERIFY, result.verdict() == Verdict.PASS, result.verdict().word() + ": " + result.reason()));
        }
        Duration left = Duration.between(now, after.started().plus(timeout));
        Duration wait = after.answered() || interval.compareTo(FIRST_LOOKS) < 0 ? interval : FIRST_LOOKS;
        return new Look(after, result, left.isNegative() ? Duration.ZERO : left.compareTo(wait) > 0 ? wait : left);
    }

    /** Where to say what is odd about the metrics, once. */
    public SourceNotes notes() {
        return notes;
    }

    private Watch watch(Check check, Instant started, Instant now, Deadline deadline) throws DeliveryException {
        Map<Track, String> matchers = new EnumMap<>(Track.class);
        for (Track track : Track.values()) {
            if (request.selector(track) != null) {
                matchers.put(track, request.selector(track));
            }
        }
        return new Watch(source, now, started.plus(Durations.parse("warmUp", check.warmUp())), Durations.parse("podWarmUp", request.podWarmUp()), interval, alpha(check), matchers, notes, deadline);
    }

    /** Of this wait; NaN for a check that is no test. */
    private double alpha(Check check) {
        Check.Comparison test = tests(check);
        return test != null ? AlphaShares.ofStep(share(test), waits) : Double.NaN;
    }

    /** The test that a check is, with its errors' probabilities; null when it is none. */
    private static Check.Comparison tests(Check check) {
        return check instanceof Check.OwnErrorRate own ? own.rate() : check instanceof Check.Comparison comparison ? comparison : null;
    }

    /** Only what can fail the gate takes part in sharing α. */
    private double share(Check.Comparison check) {
        if (!check.decides()) {
            return check.alpha();
        }
        double weights = request.checks().stream()
                .filter(c -> c.decides() && tests(c) != null).mapToDouble(c -> tests(c).weight()).sum();
        return check.alpha() * (check.weight() / weights);
    }

    private CheckState atTimeout(Check check, CheckState state, String trouble) {
        boolean nothing = check instanceof Check.Measured && state.evidence() == null;
        return state.decided(
                Verdict.INCONCLUSIVE, (nothing ? "nothing measured" : "no verdict") + " within " + Durations.format(timeout) + ": " + (trouble != null ? trouble : state.reason()));
    }

    private void tell(Check check, CheckState s, Instant now) {
        environment.events().accept(new Event.CheckSampled(now, check.name(), s.canary(), s.stable(), s.effect(), s.lower(), s.upper(), s.samples(), s.verdict(), s.reason(), measure(check),
                Bands.of(check, s, alpha(check))));
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

    /** What a check's numbers are. */
    static Event.Measure measure(Check check) {
        if (check instanceof Check.Distribution) {
            return Event.Measure.INDEX;
        } else if (check instanceof Check.Gauge) {
            return Event.Measure.DIFFERENCE;
        }
        return tests(check) != null ? Event.Measure.RATE : Event.Measure.VALUE;
    }

    /** Before what the look showed, which is the last word. */
    private void tellTrouble(String before, String now, boolean isOver) {
        if (now != null && before == null && !isOver) {
            environment.warn(Event.Stage.VERIFY, now + "; looking again until the time is over");
        } else if (now == null && before != null) {
            environment.info(Event.Stage.VERIFY, "the metrics can be read again");
        }
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
