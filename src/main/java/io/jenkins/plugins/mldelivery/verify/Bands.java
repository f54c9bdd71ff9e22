package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Event;
import io.jenkins.plugins.mldelivery.verify.stats.RateInterval;
import java.util.List;

/** What the verdict on a check rests on, to be drawn. */
final class Bands {
    private Bands() {}

    /** @param alpha the probability of failing by mistake of the check's test; anything for a check that is none */
    static Event.Band of(Check check, CheckState s, double alpha) {
        if (check instanceof Check.OwnErrorRate own && s.evidence() instanceof RequestEvidence e) {
            Check.ErrorRate rate = own.rate();
            return rate(e.counts(), new RatioJudge("", rate.margin(), rate.acceptable(), alpha, rate.beta()), true);
        } else if (check instanceof Check.ErrorRate rate && s.evidence() instanceof RequestEvidence e) {
            return rate(e.counts(), new RatioJudge("", rate.margin(), rate.acceptable(), alpha, rate.beta()), false);
        } else if (check instanceof Check.Latency slow && s.evidence() instanceof HistogramEvidence e) {
            return rate(e.counts(), new RatioJudge("", slow.margin(), slow.acceptable(), LatencyLook.alphaOfEach(slow, alpha), slow.beta()), false);
        } else if (check instanceof Check.Gauge gauge) {
            double limit = "lower".equals(gauge.worse()) ? -gauge.tolerance() : gauge.tolerance();
            return new Event.Band(s.lower(), s.upper(), List.of(new Event.Limit("tolerance", limit, true)));
        } else if (check instanceof Check.Distribution distribution) {
            return new Event.Band(s.lower(), s.upper(), List.of(new Event.Limit("floor", distribution.floor(), true)));
        }
        return Event.Band.NONE;
    }

    private static Event.Band rate(RatioCounts c, RatioJudge judge, boolean alone) {
        if (c.canaryRequests() == 0) {
            return Event.Band.NONE;
        }
        double beta = alone ? judge.beta() : judge.betaOfEachWay();
        RateInterval own = RateInterval.of(c.canaryEvents(), c.canaryRequests(), judge.alpha(), beta);
        return new Event.Band(own.lower(), own.upper(), 1 - judge.alpha() - beta, judge.limits(c, alone));
    }
}
