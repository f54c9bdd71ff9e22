package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.Arrays;
import java.util.List;

/**
 * Evidence of harm that bears bad spells of single pods: as that of {@link RatioTest}, of the canary's events without those above the caps of {@link PodCaps}. With the spells goes most of the dispersion, so that little is discounted and harm that all pods share is found.
 *
 * <p>What makes it safe: a likelihood ratio of harm against "no worse", rˣ/(1+θ(r−1))ˣ⁺ʸ with r ≥ 1, rises with the canary's events x, since r ≥ 1+θ(r−1). Without some of them it is at most what it is with all, rollout by rollout, whatever the caps are taken from. So {@link RatioTest}'s bound by Ville's inequality holds for this evidence as well, tempered or not.
 * What each event above a cap takes from a log-likelihood, ln(r/(1+θ(r−1))), is 0 or more at any θ, so that the mean θ of their ticks serves for all of them, exactly so while the split stays.
 * The stable version's events are never capped here (that would raise the evidence), only where the dispersion is estimated. Nor is any event capped where "no worse" is to be shown.
 *
 * <p>The discount is {@link PodDispersion}'s of what is left, and four times the share of the canary's events that was capped: where much was, what is left is not certain to be free of it. Immutable.
 */
final class CappedTest {
    private static final String KIND = "capped/1";
    private static final double DOUBT = 4;
    private static final double[] NO_MARK = new double[HarmGrid.SIZE];

    private final PodDispersion pods;
    private final long[] lastOfCanary;
    private final long[] lastOfStable;

    /** Canary events above the caps so far, those of them that are not yet in a tick, and those that are, also times the canary's share of their tick's requests. */
    private final double above;

    private final double pending;
    private final double taken;
    private final double takenShare;

    private CappedTest(PodDispersion pods, long[] lastOfCanary, long[] lastOfStable, double above, double pending, double taken, double takenShare) {
        this.pods = pods;
        this.lastOfCanary = lastOfCanary;
        this.lastOfStable = lastOfStable;
        this.above = above;
        this.pending = pending;
        this.taken = taken;
        this.takenShare = takenShare;
    }

    static CappedTest none() {
        return new CappedTest(PodDispersion.none(), new long[0], new long[0], 0, 0, 0, 0);
    }

    /** Adds what the pods counted since the last look. */
    CappedTest seen(List<Pod> canaryPods, List<Pod> stablePods) {
        List<Pod> ofCanary = PodCaps.merged(canaryPods);
        List<Pod> ofStable = PodCaps.merged(stablePods);
        PodCaps canary = PodCaps.of(ofCanary, pods.canary(), lastOfCanary);
        // A single canary pod can't be capped, so its dispersion is that of stable pods that aren't either, in looks without it as well.
        PodCaps stable = pods.canary().plus(canary.pods()).count() < 2 ? new PodCaps(ofStable, new long[0]) : PodCaps.of(ofStable, pods.stable(), lastOfStable);
        double more = ofCanary.stream().mapToDouble(Pod::events).sum() - canary.events();
        PodDispersion next = pods.plus(canary.pods(), stable.pods());
        return new CappedTest(next, known(canary, next.canary()), known(stable, next.stable()), above + more, pending + more, taken, takenShare);
    }

    private static long[] known(PodCaps caps, TrackPods track) {
        return Arrays.stream(caps.capped()).filter(name -> track.place(name) >= 0).toArray();
    }

    /** Adds a tick's totals, of all looks since the last tick. */
    CappedTest plus(double canaryEvents, double canaryRequests, double stableRequests) {
        if (canaryRequests <= 0 || stableRequests <= 0) {
            return this;
        }
        double now = Math.min(pending, canaryEvents);
        return new CappedTest(pods, lastOfCanary, lastOfStable, above, 0, taken + now, takenShare + now * canaryRequests / (canaryRequests + stableRequests));
    }

    /**
     * Log of the evidence that the canary's rate is higher.
     *
     * @param totals the test of all events of the same ticks
     * @param atLeast what the logarithm is divided by at least, 1 or more
     */
    double logEvidenceWorse(RatioTest totals, double atLeast) {
        double share = taken > 0 ? takenShare / taken : 0;
        double[] logs = new double[HarmGrid.SIZE];
        for (int i = 0; i < logs.length; i++) {
            int at = HarmGrid.index(i);
            logs[i] = totals.logLikelihood(at) - taken * (RatioGrid.log(at) - Logs.log1p(share * (RatioGrid.ratio(at) - 1)));
        }
        double discount = Math.max(discount(), atLeast);
        double log = HarmGrid.logMixture(logs, NO_MARK, discount);
        return log < 0 && discount > 1 ? Math.min(log, HarmGrid.logMixture(logs, NO_MARK, 1)) : log;
    }

    /** What the logarithm of the evidence is divided by, 1 or more. */
    double discount() {
        return above > 0 ? pods.discount() + DOUBT * above / (above + pods.canary().events()) : pods.discount();
    }

    /**
     * The whole state as text; {@link #fromText} gives the same back.
     *
     * @param all the dispersion of all events of the same looks
     */
    String toText(PodDispersion all) {
        Packer to = new Packer();
        to.number(above).number(pending).number(taken).number(takenShare);
        packLast(to, lastOfCanary, pods.canary());
        packLast(to, lastOfStable, pods.stable());
        pods.packBeside(to, all);
        return to.text(KIND);
    }

    /**
     * Reads {@link #toText}.
     *
     * @throws IllegalArgumentException when it is damaged or of another version
     */
    static CappedTest fromText(String text, PodDispersion all) {
        Unpacker from = new Unpacker(KIND, text);
        double above = from.number();
        double pending = from.number();
        double taken = from.number();
        double takenShare = from.number();
        long[] lastOfCanary = unpackLast(from, all.canary());
        long[] lastOfStable = unpackLast(from, all.stable());
        PodDispersion pods = PodDispersion.unpackBeside(from, all);
        from.end();
        if (!(above >= 0 && pending >= 0 && taken >= 0 && takenShare >= 0 && takenShare <= taken)) {
            throw new IllegalArgumentException("it has counts below 0");
        }
        return new CappedTest(pods, lastOfCanary, lastOfStable, above, pending, taken, takenShare);
    }

    private static void packLast(Packer to, long[] last, TrackPods track) {
        to.whole(last.length);
        Arrays.stream(last).forEach(name -> to.whole(track.place(name)));
    }

    private static long[] unpackLast(Unpacker from, TrackPods track) {
        long[] last = new long[from.count()];
        for (int i = 0; i < last.length; i++) {
            last[i] = track.name((int) from.whole());
        }
        return last;
    }
}
