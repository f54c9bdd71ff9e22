package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What all checks together say. */
final class Conclusion {
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
        String reason = outcomes.stream().filter(o -> o.verdict() == whole && (o.decides() || !anyCritical)).map(this::deciding).findFirst()
                .orElse("none of the checks decides");
        return new VerifyMetricsResult(whole, reason + partly(), outcomes, incomplete);
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
