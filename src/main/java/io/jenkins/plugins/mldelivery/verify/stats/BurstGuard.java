package io.jenkins.plugins.mldelivery.verify.stats;

import java.util.List;

/**
 * Guards a comparison of two tracks against events that come in bursts: by how they are spread over each track's pods ({@link PodDispersion}), and, where the canary has a single pod, its pods are not told apart, or two of them are hardly ever in one look, by how its share of them changes from look to look (<code>TickDispersion</code>).
 *
 * <p>Both say by what the logarithm of the evidence is to be divided; whatever that is, the level under the model of {@link RatioTest} holds, as {@link PodDispersion} says. Changes from look to look are no measure where pods can be compared: they cost more, and are less sure of a regression that begins late. Immutable.
 */
public final class BurstGuard {
    private static final String KIND = "looks/1";

    private final PodDispersion pods;
    private final TickDispersion ticks;

    /** Looks that have canary pods, and those of them that have several. */
    private final long looks;

    private final long several;

    private BurstGuard(PodDispersion pods, TickDispersion ticks, long looks, long several) {
        this.pods = pods;
        this.ticks = ticks;
        this.looks = looks;
        this.several = several;
    }

    /** Nothing seen yet. */
    public static BurstGuard none() {
        return new BurstGuard(PodDispersion.none(), TickDispersion.none(), 0, 0);
    }

    /** Adds a look; see {@link PodDispersion#plus}. */
    public BurstGuard plus(List<Pod> canary, List<Pod> stable) {
        long asked = canary.stream().filter(pod -> pod.requests() > 0).map(Pod::name).distinct().count();
        return new BurstGuard(
                pods.plus(canary, stable), ticks.plus(events(canary), requests(canary), events(stable), requests(stable)), looks + (asked > 0 ? 1 : 0), several + (asked > 1 ? 1 : 0));
    }

    private static double events(List<Pod> pods) {
        return pods.stream().mapToDouble(Pod::events).sum();
    }

    private static double requests(List<Pod> pods) {
        return pods.stream().mapToDouble(Pod::requests).sum();
    }

    PodDispersion pods() {
        return pods;
    }

    /** What the logarithm of the evidence is to be divided by: near 1 when events seem to be independent, never less. */
    public double discount() {
        return Math.max(pods.discount(), ofLooks());
    }

    /** The part of the discount that the changes from look to look ask for: 1 where the canary's pods can be compared, in at least half of the looks. */
    double ofLooks() {
        return 2 * several >= looks ? 1 : ticks.discount();
    }

    /** The whole state as text, at most 9 KiB, in two parts with a semicolon between them; {@link #fromText} gives the same back. */
    public String toText() {
        Packer to = new Packer().whole(looks).whole(several);
        ticks.pack(to);
        return pods.toText() + ";" + to.text(KIND);
    }

    /**
     * Reads {@link #toText}.
     *
     * @throws IllegalArgumentException when it is damaged or of another version
     */
    public static BurstGuard fromText(String text) {
        int middle = text.indexOf(';');
        if (middle < 0) {
            throw new IllegalArgumentException("expected " + KIND);
        }
        PodDispersion pods = PodDispersion.fromText(text.substring(0, middle));
        Unpacker from = new Unpacker(KIND, text.substring(middle + 1));
        long looks = from.whole();
        long several = from.whole();
        TickDispersion ticks = TickDispersion.unpack(from);
        from.end();
        if (several < 0 || several > looks) {
            throw new IllegalArgumentException("it has " + several + " of " + looks + " looks");
        }
        return new BurstGuard(pods, ticks, looks, several);
    }
}
