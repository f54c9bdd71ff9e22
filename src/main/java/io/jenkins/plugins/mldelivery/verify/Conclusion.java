package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What all checks together say. */
final class Conclusion {
    /** Checks that a reason names at most. */
    private static final int MAX_NAMED = 8;

    private final VerifyMetricsRequest request;
    private final List<CheckState> checks;
    private final int incomplete;

    private Conclusion(VerifyMetricsRequest request, VerifyState state) {
        this.request = request;
        this.checks = state.checks();
        this.incomplete = state.incomplete();
    }

    /** The result, or null while some are waited for. */
    static VerifyMetricsResult of(VerifyMetricsRequest request, VerifyState state) {
        return new Conclusion(request, state).result();
    }

    private VerifyMetricsResult result() {
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
            outcomes.add(new VerifyMetricsResult.Outcome(
                    check.name(), verdict, check.importance(), s.reason(), s.canary(), s.stable(), s.effect(), s.lower(), s.upper(), s.samples()));
        }
        Verdict whole = failed ? Verdict.FAIL : inconclusive ? Verdict.INCONCLUSIVE : Verdict.PASS;
        List<VerifyMetricsResult.Outcome> deciding = outcomes.stream().filter(o -> o.verdict() == whole && (o.decides() || !anyCritical)).toList();
        return new VerifyMetricsResult(whole, reason(whole, deciding) + partly(), outcomes, incomplete);
    }

    /** Speaks for all that decided: of several that passed each with what it shows, else the first one's reason and the others' names. */
    private String reason(Verdict whole, List<VerifyMetricsResult.Outcome> deciding) {
        if (deciding.isEmpty()) {
            return "none of the checks decides";
        }
        if (deciding.size() == 1) {
            return deciding(deciding.get(0));
        }
        if (whole == Verdict.PASS) {
            return deciding.size() + " checks passed: " + some(deciding.stream().map(this::shown));
        }
        return deciding(deciding.get(0)) + (whole == Verdict.FAIL ? "; also failed: " : "; also without a verdict: ")
                + some(deciding.stream().skip(1).map(VerifyMetricsResult.Outcome::name));
    }

    private static String some(Stream<String> all) {
        List<String> texts = all.toList();
        int more = texts.size() - MAX_NAMED;
        return texts.stream().limit(MAX_NAMED).collect(Collectors.joining(", ")) + (more > 0 ? " and " + more + " more" : "");
    }

    /** A check with what it shows. */
    private String shown(VerifyMetricsResult.Outcome o) {
        Check check = request.checks().stream().filter(c -> c.name().equals(o.name())).findFirst().orElseThrow();
        return o.name() + switch (VerifyMetrics.measure(check)) {
            case RATE -> tracks(o, Texts::percent);
            case DIFFERENCE, VALUE -> tracks(o, Texts::measured);
            case INDEX -> Double.isFinite(o.effect()) ? " with an index of " + Texts.plain(o.effect()) : "";
        };
    }

    private static String tracks(VerifyMetricsResult.Outcome o, DoubleFunction<String> text) {
        String canary = Double.isFinite(o.canary()) ? " " + text.apply(o.canary()) : "";
        return canary + (Double.isFinite(o.stable()) && !canary.isEmpty() ? " (stable " + text.apply(o.stable()) + ")" : "");
    }

    /** What incomplete answers have to do with it. */
    private String partly() {
        if (incomplete == 0) {
            return "";
        }
        String did = VerifyMetricsRequest.ON_PARTIAL_ACCEPT.equals(request.onPartial()) ? "were taken" : "did not count";
        return "; the answers of " + incomplete + (incomplete == 1 ? " look" : " looks") + " were incomplete, and " + did;
    }

    /** Of several checks the one is named, since a rollout tells nothing else of them when it ends. */
    private String deciding(VerifyMetricsResult.Outcome check) {
        return request.checks().size() == 1 || check.reason().startsWith(check.name() + " ") ? check.reason() : check.name() + ": " + check.reason();
    }
}
