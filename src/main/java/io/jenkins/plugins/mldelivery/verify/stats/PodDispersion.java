package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.List;

/**
 * Guards the comparison of two tracks against events that come in bursts, from how the events of each track are spread over its pods: {@link #discount} says by what the logarithm of the evidence is to be divided.
 *
 * <p>What makes it safe: likelihood ratios that are tempered, Σwᵢ·Lᵢ^(1/φ) with a φ of 1 or more, are never above (Σwᵢ·Lᵢ)^(1/φ) (the mean of powers, Jensen), so they reach 1/α only where the untempered ones do. Whatever the discount is estimated from, the level of {@link RatioTest} under its own model holds.
 * What makes it useful: given a track's events, their spread over its pods says nothing about whether there are too many of them. Harm on all pods of the canary, an incident that hits both tracks, a base rate that moves, or a regression that begins late are no dispersion;
 * a burst or a bad spell on one of several pods is.
 *
 * <p>φ is 1 + 1.3 times the largest excess found on either track or on both, in single looks, in 4, in 16, or in all since the onset (so a spell that stays on one pod is seen as well), each less 1.5 standard errors, so that plain traffic hardly pays for noise; and some doubt, which fades as 2/(2+degrees of freedom).
 * The excess of a quasi-likelihood (Wedderburn, Biometrika 61, 1974) is taken a little more than once since bursts have heavier tails than the normal distribution. The numbers were chosen by simulation (docs/decisions/sequential-tests.md).
 *
 * <p>Not guarded by it ({@link BurstGuard} adds what looks tell): a single pod a track, or sources that are not told apart; a single canary pod against several stable ones only as far as their dispersion tells of its own; and bursts that hit all pods of one track at once. In the first looks with two pods a track little is known yet. Harm on one of several canary pods alone is taken for that pod's trouble: it is found later.
 *
 * <p>Immutable.
 */
public final class PodDispersion {
    private static final String KIND = "pods/2";
    private static final double ERRORS = 1.5;
    private static final double EXCESS = 1.3;
    private static final double DOUBT_DEGREES = 2;

    private final TrackPods canary;
    private final TrackPods stable;

    private PodDispersion(TrackPods canary, TrackPods stable) {
        this.canary = canary;
        this.stable = stable;
    }

    /** Nothing seen yet. */
    public static PodDispersion none() {
        return new PodDispersion(TrackPods.none(), TrackPods.none());
    }

    /**
     * Adds a look.
     *
     * @param canaryPods what each pod of the canary counted since the last look; the same name twice counts as one pod, and beyond 64 names pods share places
     * @param stablePods the same of the stable version
     */
    public PodDispersion plus(List<Pod> canaryPods, List<Pod> stablePods) {
        return new PodDispersion(canary.plus(canaryPods), stable.plus(stablePods));
    }

    TrackPods canary() {
        return canary;
    }

    TrackPods stable() {
        return stable;
    }

    /** What the logarithm of the evidence is to be divided by: near 1 when events seem to be independent, 1 while no track had two events on several pods, never less. */
    public double discount() {
        Spread[] ofCanary = canary.spreads();
        Spread[] ofStable = stable.spreads();
        double most = 0;
        for (int i = 0; i < ofCanary.length; i++) {
            most = Math.max(most, Math.max(ofCanary[i].atLeast(ERRORS), ofStable[i].atLeast(ERRORS)));
            most = Math.max(most, ofCanary[i].plus(ofStable[i]).atLeast(ERRORS));
        }
        return 1 + EXCESS * most + doubt(ofCanary[0].plus(ofStable[0]).events());
    }

    /** Where pods can hardly be compared, as with one that has nearly all requests, there is no doubt that could fade either. */
    private double doubt(double comparable) {
        double events = canary.events() + stable.events();
        return events == 0 ? 0 : Math.min(1, 2 * comparable / events) * DOUBT_DEGREES / (DOUBT_DEGREES + canary.degrees() + stable.degrees());
    }

    /** The whole state as text, at most 8 KiB; {@link #fromText} gives the same back. */
    public String toText() {
        Packer to = new Packer();
        canary.pack(to);
        stable.pack(to);
        return to.text(KIND);
    }

    /**
     * Reads {@link #toText}.
     *
     * @throws IllegalArgumentException when it is damaged or of another version
     */
    public static PodDispersion fromText(String text) {
        Unpacker from = new Unpacker(KIND, text);
        PodDispersion read = new PodDispersion(TrackPods.unpack(from), TrackPods.unpack(from));
        from.end();
        return read;
    }

    /** Writes what differs from another one that saw the same pods and requests, but more events. */
    void packBeside(Packer to, PodDispersion other) {
        canary.packBeside(to, other.canary);
        stable.packBeside(to, other.stable);
    }

    /**
     * Reads {@link #packBeside}.
     *
     * @throws IllegalArgumentException when it is damaged
     */
    static PodDispersion unpackBeside(Unpacker from, PodDispersion other) {
        return new PodDispersion(TrackPods.unpackBeside(from, other.canary), TrackPods.unpackBeside(from, other.stable));
    }
}
