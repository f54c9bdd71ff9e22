package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import io.jenkins.plugins.mldelivery.verify.stats.ErrorRateTest;
import io.jenkins.plugins.mldelivery.verify.stats.RateAboveTest;
import io.jenkins.plugins.mldelivery.verify.stats.RateBelowTest;
import java.util.ArrayList;
import java.util.List;

/**
 * Says what the evidence on the ratio of two rates is worth, in words.
 *
 * @param events what is counted, in the plural, such as "errors"
 * @param margin the ratio below which the canary is no worse
 * @param acceptable the rate that is always good enough; 0 for none
 * @param alpha the probability of failing by mistake, of this test alone
 * @param beta the probability of passing by mistake, of all ways to pass together
 */
record RatioJudge(String events, double margin, double acceptable, double alpha, double beta) {
    /**
     * A verdict and its reason.
     *
     * @param verdict null while there is none
     */
    record Saying(Verdict verdict, String reason) {}

    Saying judge(RatioCounts c, ErrorRateTest test) {
        String then = ", after " + Texts.count(c.canaryRequests()) + " requests" + rates(c);
        if (worse(test)) {
            double atLeast = Math.floor(10 * test.lower()) / 10; // Rounded up it would claim more than is shown.
            String size = atLeast > 1 ? events + " at least " + String.format(java.util.Locale.ROOT, "%.1f", atLeast) + " times the stable version's" : "more " + events + " than the stable version";
            return new Saying(Verdict.FAIL, size + Texts.sure(alpha) + then);
        }
        double ofEachWay = betaOfEachWay();
        if (belowAcceptable(c, ofEachWay)) {
            return new Saying(Verdict.PASS, events + " below the acceptable " + Texts.percent(acceptable) + Texts.sure(ofEachWay) + then);
        }
        if (belowMargin(test)) {
            return new Saying(Verdict.PASS, events + " below " + Texts.plain(margin) + " times the stable version's" + Texts.sure(ofEachWay) + then);
        }
        String none = c.stableRequests() == 0 ? "the stable version has had no requests to compare with" : "not decided yet";
        return new Saying(null, none + then);
    }

    /** Of the canary's rate against the acceptable one, which must be above 0, where there is nothing to compare with. */
    Saying alone(RatioCounts c) {
        String than = " the acceptable " + Texts.percent(acceptable);
        String then = ", after " + Texts.count(c.canaryRequests()) + " requests (" + Texts.percent(c.canaryRate()) + ")";
        if (aboveAcceptable(c)) {
            return new Saying(Verdict.FAIL, events + " above" + than + Texts.sure(alpha) + then);
        }
        if (belowAcceptable(c, beta)) {
            return new Saying(Verdict.PASS, events + " below" + than + Texts.sure(beta) + then);
        }
        return new Saying(null, "not decided yet" + then);
    }

    /** The rates that the canary's is held against, and by which of them there is a verdict. */
    List<Event.Limit> limits(RatioCounts c, boolean alone) {
        List<Event.Limit> limits = new ArrayList<>();
        ErrorRateTest test = c.evidence(margin);
        boolean worse = !alone && worse(test);
        boolean below = !worse && belowAcceptable(c, alone ? beta : betaOfEachWay());
        if (acceptable > 0) {
            limits.add(new Event.Limit("acceptable", acceptable, below || alone && aboveAcceptable(c)));
        }
        if (!alone && c.stableRequests() > 0) {
            limits.add(new Event.Limit(Texts.plain(margin) + " times the stable version's", margin * c.stableRate(), !worse && !below && belowMargin(test)));
        }
        return limits;
    }

    /** Of showing that the canary is below the acceptable rate, and of showing that it is below the margin. */
    double betaOfEachWay() {
        return acceptable > 0 ? beta / 2 : beta;
    }

    private boolean worse(ErrorRateTest test) {
        return test.logEvidenceWorse() >= Math.log(1 / alpha);
    }

    private boolean belowMargin(ErrorRateTest test) {
        return test.logEvidenceBelow(margin) >= Math.log(1 / betaOfEachWay());
    }

    private boolean belowAcceptable(RatioCounts c, double probability) {
        return acceptable > 0 && RateBelowTest.logEvidence(c.canaryEvents(), c.canaryRequests(), acceptable) >= Math.log(1 / probability);
    }

    private boolean aboveAcceptable(RatioCounts c) {
        return RateAboveTest.logEvidence(c.canaryEvents(), c.canaryRequests(), acceptable) >= Math.log(1 / alpha);
    }

    private static String rates(RatioCounts c) {
        if (c.stableRequests() == 0 || c.canaryRequests() == 0) {
            return "";
        }
        return " (canary " + Texts.percent(c.canaryRate()) + ", stable " + Texts.percent(c.stableRate()) + ")";
    }
}
