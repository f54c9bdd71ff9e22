package io.jenkins.plugins.mldelivery.verify.stats;

/**
 * Guards a {@link RatioTest} against events that come in bursts: says by how much the counts of the next tick are to be divided, from earlier ticks and from the next tick's total alone. Being skeleton, always 1.
 *
 * <p>Immutable.
 */
public final class Dispersion {
    private Dispersion() {}

    /** No ticks yet. */
    public static Dispersion none() {
        return new Dispersion();
    }

    /**
     * By how much to divide the counts of the next tick.
     *
     * @param events X+Y of that tick
     * @return 1 or more
     */
    public double discount(double events) {
        return 1;
    }

    /** Adds a tick; see {@link RatioTest#plus} for the counts. */
    public Dispersion plus(double canaryEvents, double canaryRequests, double stableEvents, double stableRequests) {
        return this;
    }

    /** The present estimate of the size of bursts, 1 or more. */
    public double estimate() {
        return 1;
    }

    /** The whole state as text; {@link #fromText} gives the same back. */
    public String toText() {
        throw new UnsupportedOperationException();
    }

    /**
     * Reads {@link #toText}.
     *
     * @throws IllegalArgumentException when it is damaged or of another version
     */
    public static Dispersion fromText(String text) {
        throw new UnsupportedOperationException();
    }
}
